package main

import (
	"os"

	"github.com/lanyard-idp/lanyard/internal/seal"
)

type keysetCmd struct {
	Create keysetCreateCmd `cmd:"" help:"Print a new master key, for LANYARD_KEYSET or LANYARD_KEYSET_FILE. Keep a copy: without it nothing sealed opens."`
	Rotate keysetRotateCmd `cmd:"" help:"Print a keyset with a new key in front; the old keys in it go on opening what they sealed."`
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
	c, err := p.flags.Read()
	if err != nil {
		return usage(err)
	}
	text := []byte(c.Keyset.Reveal())
	if len(text) == 0 {
		if text, err = os.ReadFile(keysetFile(c)); err != nil {
			return err
		}
	}
	rotated, err := seal.Rotate(text)
	if err != nil {
		return err
	}
	_, err = p.out.Write(rotated)
	return err
}
