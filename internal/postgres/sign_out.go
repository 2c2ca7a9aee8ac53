package postgres

import (
	"context"
	"fmt"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// SignOut ends the session of a browser and writes down whose it was, both or neither. Without a session nothing happens.
func (s *Store) SignOut(ctx context.Context, t session.Token, r audit.SignIn) error {
	_, err := s.q.Exec(ctx, `
		WITH ended AS (DELETE FROM sessions WHERE token_hash = $1 RETURNING user_id)
		INSERT INTO sign_ins (at, reference, kind, reason, user_id, username, address, user_agent)
		SELECT $2, $3, $4, '', u.id, u.username, $5, $6 FROM ended JOIN users u ON u.id = ended.user_id`,
		t.Hash(), r.At, r.Reference, audit.KindSignOut, readable(r.Address, maxKeptText), readable(r.UserAgent, maxKeptText))
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}
