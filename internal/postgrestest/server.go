package postgrestest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// server is where this process makes its databases.
type server struct {
	admin    *pgxpool.Pool // on a database that is no template
	address  *url.URL      // of admin
	template string

	pool func() (*pgxpool.Pool, error) // behind Tx
}

// The server of this process, started by the first test that asks.
var (
	once    sync.Once
	started *server
	failed  error
)

func shared(t testing.TB) *server {
	t.Helper()
	once.Do(func() { started, failed = startServer(context.Background()) })
	if failed != nil {
		t.Fatalf("postgrestest: no PostgreSQL for tests: %v", failed)
	}
	return started
}

func startServer(ctx context.Context) (*server, error) {
	if address := os.Getenv("TEST_DATABASE_URL"); address != "" {
		return given(ctx, address)
	}
	return private(ctx)
}

func connect(ctx context.Context, address, template string) (*server, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return nil, fmt.Errorf("TEST_DATABASE_URL must have the form postgres://user@host/database")
	}
	admin, err := pgxpool.New(ctx, address)
	if err != nil {
		return nil, err
	}
	s := &server{admin: admin, address: u, template: template}
	s.pool = sync.OnceValues(s.makeSharedPool)
	return s, nil
}

func (s *server) dsn(name string) string {
	u := *s.address
	u.Path = "/" + name
	return u.String()
}

// clone copies files instead of writing each page to the log: with fsync off
// that is two to four times as fast.
func (s *server) clone(ctx context.Context, name string) error {
	_, err := s.admin.Exec(ctx, fmt.Sprintf("create database %s template %s strategy file_copy",
		pgx.Identifier{name}.Sanitize(), pgx.Identifier{s.template}.Sanitize()))
	return err
}

func (s *server) drop(ctx context.Context, name string) error {
	_, err := s.admin.Exec(ctx, "drop database if exists "+pgx.Identifier{name}.Sanitize()+" with (force)")
	return err
}

func (s *server) sharedPool() (*pgxpool.Pool, error) { return s.pool() }

func (s *server) makeSharedPool() (*pgxpool.Pool, error) {
	ctx := context.Background()
	name := databaseName()
	if err := s.clone(ctx, name); err != nil {
		return nil, err
	}
	cfg, err := pgxpool.ParseConfig(s.dsn(name))
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = 50 // one per test that runs at the same time
	return pgxpool.NewWithConfig(ctx, cfg)
}
