package auth_test

import (
	"context"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/session"
)

func TestTokensAreRandomAndUnknownToTheDatabase(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.person(t, "ada", right)
	t.Run("SES-01 10,000 tokens of 256 bits are all different", func(t *testing.T) {
		seen := map[string]bool{}
		for range 10_000 {
			v := session.NewToken().Reveal()
			if len(v) != 43 || seen[v] {
				t.Fatalf("token of %d characters, or given twice", len(v))
			}
			seen[v] = true
		}
	})
	t.Run("SES-01 the database holds hashes, which open nothing", func(t *testing.T) {
		r := signIn(t, o.node(t), attempt("ada", right))
		for table, token := range map[string]session.Token{"sessions": r.Token, "known_devices": r.Device} {
			if o.count(t, `SELECT count(*) FROM `+table+` WHERE token_hash = $1`, token.Hash()) != 1 {
				t.Errorf("%s: not found by its hash", table)
			}
			if o.count(t, `SELECT count(*) FROM `+table+` r WHERE r::text LIKE '%' || $1 || '%' OR token_hash = convert_to($1, 'UTF8')`, token.Reveal()) != 0 {
				t.Errorf("%s: holds the token itself", table)
			}
		}
		if o.held(t, session.TokenFrom(string(r.Token.Hash()))) {
			t.Error("the hash opened the session")
		}
	})
}

func TestEverySignInGivesNewSecrets(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.person(t, "ada", right)
	o.person(t, "bob", right)
	node := o.node(t)
	planted := session.TokenFrom("planted-by-somebody-else")
	fixed := attempt("ada", right)
	fixed.Current, fixed.Device = planted, planted
	first := signIn(t, node, fixed)
	t.Run("SES-02 FLOW-02 a token planted before the sign-in opens nothing after it", func(t *testing.T) {
		if first.Token == planted || o.held(t, planted) || !o.held(t, first.Token) {
			t.Error("the planted token was taken over")
		}
	})
	o.pass(10 * time.Minute)
	second := signIn(t, node, again(first, "ada", right))
	t.Run("SES-02 proving it again gives a new token and a fresh instant, and the old token is dead", func(t *testing.T) {
		if o.held(t, first.Token) || !o.held(t, second.Token) || second.Device == first.Device {
			t.Error("the old secrets still count")
		}
		if !second.Session.AuthnInstant.Equal(o.clock()) || second.Session.ID != first.Session.ID {
			t.Errorf("%+v, want the same session with a fresh instant", second.Session)
		}
	})
	t.Run("SES-02 another person at the same browser gets another session, and the first one ends", func(t *testing.T) {
		third := signIn(t, node, again(second, "bob", right))
		if o.held(t, second.Token) || !o.held(t, third.Token) || third.Session.ID == second.Session.ID {
			t.Error("ada's session lived on under bob")
		}
		second = third
	})
	t.Run("SES-02 a refused attempt leaves the session that is there", func(t *testing.T) {
		refusal(t, node, again(second, "ada", wrong))
		if !o.held(t, second.Token) {
			t.Error("a wrong password ended somebody's session")
		}
	})
}

func TestSessionsEndInTime(t *testing.T) {
	t.Parallel()
	ctx, o := context.Background(), newOffice(t)
	o.person(t, "ada", right)
	node := o.node(t)
	sessions := &auth.Sessions{Store: o.store, Now: o.clock}
	t.Run("SES-03 a session ends after two hours without use", func(t *testing.T) {
		r := signIn(t, node, attempt("ada", right))
		o.pass(session.IdleLimit - time.Second)
		if !o.held(t, r.Token) {
			t.Error("ended too early")
		}
		o.pass(session.IdleLimit)
		_, _, err := sessions.Lookup(ctx, r.Token)
		if !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%v, want unauthenticated", err)
		}
	})
	t.Run("SES-03 a session ends after twelve hours however much it is used", func(t *testing.T) {
		r := signIn(t, node, attempt("ada", right))
		for range 11 {
			o.pass(time.Hour)
			if !o.held(t, r.Token) {
				t.Fatal("a session in use ended too early")
			}
		}
		o.pass(time.Hour)
		if o.held(t, r.Token) {
			t.Error("holds after the absolute limit")
		}
	})
	t.Run("use is written down at most once a minute", func(t *testing.T) {
		r := signIn(t, node, attempt("ada", right))
		for _, step := range []struct{ pass, want time.Duration }{{59 * time.Second, 0}, {time.Second, time.Minute}, {time.Second, time.Minute}} {
			o.pass(step.pass)
			if _, _, err := sessions.Lookup(ctx, r.Token); err != nil {
				t.Fatal(err)
			}
			s, _, err := o.store.SessionByToken(ctx, r.Token, o.clock())
			if got := s.LastSeenAt.Sub(r.Session.CreatedAt); err != nil || got != step.want {
				t.Errorf("last seen after %v, %v; want %v", got, err, step.want)
			}
		}
	})
}

