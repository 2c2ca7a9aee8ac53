package main

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/lanyard-idp/lanyard/internal/config"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/seal"
)

// keysetFile is where the master key lives when the program keeps it itself.
func keysetFile(cfg config.Config) string { return filepath.Join(cfg.DataDir, "keyset.json") }

// openSealer answers the master key that the settings name, or the one beside the private database. That one is made when
// there is none, unless the database holds what a new one would not open.
func openSealer(ctx context.Context, cfg config.Config, store *postgres.Store) (*seal.Sealer, error) {
	s, err := readSealer(cfg)
	if !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	sealed, err := store.SealedKeys(ctx)
	if err != nil {
		return nil, err
	}
	if len(sealed) > 0 {
		return nil, fault.New(fault.Conflict, "The master key %s is missing, but the database holds keys that only it opens. Put it back from your backup, or name it in LANYARD_KEYSET_FILE.", keysetFile(cfg))
	}
	if err := seal.MakeFile(keysetFile(cfg)); err != nil {
		return nil, err
	}
	return readSealer(cfg)
}

// readSealer makes nothing: a missing file is fs.ErrNotExist.
func readSealer(cfg config.Config) (*seal.Sealer, error) {
	if cfg.Keyset != "" {
		return seal.Parse([]byte(cfg.Keyset.Reveal()))
	}
	if !cfg.Embedded() {
		return nil, usage(fault.Field("LANYARD_KEYSET", "With DATABASE_URL the master key for secrets at rest has to be given too. Make one with\n\n\tlanyard keyset create > keyset.json\n\nkeep a copy in a safe place, and name the file in LANYARD_KEYSET_FILE."))
	}
	return seal.ReadFile(keysetFile(cfg))
}
