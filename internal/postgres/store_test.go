package postgres_test

import (
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
)

// Not parallel: it moves this machine to another time zone.
func TestTimesAreUTCWhereverTheMachineStands(t *testing.T) {
	home := time.Local
	time.Local = time.FixedZone("far away", 9*3600)
	defer func() { time.Local = home }()
	pool, err := postgres.Open(t.Context(), postgrestest.DSN(t), 1)
	must(t, err)
	defer pool.Close()
	s := postgres.New(pool)
	u := personCalled(t, s, "ada", "hash")
	here := signedIn(t, s, proven(u, "hash", noToken, noToken))
	got, err := s.User(t.Context(), u.ID)
	must(t, err)
	sessions, err := s.SessionsOf(t.Context(), u.ID, monday)
	must(t, err)
	if len(sessions) != 1 || sessions[0].ID != here {
		t.Fatalf("sessions %+v", sessions)
	}
	for what, at := range map[string]time.Time{"created": u.CreatedAt, "read": got.UpdatedAt, "session": sessions[0].ExpiresAt} {
		if at.Location() != time.UTC {
			t.Errorf("%s: %v", what, at)
		}
	}
}
