package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
)

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

var noToken session.Token

func personCalled(t *testing.T, s *postgres.Store, name, hash string) directory.User {
	t.Helper()
	u := directory.User{Email: name + "@example.org", UserName: name}
	if err := s.CreateUser(context.Background(), &u, hash); err != nil {
		t.Fatal(err)
	}
	return u
}

// opening is a sign-in of u at now in a browser that held replaces.
func opening(u directory.User, now time.Time, replaces session.Token) session.Opening {
	return session.Opening{
		Session: session.Session{
			UserID: u.ID, CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(session.AbsoluteLimit), AuthnInstant: now,
			AuthnContext: saml.ClassPasswordProtected, Address: "192.0.2.1", UserAgent: "Mozilla",
		},
		Token: session.NewToken(), Replaces: replaces, Device: session.NewToken(),
	}
}

func open(t *testing.T, s *postgres.Store, o session.Opening) session.ID {
	t.Helper()
	id, err := s.OpenSession(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestSessionIsFoundByItsTokenWithItsPerson(t *testing.T) {
	t.Parallel()
	ctx, s := context.Background(), postgres.New(postgrestest.Tx(t))
	ada := personCalled(t, s, "ada", "")
	o := opening(ada, monday, noToken)
	want := o.Session
	want.ID = open(t, s, o)
	got, user, err := s.SessionByToken(ctx, o.Token, monday)
	if err != nil {
		t.Fatal(err)
	}
	got.CreatedAt, got.LastSeenAt = got.CreatedAt.UTC(), got.LastSeenAt.UTC()
	got.ExpiresAt, got.AuthnInstant = got.ExpiresAt.UTC(), got.AuthnInstant.UTC()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(ada, user); diff != "" {
		t.Error(diff)
	}
}

func TestSessionHoldsNoLongerThanItsLimits(t *testing.T) {
	t.Parallel()
	ctx, s := context.Background(), postgres.New(postgrestest.Tx(t))
	o := opening(personCalled(t, s, "ada", ""), monday, noToken)
	id := open(t, s, o)
	held := func(after time.Duration) bool {
		t.Helper()
		_, _, err := s.SessionByToken(ctx, o.Token, monday.Add(after))
		if err != nil && !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
		return err == nil
	}
	if !held(session.IdleLimit-time.Second) || held(session.IdleLimit) {
		t.Error("an unused session holds exactly for the idle limit")
	}
	if err := s.TouchSession(ctx, id, monday.Add(session.AbsoluteLimit-time.Minute)); err != nil {
		t.Fatal(err)
	}
	if !held(session.AbsoluteLimit-time.Second) || held(session.AbsoluteLimit) {
		t.Error("a used session holds exactly for the absolute limit")
	}
	if err := s.TouchSession(ctx, id, monday); err != nil {
		t.Fatal(err)
	}
	if !held(session.AbsoluteLimit - time.Second) {
		t.Error("a late touch moved the last use backwards")
	}
}

func TestDisabledPersonHasNoSession(t *testing.T) {
	t.Parallel()
	ctx, tx := context.Background(), postgrestest.Tx(t)
	s := postgres.New(tx)
	ada := personCalled(t, s, "ada", "")
	o := opening(ada, monday, noToken)
	open(t, s, o)
	if list, err := s.SessionsOf(ctx, ada.ID, monday); err != nil || len(list) != 1 {
		t.Fatalf("before: %v %v", list, err)
	}
	if _, err := tx.Exec(ctx, `UPDATE users SET disabled = true WHERE id = $1`, ada.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.SessionByToken(ctx, o.Token, monday); !fault.Is(err, fault.NotFound) {
		t.Errorf("session of a disabled person: %v, want not found", err)
	}
	if list, err := s.SessionsOf(ctx, ada.ID, monday); err != nil || len(list) != 0 {
		t.Errorf("sessions of a disabled person: %v %v", list, err)
	}
}

func TestEndingSessionsEndsThoseAndNoOthers(t *testing.T) {
	t.Parallel()
	ctx, s := context.Background(), postgres.New(postgrestest.Tx(t))
	ada, bob := personCalled(t, s, "ada", ""), personCalled(t, s, "bob", "")
	var ids []session.ID
	for range 3 {
		ids = append(ids, open(t, s, opening(ada, monday, noToken)))
	}
	bobs := open(t, s, opening(bob, monday, noToken))
	for _, id := range []session.ID{bobs, "no uuid", "11111111-2222-4333-8444-555555555555"} {
		if err := s.EndSession(ctx, ada.ID, id); !fault.Is(err, fault.NotFound) {
			t.Errorf("ada ends session %q: %v, want not found", id, err)
		}
	}
	if err := s.EndSession(ctx, ada.ID, ids[0]); err != nil {
		t.Fatal(err)
	}
	if n, err := s.EndSessions(ctx, ada.ID, ids[1]); err != nil || n != 1 {
		t.Errorf("ended %d, %v; want the one that is not kept", n, err)
	}
	if list, _ := s.SessionsOf(ctx, ada.ID, monday); len(list) != 1 || list[0].ID != ids[1] {
		t.Errorf("ada keeps %v, want %s", list, ids[1])
	}
	if n, err := s.EndSessions(ctx, ada.ID, ""); err != nil || n != 1 {
		t.Errorf("ended %d, %v; want the last one", n, err)
	}
	if list, _ := s.SessionsOf(ctx, bob.ID, monday); len(list) != 1 {
		t.Errorf("bob keeps %d sessions, want 1", len(list))
	}
}

func TestSigningInAgainKeepsWhatTheAppsWereToldAndKillsTheOldToken(t *testing.T) {
	t.Parallel()
	ctx, tx := context.Background(), postgrestest.Tx(t)
	s := postgres.New(tx)
	ada, bob := personCalled(t, s, "ada", ""), personCalled(t, s, "bob", "")
	first := opening(ada, monday, noToken)
	id := open(t, s, first)
	_, err := tx.Exec(ctx, `INSERT INTO participants (session_id, app_id, name_id, session_index, assertion_until, created_at)
		VALUES ($1, gen_random_uuid(), '{}', '_i', $2, $2)`, id, monday)
	if err != nil {
		t.Fatal(err)
	}
	told := func(id session.ID) (n int) {
		t.Helper()
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM participants WHERE session_id = $1`, id).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	later := monday.Add(20 * time.Hour) // the first session ran out; the apps do not know
	second := opening(ada, later, first.Token)
	if again := open(t, s, second); told(again) != 1 {
		t.Error("after signing in again, logout no longer reaches the app")
	}
	if _, _, err := s.SessionByToken(ctx, first.Token, monday); !fault.Is(err, fault.NotFound) {
		t.Errorf("old token: %v, want not found", err)
	}
	got, _, err := s.SessionByToken(ctx, second.Token, later)
	if err != nil || !got.AuthnInstant.Equal(later) || !got.ExpiresAt.Equal(later.Add(session.AbsoluteLimit)) {
		t.Errorf("new token: %+v %v, want a session that starts at %v", got, err, later)
	}
	third := opening(bob, later, second.Token)
	if bobs := open(t, s, third); told(bobs) != 0 {
		t.Error("bob's session took over what the apps were told of ada")
	}
	if _, _, err := s.SessionByToken(ctx, second.Token, later); !fault.Is(err, fault.NotFound) {
		t.Errorf("ada's session after bob signed in at her browser: %v, want not found", err)
	}
}
