package auth_test

import (
	"context"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/session"
)

func (o *office) setup(t *testing.T) *auth.Setup {
	t.Helper()
	node := o.node(t)
	return &auth.Setup{Store: postgres.New(o.connect(t, nil)), Auth: node, Hasher: node.Hasher, Now: o.clock}
}

func (o *office) link(t *testing.T) session.Token {
	t.Helper()
	link := session.NewToken()
	if err := o.store.CreateSetupLink(context.Background(), link.Hash(), o.clock()); err != nil {
		t.Fatal(err)
	}
	return link
}

var grace = directory.User{Email: "grace@example.org"}

func TestTheFirstAdministratorComesByAOneTimeLink(t *testing.T) {
	t.Parallel()
	ctx, o := context.Background(), newOffice(t)
	setup := o.setup(t)
	t.Run("AUTHN-21 a new database holds nobody, and without a link nobody gets in or makes work", func(t *testing.T) {
		if n := o.count(t, `SELECT count(*) FROM users`); n != 0 {
			t.Errorf("%d people in a new database", n)
		}
		for _, link := range []session.Token{{}, session.TokenFrom("guess"), session.NewToken()} {
			if _, err := setup.Complete(ctx, link, grace, attempt("", right)); !fault.Is(err, fault.NotFound) {
				t.Errorf("%v, want not found", err)
			}
		}
		if setup.Hasher.Runs() != 0 {
			t.Error("a guessed link cost a hash")
		}
	})
	t.Run("AUTHN-21 mistakes do not use the link up, looking neither", func(t *testing.T) {
		link := o.link(t)
		if _, err := setup.Complete(ctx, link, grace, attempt("", "short")); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v, want a refused password", err)
		}
		if _, err := setup.Complete(ctx, link, directory.User{Email: "no address"}, attempt("", right)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v, want a refused address", err)
		}
		if err := setup.Check(ctx, link); err != nil {
			t.Errorf("the link is used up: %v", err)
		}
		o.pass(24 * time.Hour)
		if err := setup.Check(ctx, link); !fault.Is(err, fault.NotFound) {
			t.Errorf("a link of a day ago: %v, want not found", err)
		}
	})
	t.Run("AUTHN-21 of 20 who use one link at once, at two nodes, one becomes the administrator", func(t *testing.T) {
		link, second := o.link(t), o.setup(t)
		results := make(chan error)
		for i := range 20 {
			s := []*auth.Setup{setup, second}[i%2]
			u := directory.User{Email: string(rune('a'+i)) + "@example.org"}
			go func() {
				r, err := s.Complete(ctx, link, u, from(i, "", right))
				if err == nil && (r.User.Role != directory.RoleOwner || !o.held(t, r.Token)) {
					t.Errorf("%+v is no administrator, or not signed in", r.User)
				}
				results <- err
			}()
		}
		won := 0
		for range 20 {
			if err := <-results; err == nil {
				won++
			} else if !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		}
		if n := o.count(t, `SELECT count(*) FROM users WHERE role = 'owner'`); won != 1 || n != 1 {
			t.Errorf("%d won, %d administrators; want 1", won, n)
		}
		if n := o.count(t, `SELECT count(*) FROM audit_events WHERE action = 'user.create' AND actor LIKE '%@example.org'`); n != 1 {
			t.Errorf("%d events name the new administrator, want 1", n)
		}
	})
}

func TestSweeperDeletesWhatEnded(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.person(t, "ada", right)
	node := o.node(t)
	signIn(t, node, attempt("ada", right))
	refusal(t, node, attempt("ada", wrong))
	sweeper := &auth.Sweeper{Store: o.store, Now: o.clock, Logger: node.Logger}
	for _, step := range []struct {
		pass                        time.Duration
		sessions, throttle, devices int
	}{{0, 1, 2, 1}, {13 * time.Hour, 0, 2, 1}, {12 * time.Hour, 0, 0, 1}, {180 * 24 * time.Hour, 0, 0, 0}} {
		o.pass(step.pass)
		if err := sweeper.RunOnce(context.Background()); err != nil {
			t.Fatal(err)
		}
		for table, want := range map[string]int{"sessions": step.sessions, "throttle": step.throttle, "known_devices": step.devices} {
			if n := o.count(t, `SELECT count(*) FROM `+table); n != want {
				t.Errorf("after %v more: %d rows of %s, want %d", step.pass, n, table, want)
			}
		}
	}
}
