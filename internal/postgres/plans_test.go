package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// statements writes down what a Store asks.
type statements struct{ asked []asked }

type asked struct {
	sql  string
	args []any
}

// add leaves out what only begins and ends transactions.
func (s *statements) add(sql string, args []any) {
	if len(args) > 0 {
		s.asked = append(s.asked, asked{sql, args})
	}
}

func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	s.add(d.SQL, d.Args)
	return ctx
}
func (*statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (*statements) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

func (s *statements) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	s.add(d.SQL, d.Args)
}
func (*statements) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// many is how many there are of everything: people, all of them in one group; groups, all of them in another one; apps, one
// of them assigned to each of the people and groups by name. Each person has a session and a browser; ada is one of them.
const many = 20_000

const crowd = `
	INSERT INTO users (id, email, username, password_hash, created_at, updated_at)
		SELECT ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, 'u' || i || '@example.org', 'u' || i, 'hash', now(), now()
		FROM generate_series(1, $1) i;
	INSERT INTO group_users (group_id, user_id) SELECT g.id, u.id FROM groups g, users u;
	INSERT INTO groups (name, created_at) SELECT 'g' || i, now() FROM generate_series(1, $1) i;
	INSERT INTO group_groups (group_id, member_id) SELECT g.id, m.id FROM groups g, groups m WHERE g.name = 'g1' AND m.name <> 'g1';
	INSERT INTO app_assignments (app_id, group_id, created_at) SELECT a.id, g.id, now() FROM apps a, groups g WHERE a.slug = 'direct' AND g.name <> 'Staff';
	INSERT INTO apps (slug, name, entity_id, enabled, settings, created_at, updated_at)
		SELECT 'a' || i, 'a' || i, 'a' || i, true, '{}', now(), now() FROM generate_series(1, $1) i;
	INSERT INTO app_assignments (app_id, user_id, created_at) SELECT a.id, u.id, now() FROM apps a, users u WHERE a.slug = 'direct';
	INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, expires_at, authn_instant, authn_context)
		SELECT sha256(id::text::bytea), id, now(), now(), now(), now(), '' FROM users;
	INSERT INTO participants (session_id, app_id, name_id, session_index, assertion_until, created_at)
		SELECT s.id, a.id, '{}', '', now(), now() FROM sessions s, apps a WHERE a.slug = 'direct';
	INSERT INTO known_devices (token_hash, user_id, created_at, last_used_at) SELECT sha256(id::text::bytea), id, now(), now() FROM users;
	INSERT INTO persistent_ids (app_id, user_id, value, created_at) SELECT a.id, u.id, u.id::text, now() FROM users u, apps a WHERE a.slug = 'direct';
	INSERT INTO throttle (key, failures, last_failure, blocked_until) SELECT id::text, 1, now(), now() FROM users;
	INSERT INTO seen_requests (app_id, request_id, expires_at) SELECT a.id, u.id::text, now() FROM users u, apps a WHERE a.slug = 'direct';
	INSERT INTO sign_ins (at, reference, kind, reason) SELECT now(), '', '', '' FROM users`

// given is what the crowd and ada need.
type given struct {
	ada          directory.User
	direct, all  apps.App
	device, here session.Token
	session      session.ID
}

func setCrowd(t *testing.T, s *postgres.Store) given {
	t.Helper()
	ctx := context.Background()
	g := given{device: session.NewToken()}
	g.ada = personCalled(t, s, "ada", "a-hash")
	staff := directory.Group{Name: "Staff"}
	if err := s.CreateGroup(ctx, &staff); err != nil {
		t.Fatal(err)
	}
	g.direct, g.all = *mustApp(t, s, "direct"), *mustApp(t, s, "all")
	if err := s.Assign(ctx, g.all.ID, apps.Assignee{GroupID: staff.ID}); err != nil {
		t.Fatal(err)
	}
	o := proven(g.ada, "a-hash", noToken, noToken)
	o.Device = g.device
	g.here = o.Token
	g.session = signedIn(t, s, o)
	return g
}

