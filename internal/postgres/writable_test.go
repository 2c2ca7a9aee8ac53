package postgres_test

import (
	"testing"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
)

func TestReadOnlyDatabaseIsNotWritable(t *testing.T) {
	t.Parallel()
	tx := postgrestest.Tx(t)
	must(t, postgres.New(tx).Writable(t.Context()))
	_, err := tx.Exec(t.Context(), `SET TRANSACTION READ ONLY`)
	must(t, err)
	if err := postgres.New(tx).Writable(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v", err)
	}
}
