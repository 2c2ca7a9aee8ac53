package postgres_test

import (
	"testing"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
)

func TestDatabaseThatHoldsAnythingIsNotEmpty(t *testing.T) {
	s := postgres.New(postgrestest.Tx(t))
	if empty, err := s.Empty(t.Context()); err != nil || !empty {
		t.Fatalf("a new database: %t, %v", empty, err)
	}
	if err := s.CreateGroup(t.Context(), &directory.Group{Name: "Staff"}); err != nil {
		t.Fatal(err)
	}
	if empty, err := s.Empty(t.Context()); err != nil || empty {
		t.Errorf("with a group: %t, %v", empty, err)
	}
}
