package postgres

import (
	"context"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
)

// RecentSignIns are the latest attempts, the newest first, without the messages that they came with.
func (s *Store) RecentSignIns(ctx context.Context, n int) ([]audit.SignIn, error) {
	return all[audit.SignIn](s.q.Query(ctx, `
		SELECT id, at, reference, kind, reason, coalesce(user_id::text, '') AS user_id, username AS user_name,
			coalesce(app_id::text, '') AS app_id, app_name, address, user_agent, request_id, NULL::bytea AS message, detail
		FROM sign_ins ORDER BY id DESC LIMIT $1`, n))
}

// lately is how many attempts are looked through for those of one app: without an index, which every sign-on would pay for.
const lately = 20_000

// SignInsOfApp are the latest attempts to reach an app, the newest first, as far as they are among the last 20,000 of all.
func (s *Store) SignInsOfApp(ctx context.Context, id apps.ID, n int) ([]audit.SignIn, error) {
	return all[audit.SignIn](s.q.Query(ctx, `
		SELECT id, at, reference, kind, reason, coalesce(user_id::text, '') AS user_id, username AS user_name,
			coalesce(app_id::text, '') AS app_id, app_name, address, user_agent, request_id, NULL::bytea AS message, detail
		FROM sign_ins
		WHERE id > (SELECT coalesce(max(id), 0) FROM sign_ins) - $3 AND app_id = $1
		ORDER BY id DESC LIMIT $2`, id, n, lately))
}
