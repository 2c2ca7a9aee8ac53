package auth_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
)

func TestSignInOpensASessionThatTellsTheTruth(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ada := o.person(t, "ada", right)
	node := o.node(t)
	r := signIn(t, node, attempt("  ADA@example.org ", right))
	want := session.Session{
		ID: r.Session.ID, UserID: ada.ID, CreatedAt: o.now, LastSeenAt: o.now, ExpiresAt: o.now.Add(12 * time.Hour),
		AuthnInstant: o.now, AuthnContext: saml.ClassPasswordProtected, Address: "192.0.2.1", UserAgent: "Mozilla",
	}
	if diff := cmp.Diff(want, r.Session); diff != "" || r.Session.ID == "" {
		t.Error(diff)
	}
	kept, user, err := o.store.SessionByToken(context.Background(), r.Token, o.now)
	if err != nil || user.ID != ada.ID || r.User.ID != ada.ID || kept.ID != r.Session.ID || !kept.AuthnInstant.Equal(o.now) {
		t.Errorf("kept %+v of %v, %v", kept, user, err)
	}
	var rec audit.SignIn
	err = o.pool.QueryRow(context.Background(), `SELECT reference, kind, reason, user_id::text, username, address, user_agent
		FROM sign_ins`).Scan(&rec.Reference, &rec.Kind, &rec.Reason, &rec.UserID, &rec.UserName, &rec.Address, &rec.UserAgent)
	wantRec := audit.SignIn{Reference: "ref", Kind: audit.KindSignIn, UserID: ada.ID, UserName: "ada", Address: "192.0.2.1", UserAgent: "Mozilla"}
	if diff := cmp.Diff(wantRec, rec); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestAGuessStaysOnRecordWhenTheBrowserGoes(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx, cancel := context.WithCancel(context.Background())
	node := o.nodeOn(leaver{o.store, cancel})
	if _, err := node.SignIn(ctx, attempt("ada", wrong)); err == nil || ctx.Err() == nil {
		t.Fatalf("%v, want refused after the browser went", err)
	}
	if n := o.count(t, `SELECT count(*) FROM sign_ins WHERE username = 'ad…' AND reason = 'credentials_wrong'`); n != 1 {
		t.Errorf("%d records, want 1", n)
	}
	if n := o.count(t, `SELECT sum(failures) FROM throttle`); n != 2 {
		t.Errorf("%d failures counted, want one for the account and one for the address", n)
	}
}

// leaver is a browser that goes once its guess is counted.
type leaver struct {
	*postgres.Store
	leave func()
}

func (l leaver) ReserveTries(ctx context.Context, now time.Time, th ...session.Throttle) ([]session.Try, bool, error) {
	defer l.leave()
	return l.Store.ReserveTries(ctx, now, th...)
}

func TestWhoIsDisabledDuringTheSignInIsRefused(t *testing.T) {
	t.Parallel()
	changes := map[string]func(*postgres.Store, directory.UserID) error{
		"disabled": func(s *postgres.Store, id directory.UserID) error {
			return s.SetUserDisabled(context.Background(), id, true)
		},
		"deleted": func(s *postgres.Store, id directory.UserID) error { return s.DeleteUser(context.Background(), id) },
		"given another password": func(s *postgres.Store, id directory.UserID) error {
			return s.SetPassword(context.Background(), id, auth.HashAtOtherCost("granite teapot nine"))
		},
	}
	for what, change := range changes {
		t.Run("AUTHN-22 "+what+" between the password and the session", func(t *testing.T) {
			o := newOffice(t)
			u := o.person(t, "ada", right)
			node := o.nodeOn(changer{o.store, func() error { return change(o.store, u.ID) }})
			no := refusal(t, node, attempt("ada", right))
			if no.Reason != audit.ReasonCredentialsWrong || o.count(t, `SELECT count(*) FROM sessions`) != 0 {
				t.Errorf("%+v, want refused without a session", no)
			}
		})
	}
}

// changer changes the person at the last moment.
type changer struct {
	*postgres.Store
	change func() error
}

func (c changer) SignedIn(ctx context.Context, o session.Opening, r audit.SignIn) (session.ID, error) {
	if err := c.change(); err != nil {
		return "", err
	}
	return c.Store.SignedIn(ctx, o, r)
}

func TestOldHashIsUpgradedByTheRightPassword(t *testing.T) {
	t.Parallel()
	ctx, o := context.Background(), newOffice(t)
	node := o.node(t)
	old := auth.HashAtOtherCost(right)
	u := directory.User{UserName: "ada", Email: "ada@example.org"}
	if err := o.store.CreateUser(ctx, &u, old); err != nil {
		t.Fatal(err)
	}
	kept := func() string {
		c, err := o.store.CredentialByName(ctx, "ada", session.Token{})
		if err != nil {
			t.Fatal(err)
		}
		return c.PasswordHash
	}
	t.Run("AUTHN-09 a wrong password leaves the old hash, the right one replaces it once", func(t *testing.T) {
		refusal(t, node, attempt("ada", wrong))
		if kept() != old {
			t.Error("a wrong password changed the hash")
		}
		signIn(t, node, attempt("ada", right))
		upgraded := kept()
		if !strings.HasPrefix(upgraded, "$argon2id$v=19$m=64,t=1,p=1$") {
			t.Errorf("kept %s, want it at the cost of this node", upgraded)
		}
		runs := node.Hasher.Runs()
		signIn(t, node, attempt("ada", right))
		if kept() != upgraded || node.Hasher.Runs() != runs+1 {
			t.Error("a hash at today's cost was made anew")
		}
		refusal(t, node, attempt("ada", wrong))
	})
	t.Run("a hash of another kind lets nobody in", func(t *testing.T) {
		for _, hash := range []string{right, "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy", "$argon2id$"} {
			if err := o.store.SetPassword(ctx, u.ID, hash); err != nil {
				t.Fatal(err)
			}
			refusal(t, node, from(len(hash), "ada", right))
		}
	})
}

func TestChangingThePassword(t *testing.T) {
	t.Parallel()
	ctx, o := context.Background(), newOffice(t)
	o.person(t, "ada", right)
	node := o.node(t)
	here, there := signIn(t, node, attempt("ada", right)), signIn(t, node, attempt("ada", right))
	for _, password := range []string{"short", "Password2024!", "ada@example.org1"} {
		_, err := node.ChangePassword(ctx, again(here, "ada", right), password)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v, want refused beside the field", password, err)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM throttle WHERE failures > 0`); n != 0 {
		t.Errorf("%d counts hold a failure, though every password was right", n)
	}
	t.Run("SES-05 a new password ends the other sessions and no attempt with the old one opens another", func(t *testing.T) {
		if !o.held(t, here.Token) || !o.held(t, there.Token) {
			t.Fatal("control: both sessions hold before")
		}
		changed, err := node.ChangePassword(ctx, again(here, "ada", right), "granite teapot nine")
		if err != nil {
			t.Fatal(err)
		}
		if o.held(t, there.Token) || o.held(t, here.Token) || !o.held(t, changed.Token) {
			t.Errorf("other browser %v, old token %v, this browser %v; want only the last", o.held(t, there.Token),
				o.held(t, here.Token), o.held(t, changed.Token))
		}
		refusal(t, node, attempt("ada", right))
		signIn(t, node, attempt("ada", "granite teapot nine"))
	})
}

func TestContextIsWhatAPasswordProvesAtOurAddress(t *testing.T) {
	for address, want := range map[string]saml.AuthnContextClass{
		"https://sso.example.org": saml.ClassPasswordProtected, "http://localhost:8080": saml.ClassPasswordProtected,
		"http://127.0.0.1:8080": saml.ClassPasswordProtected, "http://[::1]:8080": saml.ClassPasswordProtected,
		"http://sso.example.org": saml.ClassPassword, "http://10.0.0.1": saml.ClassPassword,
		"http://localhost.example.org": saml.ClassPassword,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := auth.ContextAt(u); got != want {
			t.Errorf("%s proves %s, want %s", address, got, want)
		}
	}
}

func TestWhatNobodyIsCalledIsNotKept(t *testing.T) {
	t.Parallel()
	t.Run("OPS-07 a password typed into the name field reaches no record", func(t *testing.T) {
		o := newOffice(t)
		if _, err := o.nodeOn(o.store).SignIn(context.Background(), attempt("correct horse", wrong)); err == nil {
			t.Fatal("nobody is called that")
		}
		if n := o.count(t, `SELECT count(*) FROM sign_ins WHERE username = 'co…'`); n != 1 {
			t.Errorf("%d records of a slip", n)
		}
		if n := o.count(t, `SELECT count(*) FROM sign_ins WHERE sign_ins::text LIKE '%horse%'`); n != 0 {
			t.Error("the words are kept")
		}
	})
}
