package postgres

import (
	"context"
	"io/fs"

	"github.com/jackc/pgx/v5"

	"github.com/lanyard-idp/lanyard/migrations"
)

// SchemaVersion answers which version the database has (0 when it is empty) and which one this program needs. It changes
// nothing.
func SchemaVersion(ctx context.Context, conn *pgx.Conn) (have, want int, err error) {
	names, _ := fs.Glob(migrations.FS, "*.sql") // the pattern is well formed
	var made bool
	if err := conn.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, versionTable).Scan(&made); err != nil || !made {
		return 0, len(names), err
	}
	err = conn.QueryRow(ctx, `SELECT version FROM `+versionTable).Scan(&have)
	return have, len(names), err
}
