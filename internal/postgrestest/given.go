package postgrestest

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/lanyard-idp/lanyard/internal/postgres"
)

// given uses the server at address: one template per schema, made by the first
// process and kept for the next runs.
func given(ctx context.Context, address string) (*server, error) {
	s, err := connect(ctx, address, "lanyard_tpl_"+postgres.MigrationsHash()[:16])
	if err != nil {
		return nil, err
	}
	if err := s.sweepDatabases(ctx); err != nil {
		return nil, fmt.Errorf("TEST_DATABASE_URL: %w", err)
	}
	return s, s.ensureTemplate(ctx)
}

// templateLock is an arbitrary number for the advisory lock.
const templateLock = 72_613_001

// ensureTemplate holds the lock on one connection; the template gets its final
// name when it is whole.
func (s *server) ensureTemplate(ctx context.Context) error {
	conn, err := s.admin.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("TEST_DATABASE_URL: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, templateLock); err != nil {
		return err
	}
	defer conn.Exec(ctx, `select pg_advisory_unlock($1)`, templateLock)
	var exists bool
	err = conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, s.template).Scan(&exists)
	if err != nil || exists {
		return err
	}
	return s.makeTemplate(ctx)
}

func (s *server) makeTemplate(ctx context.Context) error {
	making := pgx.Identifier{s.template + "_new"}.Sanitize()
	if err := s.drop(ctx, s.template+"_new"); err != nil {
		return err
	}
	if _, err := s.admin.Exec(ctx, "create database "+making+" template template0 encoding 'UTF8'"); err != nil {
		return err
	}
	if err := migrate(ctx, s.dsn(s.template+"_new")); err != nil {
		return err
	}
	_, err := s.admin.Exec(ctx, "alter database "+making+" rename to "+pgx.Identifier{s.template}.Sanitize())
	return err
}
