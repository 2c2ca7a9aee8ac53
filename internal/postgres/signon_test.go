package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// A browserOf is somebody signed in on monday, and an app to reach.
type browserOf struct {
	user    directory.User
	app     *apps.App
	session session.ID
	token   session.Token
}

func browserOfAda(t *testing.T, s *postgres.Store) browserOf {
	t.Helper()
	b := browserOf{user: personCalled(t, s, "ada", ""), app: mustApp(t, s, "wiki")}
	o := opening(b.user, monday, noToken)
	b.token, b.session = o.Token, open(t, s, o)
	return b
}

func (b browserOf) query(now time.Time) session.VisitQuery {
	return session.VisitQuery{TokenHash: b.token.Hash(), AppID: b.app.ID, Groups: true, Now: now}
}

func (b browserOf) visit(t *testing.T, s *postgres.Store, now time.Time) *session.Visit {
	t.Helper()
	v, err := s.Visit(context.Background(), b.query(now))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// conclusion lets b in, in answer to a request.
func (b browserOf) conclusion(request string) session.Conclusion {
	return session.Conclusion{
		SignIn:    audit.SignIn{At: monday, Reference: "R", Kind: audit.KindSignOn, UserID: b.user.ID, UserName: b.user.UserName, AppID: b.app.ID, AppName: b.app.Name, RequestID: request, Message: []byte("<x/>")},
		RequestID: request, SeenUntil: monday.Add(6 * time.Minute), SessionID: b.session,
		Participant: &session.Participant{SessionID: b.session, AppID: b.app.ID, NameID: saml.NameID{Value: "ada@example.org", Format: saml.FormatEmail}, SessionIndex: "_index", AssertionUntil: monday.Add(5 * time.Minute)},
	}
}

// A querier is a pool or a transaction, for what no method of the Store tells.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func countRows(t *testing.T, q querier, from string) (n int) {
	t.Helper()
	must(t, q.QueryRow(context.Background(), `SELECT count(*) FROM `+from).Scan(&n))
	return n
}

// atOnce runs f twenty times at once and counts the successes; every failure must be a Conflict.
func atOnce(t *testing.T, f func(i int) error) int {
	t.Helper()
	errs := make(chan error, 20)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() { errs <- f(i) })
	}
	all.Wait()
	close(errs)
	won := 0
	for err := range errs {
		if err == nil {
			won++
		} else if !fault.Is(err, fault.Conflict) {
			t.Errorf("lost by %v", err)
		}
	}
	return won
}