// hot is what people and strangers can make the store do at will.
func (g *given) hot(s *postgres.Store) map[string]func(context.Context) error {
	at := monday.Add(time.Second)
	visit := func(app apps.ID, groups bool) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := s.Visit(ctx, session.VisitQuery{TokenHash: g.here.Hash(), AppID: app, Groups: groups, Now: at})
			return err
		}
	}
	throttle := session.Throttle{Key: "account:x", Free: 10, FirstWait: time.Second, MaxWait: time.Minute, Forgive: time.Hour}
	return map[string]func(context.Context) error{
		"visit an app with many assignments": visit(g.direct.ID, false),
		"visit an app of a large group":      visit(g.all.ID, true),
		"open the panel": func(ctx context.Context) error {
			_, err := s.AppsOfUser(ctx, g.ada.ID)
			return err
		},
		"open any page": func(ctx context.Context) error {
			_, _, err := s.SessionByToken(ctx, g.here, at)
			return err
		},
		"look up a name": func(ctx context.Context) error {
			_, err := s.CredentialByName(ctx, "ADA@example.org", g.device)
			return err
		},
		"ask the throttle": func(ctx context.Context) error {
			_, err := s.RefuseTry(ctx, at, "account:x", "address:y")
			return err
		},
		"count a try": func(ctx context.Context) error {
			_, _, err := s.ReserveTries(ctx, at, throttle)
			return err
		},
		"sign in": func(ctx context.Context) error {
			o := proven(g.ada, "a-hash", g.here, g.device)
			o.Tries = []session.Try{{Throttle: throttle, Count: 1}}
			_, err := s.SignedIn(ctx, o, audit.SignIn{At: at, UserID: g.ada.ID})
			return err
		},
		"wait, and be taken up again": func(ctx context.Context) error {
			p := session.Pending{AppID: g.direct.ID, Request: []byte{0}, CreatedAt: at, ExpiresAt: at.Add(time.Hour)}
			err := s.Wait(ctx, g.device.Hash(), p, "_1", at)
			_, waitErr := s.Waiting(ctx, g.device.Hash(), at)
			return errors.Join(err, waitErr)
		},
		"be let in": func(ctx context.Context) error {
			return s.Conclude(ctx, session.Conclusion{
				SignIn: audit.SignIn{At: at, UserID: g.ada.ID, AppID: g.direct.ID}, RequestID: "_1", SeenUntil: at, SessionID: g.session,
				Participant: &session.Participant{SessionID: g.session, AppID: g.direct.ID, AssertionUntil: at},
			})
		},
		"be known to an app": func(ctx context.Context) error {
			_, err := s.PersistentID(ctx, g.direct.ID, g.ada.ID, "candidate", at)
			return err
		},
		"be refused": func(ctx context.Context) error { return s.RecordSignIn(ctx, audit.SignIn{At: at, UserName: "eve"}) },
		"sign out":   func(ctx context.Context) error { return s.SignOut(ctx, g.here, audit.SignIn{At: at}) },
	}
}

// blocks runs a statement with a plan for any values, undoes what it changed, and answers how many pages it touched.
func blocks(t *testing.T, pool *pgxpool.Pool, a asked) (n int, plan string) {
	t.Helper()
	ctx := context.Background()
	tx, err := pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, "DEALLOCATE ALL; PREPARE hot AS "+a.sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatalf("%v\n%s", err, a.sql)
	}
	places, args := make([]string, len(a.args)), []any{pgx.QueryExecModeSimpleProtocol}
	for i, arg := range a.args {
		places[i] = fmt.Sprintf("$%d", i+1)
		if doc, ok := arg.([]byte); ok && json.Valid(doc) {
			arg = string(doc) // the simple protocol takes bytes for bytea
		}
		args = append(args, arg)
	}
	var doc []byte
	run := "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE hot(" + strings.Join(places, ", ") + ")"
	if err := tx.QueryRow(ctx, run, args...).Scan(&doc); err != nil {
		t.Fatalf("%v\n%s", err, a.sql)
	}
	var out []struct {
		Plan struct {
			Hit  int `json:"Shared Hit Blocks"`
			Read int `json:"Shared Read Blocks"`
		}
	}
	if err := json.Unmarshal(doc, &out); err != nil {
		t.Fatal(err)
	}
	return out[0].Plan.Hit + out[0].Plan.Read, string(doc)
}

// pages is more than any statement that finds its rows by an index touches, and less than any that walks through the crowd.
const pages = 120

func TestHotStatementsReadOnlyWhatTheyMust(t *testing.T) {
	t.Parallel()
	ctx, dsn := context.Background(), postgrestest.DSN(t)
	opened, err := postgres.Open(ctx, dsn, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	g := setCrowd(t, postgres.New(opened))
	if _, err := opened.Exec(ctx, strings.ReplaceAll(crowd, "$1", fmt.Sprint(many)), pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
	t.Run("counting who may use an app is not a question for each pair", func(t *testing.T) {
		s := postgres.New(opened)
		for _, app := range []apps.App{g.direct, g.all} {
			if n, err := s.EffectiveCount(ctx, app.ID); err != nil || n != many+1 {
				t.Errorf("%s: %d, %v", app.Name, n, err)
			}
		}
	})
	for what, asked := range g.asked(t, opened) {
		t.Run(what+" before the tables were counted", func(t *testing.T) { bounded(t, opened, asked) })
	}
	if _, err := opened.Exec(ctx, "VACUUM ANALYZE"); err != nil {
		t.Fatal(err)
	}
	for what, asked := range g.asked(t, opened) {
		t.Run(what+" after the tables were counted", func(t *testing.T) { bounded(t, opened, asked) })
	}
}

func bounded(t *testing.T, pool *pgxpool.Pool, all []asked) {
	t.Helper()
	for _, a := range all {
		if n, plan := blocks(t, pool, a); n > pages {
			t.Errorf("%d pages for\n%s\n%s", n, a.sql, plan)
		}
	}
}

// asked is every statement of every hot use, each use undone.
func (g *given) asked(t *testing.T, like *pgxpool.Pool) map[string][]asked {
	t.Helper()
	ctx, heard, cfg := context.Background(), &statements{}, like.Config()
	cfg.ConnConfig.Tracer = heard
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	undo := errors.New("undo")
	all := map[string][]asked{}
	for what := range g.hot(nil) {
		heard.asked = nil
		err := postgres.New(pool).InTx(ctx, func(tx *postgres.Store) error { return errors.Join(undo, g.hot(tx)[what](ctx)) })
		if err.Error() != undo.Error() {
			t.Fatalf("%s: %v", what, err)
		}
		all[what] = heard.asked
	}
	return all
}
