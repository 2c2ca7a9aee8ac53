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

// openSealer answers the master key that the settings name, or the one beside the private database, which is made when there
// is none.
func openSealer(cfg config.Config) (*seal.Sealer, error) {
	s, err := readSealer(cfg)
	if !errors.Is(err, fs.ErrNotExist) {
		return s, err
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

// lostKeyset refuses to make a master key that would open nothing of what the database holds.
func lostKeyset(ctx context.Context, cfg config.Config, s *postgres.Store) error {
	if _, err := readSealer(cfg); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	sealed, err := s.SealedKeys(ctx)
	if err != nil || len(sealed) == 0 {
		return err
	}
	return fault.New(fault.Conflict, "The master key %s is missing, but the database holds keys that only it opens. Put it back from your backup, or name it in LANYARD_KEYSET_FILE.", keysetFile(cfg))
}

// sealer answers the master key for a command.
func (p *program) sealer(ctx context.Context, s *postgres.Store) (*seal.Sealer, error) {
	if err := lostKeyset(ctx, p.config, s); err != nil {
		return nil, err
	}
	return openSealer(p.config)
}