func TestRequestIsConcludedOnce(t *testing.T) {
	t.Parallel()
	ctx, dsn := context.Background(), postgrestest.DSN(t)
	one, two := node(t, dsn), node(t, dsn)
	q, err := pgxpool.New(ctx, dsn)
	must(t, err)
	defer q.Close()
	b := browserOfAda(t, one)
	t.Run("REP-01 a request that was seen is a Conflict, on the other node too, and leaves nothing", func(t *testing.T) {
		must(t, one.Conclude(ctx, b.conclusion("_1")))
		again := b.conclusion("_1")
		again.Participant.NameID.Value = "evil"
		wantKind(t, one.Conclude(ctx, again), fault.Conflict)
		wantKind(t, two.Conclude(ctx, again), fault.Conflict)
		wantKind(t, two.Wait(ctx, session.NewToken().Hash(), session.Pending{AppID: b.app.ID, Request: []byte("{}"), CreatedAt: monday, ExpiresAt: monday.Add(time.Hour)}, "_1", monday.Add(time.Hour)), fault.Conflict)
		if v := b.visit(t, two, monday); v.Participant.NameID.Value != "ada@example.org" || countRows(t, q, `sign_ins`) != 1 {
			t.Errorf("told %+v, %d records", v.Participant, countRows(t, q, `sign_ins`))
		}
	})
	t.Run("CORE-30 of twenty at once on two nodes exactly one wins", func(t *testing.T) {
		before := countRows(t, q, `sign_ins`)
		for round := range 5 {
			request := fmt.Sprintf("_round%d", round)
			if won := atOnce(t, func(i int) error { return []*postgres.Store{one, two}[i%2].Conclude(ctx, b.conclusion(request)) }); won != 1 {
				t.Errorf("%d won", won)
			}
		}
		if n := countRows(t, q, `sign_ins`) - before; n != 5 {
			t.Errorf("%d records of 5", n)
		}
	})
	t.Run("REP-03 of twenty that take up a waiting sign-on exactly one wins", func(t *testing.T) {
		token := session.NewToken().Hash()
		must(t, one.Wait(ctx, token, session.Pending{AppID: b.app.ID, Request: []byte("{}"), CreatedAt: monday, ExpiresAt: monday.Add(time.Hour)}, "_w", monday.Add(time.Hour)))
		resumed := b.conclusion("")
		resumed.Waiting = token
		if won := atOnce(t, func(i int) error { return []*postgres.Store{one, two}[i%2].Conclude(ctx, resumed) }); won != 1 {
			t.Errorf("%d won", won)
		}
		_, err := two.Waiting(ctx, token, monday)
		wantKind(t, err, fault.NotFound)
	})
	t.Run("of twenty that begin to wait with one request exactly one may", func(t *testing.T) {
		p := session.Pending{AppID: b.app.ID, Request: []byte("{}"), CreatedAt: monday, ExpiresAt: monday.Add(time.Hour)}
		if won := atOnce(t, func(i int) error {
			return []*postgres.Store{one, two}[i%2].Wait(ctx, session.NewToken().Hash(), p, "_waits", monday.Add(time.Hour))
		}); won != 1 {
			t.Errorf("%d won", won)
		}
	})
	t.Run("starts of ours have no request and are never a Conflict", func(t *testing.T) {
		for range 2 {
			must(t, one.Conclude(ctx, b.conclusion("")))
			must(t, one.Wait(ctx, session.NewToken().Hash(), session.Pending{AppID: b.app.ID, Request: []byte("{}"), CreatedAt: monday, ExpiresAt: monday.Add(time.Hour)}, "", time.Time{}))
		}
	})
	t.Run("one request ID of two apps is two requests", func(t *testing.T) {
		other := b
		other.app = mustApp(t, one, "chat")
		must(t, one.Conclude(ctx, other.conclusion("_1")))
	})
	t.Run("what is remembered is swept when it could not be fresh any more, not before", func(t *testing.T) {
		sweep := func(now time.Time) {
			_, err := one.SweepExpired(ctx, now)
			must(t, err)
		}
		sweep(monday.Add(6*time.Minute - time.Second))
		wantKind(t, one.Conclude(ctx, b.conclusion("_1")), fault.Conflict)
		sweep(monday.Add(6 * time.Minute))
		must(t, one.Conclude(ctx, b.conclusion("_1")))
	})
}

func TestConcludedSignOnIsRecordedWhole(t *testing.T) {
	ctx, q := t.Context(), postgrestest.Tx(t)
	s := postgres.New(q)
	b := browserOfAda(t, s)
	c := b.conclusion("_1")
	c.SignIn.Detail = audit.Detail{AssertionID: "_a", Explanation: "a\x00b", Attributes: []audit.ReleasedClaim{{Name: "mail", Values: []string{"ada@example.org"}}}}
	c.SignIn.UserAgent, c.SignIn.Address = "evil\r\n\x00agent\xff", strings.Repeat("9", 5000)
	must(t, s.Conclude(ctx, c))
	refusal := session.Conclusion{SignIn: audit.SignIn{At: monday.Add(time.Second), Kind: audit.KindSignOn, Reason: audit.ReasonPassiveNeedsLogin, AppID: b.app.ID}, RequestID: "_2", SeenUntil: monday.Add(time.Hour)}
	must(t, s.Conclude(ctx, refusal))
	if n := countRows(t, q, `sign_ins`); n != 2 {
		t.Errorf("%d records", n)
	}
	if n := countRows(t, q, `sign_ins WHERE app_id IS NOT NULL AND reason IN ('', 'passive_needs_login') AND user_agent !~ '[[:cntrl:]]' AND length(address) <= 512
		AND (detail->>'assertionId' = '_a' OR reason <> '')`); n != 2 {
		t.Errorf("%d of them as they should be", n)
	}
	if n := countRows(t, q, `participants`); n != 1 {
		t.Errorf("%d participants: a refusal tells the app nothing", n)
	}
}

