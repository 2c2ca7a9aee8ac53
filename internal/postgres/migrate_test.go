package postgres_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
)

func TestProgramsThatMigrateAtOnceAgree(t *testing.T) {
	t.Parallel()
	dsn := postgrestest.DSN(t)
	mustExec(t, mustConnect(t, dsn), `drop schema public cascade; create schema public`)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			conn, err := pgx.Connect(context.Background(), dsn)
			if err == nil {
				defer conn.Close(context.Background())
				err = postgres.Migrate(context.Background(), conn)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var version, users int
	err := mustConnect(t, dsn).QueryRow(context.Background(),
		`select (select version from public.schema_version), (select count(*) from users)`).Scan(&version, &users)
	if err != nil || version < 1 || users != 0 {
		t.Fatalf("version %d, %d users, %v", version, users, err)
	}
}

func TestSchemaNewerThanTheProgramIsRefusedUntouched(t *testing.T) {
	t.Parallel()
	conn := mustConnect(t, postgrestest.DSN(t))
	mustExec(t, conn, `update schema_version set version = 100000`)
	err := postgres.Migrate(context.Background(), conn)
	if err == nil || !strings.Contains(err.Error(), "newer than this program") {
		t.Fatalf("got %v", err)
	}
	var version int
	if err := conn.QueryRow(context.Background(), `select version from schema_version`).Scan(&version); err != nil || version != 100000 {
		t.Fatalf("the version is now %d, %v", version, err)
	}
}

func mustConnect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func mustExec(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(context.Background(), sql); err != nil {
		t.Fatal(err)
	}
}
