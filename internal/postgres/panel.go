package postgres

import (
	"context"

	"github.com/lanyard-idp/lanyard/internal/audit"
)

// RecentSignIns are the latest attempts, the newest first, without the messages that they came with.
func (s *Store) RecentSignIns(ctx context.Context, n int) ([]audit.SignIn, error) {
	return all[audit.SignIn](s.q.Query(ctx, `
		SELECT id, at, reference, kind, reason, coalesce(user_id::text, '') AS user_id, username AS user_name,
			coalesce(app_id::text, '') AS app_id, app_name, address, user_agent, request_id, NULL::bytea AS message, detail
		FROM sign_ins ORDER BY id DESC LIMIT $1`, n))
}