func TestTwoTabsAtOneAppAreBothRemembered(t *testing.T) {
	ctx, q := t.Context(), postgrestest.Tx(t)
	s := postgres.New(q)
	b := browserOfAda(t, s)
	for request, index := range map[string]string{"_1": "_one", "_2": "_two"} {
		c := b.conclusion(request)
		c.Participant.SessionIndex = index
		must(t, s.Conclude(ctx, c))
	}
	if n := countRows(t, q, `participants WHERE session_index IN ('_one', '_two')`); n != 2 {
		t.Errorf("the app knows two sessions of which %d could be ended", n)
	}
	if v := b.visit(t, s, monday); v.Participant == nil || v.Participant.SessionIndex == "" {
		t.Error("the next sign-on knows neither")
	}
}

func TestWaitingSignOnKeepsItsTime(t *testing.T) {
	ctx, s := store(t)
	b := browserOfAda(t, s)
	token := session.NewToken()
	want := session.Pending{AppID: b.app.ID, Request: []byte(`{"acs":"x"}`), CreatedAt: monday, ExpiresAt: monday.Add(session.PendingLimit)}
	must(t, s.Wait(ctx, token.Hash(), want, "_1", monday.Add(time.Hour)))
	for range 2 { // reading does not spend it
		got, err := s.Waiting(ctx, token.Hash(), monday.Add(session.PendingLimit-time.Second))
		must(t, err)
		if diff := cmp.Diff(want, got, cmp.Comparer(time.Time.Equal)); diff != "" {
			t.Error(diff)
		}
	}
	_, err := s.Waiting(ctx, token.Hash(), monday.Add(session.PendingLimit))
	wantKind(t, err, fault.NotFound)
	_, err = s.Waiting(ctx, session.NewToken().Hash(), monday)
	wantKind(t, err, fault.NotFound)
	t.Run("XSW-26 an app that is removed takes its waiting sign-ons along", func(t *testing.T) {
		must(t, s.DeleteApp(ctx, b.app.ID))
		_, err := s.Waiting(ctx, token.Hash(), monday)
		wantKind(t, err, fault.NotFound)
	})
}

