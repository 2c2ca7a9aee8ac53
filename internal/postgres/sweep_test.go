package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
)

func TestSweepDeletesWhatEndedAndNothingElse(t *testing.T) {
	t.Parallel()
	ctx, pool := context.Background(), postgrestest.Pool(t)
	s := postgres.New(pool)
	personCalled(t, s, "ada", "")
	// Each table gets $3 rows that end at $2, under keys that begin with $1.
	fill := map[string]string{
		"sessions": `INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, expires_at, authn_instant, authn_context)
			SELECT ($1 || i)::bytea, (SELECT id FROM users), $2, $2, $2, $2, 'x' FROM generate_series(1, $3) i`,
		"seen_requests": `INSERT INTO seen_requests SELECT gen_random_uuid(), $1 || i, $2 FROM generate_series(1, $3) i`,
		"setup_links":   `INSERT INTO setup_links SELECT ($1 || i)::bytea, $2, $2 FROM generate_series(1, $3) i`,
		"throttle":      `INSERT INTO throttle SELECT $1 || i, 1, $2, $2 FROM generate_series(1, $3) i`,
		"known_devices": `INSERT INTO known_devices SELECT ($1 || i)::bytea, (SELECT id FROM users), $2, $2 FROM generate_series(1, $3) i`,
		"pending": `WITH a AS (INSERT INTO apps (slug, name, entity_id, enabled, settings, created_at, updated_at)
			VALUES ($1, 'a', $1, true, '{}', now(), now()) RETURNING id)
			INSERT INTO pending SELECT ($1 || i)::bytea, a.id, '', $2, $2 FROM a, generate_series(1, $3) i`,
	}
	for table, sql := range fill {
		for key, at := range map[string]time.Time{"old": monday.Add(-365 * 24 * time.Hour), "new": monday.Add(time.Hour)} {
			if _, err := pool.Exec(ctx, sql, key, at, 1100); err != nil {
				t.Fatalf("%s: %v", table, err)
			}
		}
	}
	n, err := s.SweepExpired(ctx, monday)
	if err != nil || n != int64(1100*len(fill)) {
		t.Errorf("swept %d rows, %v; want %d", n, err, 1100*len(fill))
	}
	for table := range fill {
		var left int
		if err := pool.QueryRow(ctx, `SELECT count(*) FROM `+table).Scan(&left); err != nil || left != 1100 {
			t.Errorf("%s: %d rows left, %v; want the 1100 that have not ended", table, left, err)
		}
	}
}

func TestSweepForgetsFailuresAfterADayAndDevicesAfterHalfAYear(t *testing.T) {
	t.Parallel()
	ctx, tx := context.Background(), postgrestest.Tx(t)
	s := postgres.New(tx)
	ada := personCalled(t, s, "ada", "")
	_, err := tx.Exec(ctx, `INSERT INTO throttle VALUES ('yesterday', 3, $1, $1)`, monday.Add(-23*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO known_devices VALUES ('x', $1, $2, $2)`, ada.ID, monday.Add(-179*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		at   time.Time
		want int64
	}{{monday, 0}, {monday.Add(time.Hour), 1}, {monday.Add(24 * time.Hour), 1}} {
		if n, err := s.SweepExpired(ctx, step.at); err != nil || n != step.want {
			t.Errorf("at %v: swept %d, %v; want %d", step.at, n, err, step.want)
		}
	}
}

func TestRecordsOfSignInsAreKeptForTheirTime(t *testing.T) {
	ctx, q := t.Context(), postgrestest.Tx(t)
	s := postgres.New(q)
	for range 3 {
		must(t, s.RecordSignIn(ctx, audit.SignIn{At: monday, Kind: audit.KindSignIn}))
	}
	must(t, s.RecordSignIn(ctx, audit.SignIn{At: monday.Add(time.Hour), Kind: audit.KindSignIn}))
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{postgres.SignInMemory - time.Second, 4}, {postgres.SignInMemory, 1}} {
		if _, err := s.SweepExpired(ctx, monday.Add(step.after)); err != nil {
			t.Fatal(err)
		}
		if n := countRows(t, q, `sign_ins`); n != step.want {
			t.Errorf("after %s: %d records, want %d", step.after, n, step.want)
		}
	}
}
