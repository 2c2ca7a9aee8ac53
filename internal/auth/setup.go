package auth

import (
	"context"
	"time"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// SetupStore keeps the one-time links that make an administrator. An unusable link is fault.NotFound.
type SetupStore interface {
	CheckSetupLink(ctx context.Context, hash []byte, now time.Time) error
	UseSetupLink(ctx context.Context, hash []byte, now time.Time, u *directory.User, passwordHash string) error
}

// Setup makes an administrator of whoever holds a one-time link. There is no default password and no other way in.
type Setup struct {
	Store  SetupStore
	Auth   *Authenticator
	Hasher *Hasher
	Now    func() time.Time
}

// Check says whether the link can still be used. Looking does not use it up: mail scanners look too.
func (s *Setup) Check(ctx context.Context, link session.Token) error {
	return s.Store.CheckSetupLink(ctx, link.Hash(), s.Now())
}

// Complete makes u an administrator with the password of t, uses the link up, and signs u in. The link is asked first, so
// that nobody without one can make us work. Refused says that the administrator is made and only signing in has to wait.
func (s *Setup) Complete(ctx context.Context, link session.Token, u directory.User, t Attempt) (Result, error) {
	if err := s.Check(ctx, link); err != nil {
		return Result{}, err
	}
	u.Normalize()
	if err := u.Validate(); err != nil {
		return Result{}, err
	}
	hash, err := s.Hasher.Hash(ctx, t.Password, About(u)...)
	if err != nil {
		return Result{}, fault.From(err) // not Refused, which says that the account is made
	}
	ctx = audit.WithActor(ctx, u.UserName, t.Address)
	if err := s.Store.UseSetupLink(ctx, link.Hash(), s.Now(), &u, hash); err != nil {
		return Result{}, err
	}
	t.UserName = u.UserName
	return s.Auth.SignIn(ctx, t)
}
