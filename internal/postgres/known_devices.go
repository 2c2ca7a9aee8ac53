package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// keepDevice gives the browser its new secret, for everybody it is known to, and makes it known to this person. The old
// secret is worth nothing afterwards.
func (s *Store) keepDevice(ctx context.Context, user directory.UserID, old, fresh session.Token, now time.Time) error {
	if !old.Zero() {
		_, err := s.q.Exec(ctx, `UPDATE known_devices SET token_hash = $2 WHERE token_hash = $1`, old.Hash(), fresh.Hash())
		if err != nil {
			return fmt.Errorf("rotate a known device: %w", err)
		}
	}
	_, err := s.q.Exec(ctx, `
		INSERT INTO known_devices (token_hash, user_id, created_at, last_used_at) VALUES ($1, $2, $3, $3)
		ON CONFLICT (token_hash, user_id) DO UPDATE SET last_used_at = $3`, fresh.Hash(), user, now)
	if err != nil {
		return fmt.Errorf("keep a known device: %w", err)
	}
	return nil
}

// ForgetDevices makes every browser unknown to the person but the one that holds except (the zero Token for none).
func (s *Store) ForgetDevices(ctx context.Context, user directory.UserID, except session.Token) error {
	_, err := s.q.Exec(ctx, `DELETE FROM known_devices WHERE user_id = $1 AND token_hash <> $2`, user, except.Hash())
	if err != nil {
		return fmt.Errorf("forget known devices: %w", err)
	}
	return nil
}
