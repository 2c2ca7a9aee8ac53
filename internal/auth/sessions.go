package auth

import (
	"context"
	"time"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// SessionStore is what Sessions remembers.
type SessionStore interface {
	SessionByToken(ctx context.Context, t session.Token, now time.Time) (session.Session, directory.User, error)
	TouchSession(ctx context.Context, id session.ID, now time.Time) error
}

// Sessions knows who is at a browser.
type Sessions struct {
	Store SessionStore
	Now   func() time.Time
}

// Lookup finds a session that holds, and its person, and writes down that it is used. No session, one that ran out, or one
// of a disabled person is fault.Unauthenticated.
func (s *Sessions) Lookup(ctx context.Context, t session.Token) (session.Session, directory.User, error) {
	now := s.Now()
	held, user, err := s.Store.SessionByToken(ctx, t, now)
	if fault.Is(err, fault.NotFound) {
		return held, user, fault.New(fault.Unauthenticated, "You are not signed in, or were away for too long. Please sign in.")
	}
	if err != nil {
		return held, user, err
	}
	if now.Sub(held.LastSeenAt) >= session.TouchEvery {
		held.LastSeenAt = now
		err = s.Store.TouchSession(ctx, held.ID, now)
	}
	return held, user, err
}
