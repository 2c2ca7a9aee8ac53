package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// proven is opening by somebody who was checked against hash, at a browser known as device.
func proven(u directory.User, hash string, replaces, device session.Token) session.Opening {
	o := opening(u, monday, replaces)
	o.PasswordHash, o.OldDevice = hash, device
	return o
}

func signedIn(t *testing.T, s *postgres.Store, o session.Opening) session.ID {
	t.Helper()
	id, err := s.SignedIn(context.Background(), o, audit.SignIn{At: monday, Kind: audit.KindSignIn, UserID: o.Session.UserID})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func knows(t *testing.T, s *postgres.Store, name string, device session.Token) bool {
	t.Helper()
	c, err := s.CredentialByName(context.Background(), name, device)
	if err != nil {
		t.Fatal(err)
	}
	return !c.KnownSince.IsZero()
}

func TestCredentialIsFoundByEitherNameWhateverItsCase(t *testing.T) {
	t.Parallel()
	ctx, s := context.Background(), postgres.New(postgrestest.Tx(t))
	ada := personCalled(t, s, "Ada", "a-hash")
	for typed, matched := range map[string]string{"ada": "Ada", "ADA": "Ada", "aDa@Example.org": "Ada@example.org"} {
		c, err := s.CredentialByName(ctx, typed, noToken)
		if err != nil || c.User.ID != ada.ID || c.Name != matched || c.PasswordHash != "a-hash" || !c.KnownSince.IsZero() {
			t.Errorf("%q: %+v %v", typed, c, err)
		}
	}
	for _, typed := range []string{"", "bob", "ada' OR 1=1 --", "ada\x00", "\xff", "%"} {
		if _, err := s.CredentialByName(ctx, typed, noToken); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v, want not found", typed, err)
		}
	}
}

func TestKnownDeviceIsRotatedForEverybodyItKnows(t *testing.T) {
	t.Parallel()
	s := postgres.New(postgrestest.Tx(t))
	ada, bob := personCalled(t, s, "ada", "h"), personCalled(t, s, "bob", "h")
	first := proven(ada, "h", noToken, noToken)
	signedIn(t, s, first)
	if !knows(t, s, "ada", first.Device) || knows(t, s, "bob", first.Device) {
		t.Error("the browser is known to who signed in there and to nobody else")
	}
	second := proven(bob, "h", noToken, first.Device)
	signedIn(t, s, second)
	if !knows(t, s, "ada", second.Device) || !knows(t, s, "bob", second.Device) {
		t.Error("after bob signed in there too, the new secret is known to both")
	}
	if knows(t, s, "ada", first.Device) {
		t.Error("the old secret still counts")
	}
}