func TestSessionsAreTheSameOnAllNodes(t *testing.T) {
	t.Parallel()
	ctx, o := context.Background(), newOffice(t)
	ada := o.person(t, "ada", right)
	one, other := o.node(t), postgres.New(o.connect(t, nil))
	heldAtOther := func(token session.Token) bool {
		_, _, err := (&auth.Sessions{Store: other, Now: o.clock}).Lookup(ctx, token)
		return err == nil
	}
	a, b := signIn(t, one, attempt("ada", right)), signIn(t, one, attempt("ada", right))
	t.Run("SES-04 ending a session counts at once on another node, and only that one ends", func(t *testing.T) {
		if list, err := other.SessionsOf(ctx, ada.ID, o.clock()); err != nil || len(list) != 2 || !heldAtOther(a.Token) {
			t.Fatalf("control: %v %v, want both sessions seen elsewhere", list, err)
		}
		if err := o.store.EndSession(ctx, ada.ID, a.Session.ID); err != nil {
			t.Fatal(err)
		}
		if heldAtOther(a.Token) || !heldAtOther(b.Token) {
			t.Error("the other node disagrees")
		}
	})
	t.Run("SES-04 ending all sessions of a person counts at once on another node", func(t *testing.T) {
		if n, err := o.store.EndSessions(ctx, ada.ID, ""); err != nil || n != 1 || heldAtOther(b.Token) {
			t.Errorf("ended %d, %v", n, err)
		}
	})
	t.Run("SES-08 a session survives a restart of the service with its limits", func(t *testing.T) {
		c := signIn(t, one, attempt("ada", right))
		restarted := &auth.Sessions{Store: postgres.New(o.connect(t, nil)), Now: o.clock}
		if s, _, err := restarted.Lookup(ctx, c.Token); err != nil || !s.ExpiresAt.Equal(c.Session.ExpiresAt) || !s.AuthnInstant.Equal(c.Session.AuthnInstant) {
			t.Errorf("%+v %v", s, err)
		}
		o.pass(session.IdleLimit)
		if _, _, err := restarted.Lookup(ctx, c.Token); err == nil {
			t.Error("the restart gave the session more time")
		}
	})
	t.Run("SES-06 tokens that were tampered with open nothing and break nothing", func(t *testing.T) {
		v := signIn(t, one, attempt("ada", right)).Token.Reveal()
		for _, bad := range []string{"", v[:42], v + "A", v[:42] + "*", "\x00", "\xff\xfe", "' OR 1=1", string(make([]byte, 1<<20))} {
			_, _, err := (&auth.Sessions{Store: other, Now: o.clock}).Lookup(ctx, session.TokenFrom(bad))
			if !fault.Is(err, fault.Unauthenticated) {
				t.Errorf("%.20q: %v, want unauthenticated", bad, err)
			}
		}
		if !heldAtOther(session.TokenFrom(v)) {
			t.Error("control: the token itself holds")
		}
	})
	t.Run("AUTHN-22 a disabled person's session ends at once and does not come back", func(t *testing.T) {
		d := signIn(t, one, attempt("ada", right))
		if err := o.store.SetUserDisabled(ctx, ada.ID, true); err != nil {
			t.Fatal(err)
		}
		ended := !heldAtOther(d.Token)
		if err := o.store.SetUserDisabled(ctx, ada.ID, false); err != nil {
			t.Fatal(err)
		}
		if !ended || heldAtOther(d.Token) {
			t.Errorf("ended %v, back after enabling %v", ended, heldAtOther(d.Token))
		}
	})
}
