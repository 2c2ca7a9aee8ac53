package service

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

// sql runs f on a connection to the database, past the service.
func (o *organisation) sql(t *testing.T, f func(ctx context.Context, c *pgx.Conn) error) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, o.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if err := f(ctx, c); err != nil {
		t.Fatal(err)
	}
}

// exec runs statements.
func (o *organisation) exec(t *testing.T, statements ...string) {
	t.Helper()
	o.sql(t, func(ctx context.Context, c *pgx.Conn) error {
		for _, s := range statements {
			if _, err := c.Exec(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// count answers a query for one number.
func (o *organisation) count(t *testing.T, query string, args ...any) (n int64) {
	t.Helper()
	o.sql(t, func(ctx context.Context, c *pgx.Conn) error { return c.QueryRow(ctx, query, args...).Scan(&n) })
	return n
}
