package auth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
)

const (
	right = "zebra fountain quilt"
	wrong = "zebra fountain kilt"
)

// office is one database with as many nodes as a test wants, all on one clock.
type office struct {
	dsn   string
	pool  *pgxpool.Pool
	store *postgres.Store

	mu  sync.Mutex
	now time.Time
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{dsn: postgrestest.DSN(t), now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	o.pool = o.connect(t, nil)
	o.store = postgres.New(o.pool)
	return o
}

func (o *office) connect(t *testing.T, tracer pgx.QueryTracer) *pgxpool.Pool {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(o.dsn)
	if err != nil {
		t.Fatal(err)
	}
	cfg.ConnConfig.Tracer = tracer
	pool, err := pgxpool.NewWithConfig(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// node is one running service: connections and turns of its own. Its hashes are cheap.
func (o *office) node(t *testing.T) *auth.Authenticator {
	t.Helper()
	return o.nodeOn(postgres.New(o.connect(t, nil)))
}

func (o *office) nodeOn(store auth.Store) *auth.Authenticator {
	return &auth.Authenticator{
		Store: store, Hasher: auth.NewCheapHasher(), Context: saml.ClassPasswordProtected, Now: o.clock,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
}

// person is somebody whose password is right, or who has none when password is empty.
func (o *office) person(t *testing.T, name, password string) directory.User {
	t.Helper()
	var hash string
	if password != "" {
		var err error
		if hash, err = auth.NewCheapHasher().Hash(context.Background(), password); err != nil {
			t.Fatal(err)
		}
	}
	u := directory.User{UserName: name, Email: name + "@example.org"}
	if err := o.store.CreateUser(context.Background(), &u, hash); err != nil {
		t.Fatal(err)
	}
	return u
}

// attempt is from a browser that was never here.
func attempt(name, password string) auth.Attempt {
	return auth.Attempt{UserName: name, Password: password, Address: "192.0.2.1", UserAgent: "Mozilla", Reference: "ref"}
}

// from is attempt from the n-th of many addresses.
func from(n int, name, password string) auth.Attempt {
	t := attempt(name, password)
	t.Address = fmt.Sprintf("198.51.%d.%d", n/250, n%250+1)
	return t
}

// again is attempt at a browser that holds what r gave it.
func again(r auth.Result, name, password string) auth.Attempt {
	t := attempt(name, password)
	t.Current, t.Device = r.Token, r.Device
	return t
}

func signIn(t *testing.T, a *auth.Authenticator, attempt auth.Attempt) auth.Result {
	t.Helper()
	r, err := a.SignIn(context.Background(), attempt)
	if err != nil {
		t.Fatalf("%s was not signed in: %v", attempt.UserName, err)
	}
	return r
}

// refusal is the answer to an attempt that must fail.
func refusal(t *testing.T, a *auth.Authenticator, attempt auth.Attempt) *auth.Refused {
	t.Helper()
	r, err := a.SignIn(context.Background(), attempt)
	return refused(t, r, err)
}

func refused(t *testing.T, r auth.Result, err error) *auth.Refused {
	t.Helper()
	var no *auth.Refused
	if !errors.As(err, &no) || r.Token != (session.Token{}) {
		t.Fatalf("got %+v, %v; want refused", r.Session, err)
	}
	return no
}

// held says whether a token opens a session now.
func (o *office) held(t *testing.T, token session.Token) bool {
	t.Helper()
	_, _, err := (&auth.Sessions{Store: o.store, Now: o.clock}).Lookup(context.Background(), token)
	return err == nil
}

func (o *office) count(t *testing.T, sql string, args ...any) (n int) {
	t.Helper()
	if err := o.pool.QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