func TestVisitTellsWhoIsThere(t *testing.T) {
	ctx, tx := t.Context(), postgrestest.Tx(t)
	s := postgres.New(tx)
	b := browserOfAda(t, s)
	t.Run("a new visitor was told nothing and may do nothing", func(t *testing.T) {
		v := b.visit(t, s, monday)
		if v.User.ID != b.user.ID || v.User.Email != b.user.Email || v.Session.ID != b.session || v.Session.UserID != b.user.ID || v.Session.AuthnContext != saml.ClassPasswordProtected ||
			!v.Session.AuthnInstant.Equal(monday) || v.Assigned || v.PersistentID != "" || v.Participant != nil || len(v.Groups) != 0 {
			t.Errorf("%+v", v)
		}
	})
	t.Run("SES-03 an idle or ended session, or none, is nobody", func(t *testing.T) {
		gone := func(q session.VisitQuery) {
			t.Helper()
			_, err := s.Visit(ctx, q)
			wantKind(t, err, fault.NotFound)
		}
		b.visit(t, s, monday.Add(session.IdleLimit-time.Second))
		gone(b.query(monday.Add(session.IdleLimit)))
		used := b.conclusion("")
		for at := monday; at.Before(monday.Add(session.AbsoluteLimit)); at = at.Add(session.IdleLimit / 2) {
			b.visit(t, s, at)
			used.SignIn.At = at
			must(t, s.Conclude(ctx, used)) // each use keeps it alive …
		}
		gone(b.query(monday.Add(session.AbsoluteLimit))) // … but not for ever
		gone(session.VisitQuery{TokenHash: session.NewToken().Hash(), AppID: b.app.ID, Now: monday})
		gone(session.VisitQuery{AppID: b.app.ID, Now: monday})
	})
	t.Run("AUTHN-22 a disabled person is nobody, at once", func(t *testing.T) {
		v := browserOf{user: personCalled(t, s, "eve", ""), app: b.app}
		o := opening(v.user, monday, noToken)
		v.token, v.session = o.Token, open(t, s, o)
		v.visit(t, s, monday)
		_, err := tx.Exec(ctx, `UPDATE users SET disabled = true WHERE id = $1`, v.user.ID) // the session itself is still there
		must(t, err)
		_, err = s.Visit(ctx, v.query(monday))
		wantKind(t, err, fault.NotFound)
	})
	t.Run("use is written down once a minute", func(t *testing.T) {
		v := browserOf{user: personCalled(t, s, "fay", ""), app: b.app}
		o := opening(v.user, monday, noToken)
		v.token, v.session = o.Token, open(t, s, o)
		for _, c := range []struct{ at, seen time.Duration }{{30 * time.Second, 0}, {61 * time.Second, 61 * time.Second}, {90 * time.Second, 61 * time.Second}, {-time.Hour, 61 * time.Second}} {
			used := v.conclusion("")
			used.SignIn.At = monday.Add(c.at)
			must(t, s.Conclude(ctx, used))
			if got := v.visit(t, s, monday).Session.LastSeenAt; !got.Equal(monday.Add(c.seen)) {
				t.Errorf("used after %s: seen at %s", c.at, got)
			}
		}
	})
	t.Run("the same app is told again what it was told before", func(t *testing.T) {
		c := b.conclusion("_p")
		must(t, s.Conclude(ctx, c))
		want := *c.Participant
		want.CreatedAt = monday
		got := b.visit(t, s, monday).Participant
		if got.AssertionUntil.Before(want.AssertionUntil) {
			t.Errorf("until %s", got.AssertionUntil)
		}
		got.AssertionUntil, want.AssertionUntil = time.Time{}, time.Time{}
		if diff := cmp.Diff(&want, got, cmp.Comparer(time.Time.Equal)); diff != "" {
			t.Error(diff)
		}
		shorter := b.conclusion("_q")
		shorter.Participant.AssertionUntil, shorter.Participant.NameID.Value = monday, "new"
		must(t, s.Conclude(ctx, shorter))
		if got := b.visit(t, s, monday).Participant; got.NameID.Value != "new" || got.AssertionUntil.Before(monday.Add(5*time.Minute)) || !got.CreatedAt.Equal(monday) {
			t.Errorf("%+v", got)
		}
		other := b
		other.app = mustApp(t, s, "chat")
		if got := other.visit(t, s, monday).Participant; got != nil {
			t.Errorf("another app was told %+v", got)
		}
	})
}