func TestSignInCommitsWithItsRecordOrNotAtAll(t *testing.T) {
	t.Parallel()
	ctx, pool := context.Background(), postgrestest.Pool(t)
	s := postgres.New(pool)
	ada := personCalled(t, s, "ada", "h")
	count := func(table string) (n int) {
		t.Helper()
		if err := pool.QueryRow(ctx, `SELECT count(*) FROM `+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	signedIn(t, s, proven(ada, "h", noToken, noToken))
	if count("sessions") != 1 || count("sign_ins") != 1 || count("known_devices") != 1 {
		t.Fatal("control: a sign-in leaves a session, a record and a device")
	}
	if _, err := pool.Exec(ctx, `ALTER TABLE sign_ins ADD CHECK (reference <> 'full')`); err != nil {
		t.Fatal(err)
	}
	_, err := s.SignedIn(ctx, proven(ada, "h", noToken, noToken), audit.SignIn{At: monday, Reference: "full"})
	if err == nil || count("sessions") != 1 || count("known_devices") != 1 {
		t.Errorf("%v: a sign-in that could not be recorded left something", err)
	}
}

func TestWhoChangedDuringTheSignInIsNotSignedIn(t *testing.T) {
	t.Parallel()
	ctx, s := context.Background(), postgres.New(postgrestest.Tx(t))
	ada, bob := personCalled(t, s, "ada", "old"), personCalled(t, s, "bob", "h")
	if err := s.SetPassword(ctx, ada.ID, "new"); err != nil {
		t.Fatal(err)
	}
	if err := s.SetUserDisabled(ctx, bob.ID, true); err != nil {
		t.Fatal(err)
	}
	for _, o := range []session.Opening{proven(ada, "old", noToken, noToken), proven(bob, "h", noToken, noToken)} {
		if _, err := s.SignedIn(ctx, o, audit.SignIn{At: monday}); !fault.Is(err, fault.NotFound) {
			t.Errorf("%v, want not found", err)
		}
	}
	signedIn(t, s, proven(ada, "new", noToken, noToken))
}

func TestUpgradeOfAHashNeverUndoesAChange(t *testing.T) {
	t.Parallel()
	ctx, s := context.Background(), postgres.New(postgrestest.Tx(t))
	ada := personCalled(t, s, "ada", "old")
	for _, step := range []struct{ from, to, want string }{{"old", "better", "better"}, {"old", "late", "better"}} {
		if err := s.UpgradePasswordHash(ctx, ada.ID, step.from, step.to); err != nil {
			t.Fatal(err)
		}
		if c, _ := s.CredentialByName(ctx, "ada", noToken); c.PasswordHash != step.want {
			t.Errorf("%s -> %s: kept %q, want %q", step.from, step.to, c.PasswordHash, step.want)
		}
	}
}

func TestANewPasswordOrADisabledAccountEndsWhatCameBefore(t *testing.T) {
	t.Parallel()
	ctx, s := context.Background(), postgres.New(postgrestest.Tx(t))
	ada := personCalled(t, s, "ada", "h")
	here, there := proven(ada, "h", noToken, noToken), proven(ada, "h", noToken, noToken)
	left := func(o session.Opening) bool {
		_, _, err := s.SessionByToken(ctx, o.Token, monday)
		return err == nil
	}
	hereID := signedIn(t, s, here)
	signedIn(t, s, there)
	changed := proven(ada, "h", here.Token, here.Device)
	id, err := s.ChangedPassword(ctx, changed, "h2", audit.SignIn{At: monday})
	if err != nil || id != hereID || !left(changed) || !knows(t, s, "ada", changed.Device) {
		t.Errorf("%s %v: the browser at which the password was changed stays signed in and known", id, err)
	}
	if left(there) || knows(t, s, "ada", there.Device) || left(here) {
		t.Error("after a new password, another browser is still signed in or known")
	}
	ends := map[string]func() error{
		"password set by an administrator": func() error { return s.SetPassword(ctx, ada.ID, "h2") },
		"disabled and enabled again": func() error {
			if err := s.SetUserDisabled(ctx, ada.ID, true); err != nil {
				return err
			}
			return s.SetUserDisabled(ctx, ada.ID, false)
		},
		"disabled by an update": func() error {
			u := ada
			u.Disabled = true
			if err := s.UpdateUser(ctx, &u); err != nil {
				return err
			}
			return s.SetUserDisabled(ctx, ada.ID, false)
		},
	}
	for what, end := range ends {
		o := proven(ada, "h2", noToken, noToken)
		signedIn(t, s, o)
		if err := end(); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if left(o) || knows(t, s, "ada", o.Device) {
			t.Errorf("%s: the browser is still signed in or known", what)
		}
	}
}

func TestTwoPasswordChangesAtOnceDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	ctx, s := context.Background(), postgres.New(postgrestest.Pool(t))
	ada := personCalled(t, s, "ada", "h")
	results := make(chan error)
	for range 8 {
		go func() {
			_, err := s.ChangedPassword(ctx, proven(ada, "h", noToken, noToken), "h2", audit.SignIn{At: time.Now()})
			results <- err
		}()
	}
	won := 0
	for range 8 {
		if err := <-results; err == nil {
			won++
		} else if !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d changes of one password succeeded, want 1", won)
	}
}
