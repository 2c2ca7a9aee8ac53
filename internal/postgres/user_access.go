package postgres

import (
	"context"
	"time"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// SignOutUser ends one session of a person, or with "" all of them, and records it. NotFound for a session of anybody else.
func (s *Store) SignOutUser(ctx context.Context, id directory.UserID, one session.ID) error {
	return s.InTx(ctx, func(tx *Store) error {
		u, err := tx.User(ctx, id)
		if err != nil {
			return err
		}
		ended := int64(1)
		if one != "" {
			err = tx.EndSession(ctx, id, one)
		} else {
			ended, err = tx.EndSessions(ctx, id, "")
		}
		if err != nil || ended == 0 {
			return err
		}
		return tx.record(ctx, audit.Event{Action: "user.signout", Object: u.Object(), Name: u.UserName, Detail: map[string]any{"sessions": ended}})
	})
}

// Unlock forgets the wrong tries under these keys, which are a person's (auth.AccountKeys), and records it.
func (s *Store) Unlock(ctx context.Context, id directory.UserID, keys ...string) error {
	return s.InTx(ctx, func(tx *Store) error {
		u, err := tx.User(ctx, id)
		if err != nil {
			return err
		}
		if err := tx.ClearThrottles(ctx, keys...); err != nil {
			return err
		}
		return tx.record(ctx, audit.Event{Action: "user.unlock", Object: u.Object(), Name: u.UserName})
	})
}

// LongestBlock is RefuseTry for one who only looks: the zero Block when nothing is blocked at now.
func (s *Store) LongestBlock(ctx context.Context, now time.Time, keys ...string) (session.Block, error) {
	blocks, err := all[session.Block](s.q.Query(ctx, `
		SELECT key, blocked_until AS until, refusals AS refused FROM throttle
		WHERE key = ANY($1) AND blocked_until > $2 ORDER BY blocked_until DESC LIMIT 1`, keys, now))
	if err != nil || len(blocks) == 0 {
		return session.Block{}, err
	}
	return blocks[0], nil
}

// HasPassword says whether a person can sign in by password.
func (s *Store) HasPassword(ctx context.Context, id directory.UserID) (bool, error) {
	n, err := s.count(ctx, `SELECT count(*) FROM users WHERE id = $1 AND password_hash IS NOT NULL`, id)
	return n == 1, err
}

// LastSignIns is when each of these people last signed in at a browser that is still known, which is cheap to ask of a page
// of people: the records of sign-ins are many and kept by time. Those who never did are left out.
func (s *Store) LastSignIns(ctx context.Context, ids []directory.UserID) (map[directory.UserID]time.Time, error) {
	rows, err := all[struct {
		ID directory.UserID
		At time.Time
	}](s.q.Query(ctx, `
		SELECT w.id, d.at FROM unnest($1::uuid[]) AS w (id), LATERAL (
			SELECT max(last_used_at) AS at FROM known_devices WHERE user_id = w.id) d
		WHERE d.at IS NOT NULL`, ids))
	last := make(map[directory.UserID]time.Time, len(rows))
	for _, r := range rows {
		last[r.ID] = r.At
	}
	return last, err
}
