package postgrestest

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// DSN answers the address of a new migrated database, dropped after the test.
// It is a URL, usable as DATABASE_URL.
func DSN(t testing.TB) string {
	t.Helper()
	s := shared(t)
	name := databaseName()
	ctx := context.Background()
	if err := s.clone(ctx, name); err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	t.Cleanup(func() {
		if err := s.drop(ctx, name); err != nil {
			t.Errorf("postgrestest: %v", err)
		}
	})
	return s.dsn(name)
}

// Pool answers a pool on a new migrated database, dropped after the test.
func Pool(t testing.TB) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(context.Background(), DSN(t))
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// Tx answers a transaction on a database that this process shares, rolled back
// after the test. It is the cheapest way, for tests that need one connection
// and no commit.
func Tx(t testing.TB) pgx.Tx {
	t.Helper()
	pool, err := shared(t).sharedPool()
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	ctx := context.Background()
	tx, err := pool.Begin(ctx)
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	t.Cleanup(func() { _ = tx.Rollback(ctx) })
	return tx
}

var databases atomic.Int64

// databaseName carries the time and the process, for the sweep of leftovers.
func databaseName() string {
	return fmt.Sprintf("lanyard_test_%d_%d_%d", time.Now().Unix(), os.Getpid(), databases.Add(1))
}