func TestAssignmentIsFoundHoweverItWasMade(t *testing.T) {
	ctx, s := store(t)
	b := browserOfAda(t, s)
	assigned := func(want bool) {
		t.Helper()
		if got := b.visit(t, s, monday).Assigned; got != want {
			t.Errorf("assigned: %v", got)
		}
	}
	for name, who := range map[string]apps.Assignee{"the person": {UserID: b.user.ID}, "everyone": {Everyone: true}} {
		t.Run(name, func(t *testing.T) {
			must(t, s.Assign(ctx, b.app.ID, who))
			assigned(true)
			other := b
			other.app = mustApp(t, s, "other-"+strings.ReplaceAll(name, " ", "-"))
			if other.visit(t, s, monday).Assigned {
				t.Error("to another app as well")
			}
			must(t, s.Unassign(ctx, b.app.ID, who))
			assigned(false)
		})
	}
	t.Run("somebody else", func(t *testing.T) {
		must(t, s.Assign(ctx, b.app.ID, apps.Assignee{UserID: personCalled(t, s, "bob", "").ID}))
		must(t, s.Assign(ctx, b.app.ID, apps.Assignee{GroupID: mustGroup(t, s, "Empty").ID}))
		assigned(false)
	})
	t.Run("a group around a group, thirty deep", func(t *testing.T) {
		inner := mustGroup(t, s, "Group 00")
		names := []string{inner.Name}
		must(t, s.AddUserToGroup(ctx, inner.ID, b.user.ID))
		outer := inner
		for i := 1; i < 30; i++ {
			next := mustGroup(t, s, fmt.Sprintf("Group %02d", i))
			must(t, s.AddGroupToGroup(ctx, next.ID, outer.ID))
			outer, names = next, append(names, next.Name)
		}
		assigned(false)
		must(t, s.Assign(ctx, b.app.ID, apps.Assignee{GroupID: outer.ID}))
		assigned(true)
		if diff := cmp.Diff(names, b.visit(t, s, monday).Groups); diff != "" {
			t.Error(diff)
		}
		without := b.query(monday)
		without.Groups = false
		v, err := s.Visit(ctx, without)
		must(t, err)
		if !v.Assigned || v.Groups != nil {
			t.Errorf("without names: assigned %v, %v", v.Assigned, v.Groups)
		}
		must(t, s.RemoveUserFromGroup(ctx, inner.ID, b.user.ID))
		assigned(false)
	})
}

func TestPersistentIdentifierStaysTheSame(t *testing.T) {
	t.Parallel()
	ctx, dsn := context.Background(), postgrestest.DSN(t)
	one, two := node(t, dsn), node(t, dsn)
	q, err := pgxpool.New(ctx, dsn)
	must(t, err)
	defer q.Close()
	b := browserOfAda(t, one)
	t.Run("NID-02 twenty first visits at once agree on one value, and it stays", func(t *testing.T) {
		values := make(chan string, 20)
		if won := atOnce(t, func(i int) error {
			v, err := []*postgres.Store{one, two}[i%2].PersistentID(ctx, b.app.ID, b.user.ID, fmt.Sprintf("candidate%d", i), monday)
			values <- v
			return err
		}); won != 20 {
			t.Errorf("%d of 20 got one", won)
		}
		close(values)
		kept := b.visit(t, one, monday).PersistentID
		for v := range values {
			if v != kept || v == "" {
				t.Errorf("%q beside %q", v, kept)
			}
		}
		again, err := two.PersistentID(ctx, b.app.ID, b.user.ID, "later", monday.Add(time.Hour))
		must(t, err)
		if again != kept {
			t.Errorf("later %q", again)
		}
	})
	t.Run("NID-04 FLOW-17 it is not given to anybody else, also when the person is gone", func(t *testing.T) {
		kept := b.visit(t, one, monday).PersistentID
		must(t, one.DeleteUser(ctx, b.user.ID))
		if n := countRows(t, q, `persistent_ids WHERE value = '`+kept+`'`); n != 1 {
			t.Error("it is forgotten")
		}
		same := personCalled(t, one, "ada", "")
		if _, err := one.PersistentID(ctx, b.app.ID, same.ID, kept, monday); err == nil {
			t.Error("it was given again")
		}
		v, err := one.PersistentID(ctx, b.app.ID, same.ID, "fresh", monday)
		must(t, err)
		if v != "fresh" {
			t.Errorf("%q", v)
		}
	})
}

func TestNothingIsConcludedForASessionThatEndedMeanwhile(t *testing.T) {
	t.Parallel()
	ctx, q := context.Background(), postgrestest.Pool(t)
	s := postgres.New(q)
	b := browserOfAda(t, s)
	b.visit(t, s, monday)
	must(t, s.EndSessionByToken(ctx, b.token))
	if err := s.Conclude(ctx, b.conclusion("_1")); err == nil {
		t.Error("it was")
	}
	if n := countRows(t, q, `sign_ins`); n != 0 {
		t.Errorf("%d records", n)
	}
}
