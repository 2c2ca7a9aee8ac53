package main

import (
	"context"
	"fmt"
	"os"

	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/seal"
)

type keysetCmd struct {
	Create keysetCreateCmd `cmd:"" help:"Print a new master key, for LANYARD_KEYSET or LANYARD_KEYSET_FILE. Keep a copy: without it nothing sealed opens."`
	Rotate keysetRotateCmd `cmd:"" help:"Print a keyset with a new key in front; the old keys in it go on opening what they sealed."`
	Reseal keysetResealCmd `cmd:"" help:"Seal every secret with the key in front, so that the older keys in the keyset are needed no more."`
}

type keysetCreateCmd struct{}

// Run prints to a pipe or file; nothing is kept.
func (*keysetCreateCmd) Run(p *program) error {
	text, err := seal.Generate()
	if err != nil {
		return err
	}
	_, err = p.out.Write(text)
	return err
}

type keysetRotateCmd struct{}

// Run reads the keyset that the service uses now and changes nothing: write the output to a new file, then put that in its
// place.
func (*keysetRotateCmd) Run(p *program) error {
	text := []byte(p.config.Keyset.Reveal())
	if len(text) == 0 {
		var err error
		if text, err = os.ReadFile(keysetFile(p.config)); err != nil {
			return fmt.Errorf("there is no keyset to rotate: %w", err)
		}
	}
	rotated, err := seal.Rotate(text)
	if err != nil {
		return err
	}
	_, err = p.out.Write(rotated)
	return err
}

type keysetResealCmd struct{}

// Run is for after a rotation, when every node has the new keyset.
func (*keysetResealCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		key, err := openSealer(ctx, p.config, s)
		if err != nil {
			return err
		}
		n, err := s.ResealSigningKeys(ctx, func(k *certs.Sealed) (*certs.Sealed, error) {
			pair, err := k.Open(key)
			if err != nil {
				return nil, err
			}
			return pair.Seal(key)
		})
		if err == nil {
			fmt.Fprintf(p.out, "Sealed %s anew.\n", plural(n, "signing key", "signing keys"))
		}
		return err
	})
}
