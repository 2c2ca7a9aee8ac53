package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

type userPasswordCmd struct {
	userRef
	password
}

// Run also forgets the wrong tries of before, which are often the reason for a new password.
func (c *userPasswordCmd) Run(ctx context.Context, p *program) error {
	if !c.PasswordStdin && !c.GeneratePassword {
		return usage(fault.New(fault.Invalid, "Give the password on standard input with --password-stdin, or use --generate-password."))
	}
	var made string
	err := p.changeUser(ctx, c.User, func(s *postgres.Store, u *directory.User) error {
		var hash string
		var err error
		if made, hash, err = c.password.read(p, u); err != nil {
			return err
		}
		if err := s.SetPassword(ctx, u.ID, hash); err != nil {
			return err
		}
		return s.ClearThrottles(ctx, auth.AccountKeys(*u)...)
	}, "%s has a new password; earlier sessions ended.\n")
	if err == nil {
		printPassword(p.out, made)
	}
	return err
}

// password is given on standard input, where no list of processes shows it, or made up here.
type password struct {
	PasswordStdin    bool `xor:"password" help:"Read the password from standard input."`
	GeneratePassword bool `xor:"password" help:"Make up a password and print it once."`
}

// read answers the hash, and the password itself if it was made up here; both are empty when neither way was chosen.
func (c *password) read(p *program, u *directory.User) (made, hash string, err error) {
	switch {
	case c.GeneratePassword:
		made = rand.Text()
		hash, err = auth.HashPassword(made)
		return made, hash, err
	case !c.PasswordStdin:
		return "", "", nil
	}
	text, err := io.ReadAll(io.LimitReader(p.in, 64<<10))
	if err != nil {
		return "", "", fmt.Errorf("read the password: %w", err)
	}
	given := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	if err := auth.CheckPassword(given, auth.About(*u)...); err != nil {
		return "", "", err
	}
	hash, err = auth.HashPassword(given)
	return "", hash, err
}

func printPassword(w io.Writer, made string) {
	if made != "" {
		fmt.Fprintf(w, "Password: %s\n", made)
	}
}
