package auth_test

import (
	"context"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// lockOut guesses from elsewhere until the account is blocked.
func lockOut(t *testing.T, node *auth.Authenticator, name string) {
	t.Helper()
	for i := range auth.AccountThrottle().Free {
		refusal(t, node, from(i, name, wrong))
	}
	if no := refusal(t, node, from(99, name, right)); no.Reason != audit.ReasonLockedOut {
		t.Fatalf("control: the account is locked out, got %+v", no)
	}
}

func TestNobodyIsLockedOutFromElsewhere(t *testing.T) {
	t.Parallel()
	ctx, o := context.Background(), newOffice(t)
	ada := o.person(t, "ada", right)
	o.person(t, "bob", right)
	node := o.node(t)
	home, bobs := signIn(t, node, attempt("ada", right)), signIn(t, node, attempt("bob", right))
	lockOut(t, node, "ada")
	t.Run("AUTHN-05 a known device still gets in, and the attacker's count stays", func(t *testing.T) {
		home = signIn(t, node, again(home, "ada", right))
		if no := refusal(t, node, from(99, "ada", right)); no.Reason != audit.ReasonLockedOut {
			t.Errorf("%+v, want the account still blocked elsewhere", no)
		}
	})
	t.Run("AUTHN-05 a device is known to its own person only", func(t *testing.T) {
		if no := refusal(t, node, again(bobs, "ada", right)); no.Reason != audit.ReasonLockedOut {
			t.Errorf("%+v, want locked out at bob's browser", no)
		}
		forged := from(99, "ada", right)
		forged.Device = session.TokenFrom("forged\x00\xff")
		if no := refusal(t, node, forged); no.Reason != audit.ReasonLockedOut {
			t.Errorf("%+v, want locked out with a forged device", no)
		}
	})
	t.Run("AUTHN-05 an administrator's unlocking lets the person in", func(t *testing.T) {
		if err := o.store.ClearThrottles(ctx, auth.AccountKeys(ada)...); err != nil {
			t.Fatal(err)
		}
		signIn(t, node, from(99, "ada", right))
	})
	t.Run("AUTHN-24 guessing with a stolen device is slowed down as well", func(t *testing.T) {
		for range auth.AccountThrottle().Free {
			refusal(t, node, again(home, "ada", wrong))
		}
		if no := refusal(t, node, again(home, "ada", right)); no.Reason != audit.ReasonLockedOut {
			t.Errorf("%+v, want the device locked out", no)
		}
		o.pass(auth.AccountThrottle().MaxWait)
	})
	t.Run("AUTHN-04 signing in as oneself buys no guesses at others who are known at the browser", func(t *testing.T) {
		shared := signIn(t, node, again(signIn(t, node, from(96, "ada", right)), "bob", right))
		for range auth.AccountThrottle().Free {
			refusal(t, node, again(shared, "ada", wrong))
			shared = signIn(t, node, again(shared, "bob", right))
		}
		if no := refusal(t, node, again(shared, "ada", right)); no.Reason != audit.ReasonLockedOut {
			t.Errorf("%+v, want ada locked out at the shared browser", no)
		}
		o.pass(auth.AccountThrottle().MaxWait)
	})
	t.Run("AUTHN-24 a device is rotated at each sign-in, and the copy is worth nothing", func(t *testing.T) {
		newer := signIn(t, node, again(home, "ada", right))
		lockOut(t, node, "ada")
		if no := refusal(t, node, again(home, "ada", right)); no.Reason != audit.ReasonLockedOut {
			t.Errorf("%+v, want the copied device unknown", no)
		}
		home = signIn(t, node, again(newer, "ada", right))
	})
	t.Run("AUTHN-24 a new password makes other devices unknown", func(t *testing.T) {
		o.pass(auth.AccountThrottle().MaxWait)
		other := signIn(t, node, from(98, "ada", right))
		home, err := node.ChangePassword(ctx, again(home, "ada", right), "granite teapot nine")
		if err != nil {
			t.Fatal(err)
		}
		lockOut(t, node, "ada")
		if no := refusal(t, node, again(other, "ada", "granite teapot nine")); no.Reason != audit.ReasonLockedOut {
			t.Errorf("%+v, want the other device unknown", no)
		}
		signIn(t, node, again(home, "ada", "granite teapot nine"))
	})
}

func TestTheThrottleHoldsOnEveryWay(t *testing.T) {
	t.Parallel()
	ctx, o := context.Background(), newOffice(t)
	ada := o.person(t, "ada", right)
	node := o.node(t)
	ways := map[string]func(auth.Attempt) (auth.Result, error){
		"signing in":            func(at auth.Attempt) (auth.Result, error) { return node.SignIn(ctx, at) },
		"changing the password": func(at auth.Attempt) (auth.Result, error) { return node.ChangePassword(ctx, at, "granite teapot nine") },
	}
	for what, way := range ways {
		t.Run("AUTHN-06 who is locked out is refused when "+what, func(t *testing.T) {
			lockOut(t, node, "ada")
			r, err := way(from(99, "ada", right))
			if no := refused(t, r, err); no.Reason != audit.ReasonLockedOut {
				t.Errorf("%+v, want locked out", no)
			}
			o.pass(auth.AccountThrottle().MaxWait)
			signIn(t, node, from(99, "ada", right))
		})
		t.Run("AUTHN-06 guesses count when "+what, func(t *testing.T) {
			for range auth.AccountThrottle().Free {
				r, err := way(from(97, "ada", wrong))
				refused(t, r, err)
			}
			if no := refusal(t, node, from(99, "ada", right)); no.Reason != audit.ReasonLockedOut {
				t.Errorf("%+v, want locked out", no)
			}
			o.pass(auth.AccountThrottle().MaxWait)
			signIn(t, node, from(99, "ada", right))
		})
	}
	known := signIn(t, node, attempt("ada", right))
	if err := o.store.SetUserDisabled(ctx, ada.ID, true); err != nil {
		t.Fatal(err)
	}
	for what, way := range ways {
		t.Run("AUTHN-06 a disabled person is refused with the right password at a known device when "+what, func(t *testing.T) {
			r, err := way(again(known, "ada", right))
			if no := refused(t, r, err); no.Reason != audit.ReasonUserDisabled {
				t.Errorf("%+v, want disabled", no)
			}
		})
	}
}
