package postgres_test

import (
	"testing"

	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
)

func TestSchemaVersionTellsWhatIsMissing(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	pool := postgrestest.Pool(t)
	conn, err := pool.Acquire(ctx)
	must(t, err)
	defer conn.Release()
	have, want, err := postgres.SchemaVersion(ctx, conn.Conn())
	if err != nil || have != want || want == 0 {
		t.Errorf("migrated: have %d, want %d, %v", have, want, err)
	}
	_, err = pool.Exec(ctx, `DROP TABLE public.schema_version`)
	must(t, err)
	if have, _, err := postgres.SchemaVersion(ctx, conn.Conn()); err != nil || have != 0 {
		t.Errorf("empty: have %d, %v", have, err)
	}
}
