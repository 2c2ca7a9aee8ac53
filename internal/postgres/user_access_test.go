package postgres_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/session"
)

func lastAction(t *testing.T, s *postgres.Store, u directory.User) string {
	t.Helper()
	events, err := s.AuditEvents(t.Context(), postgres.EventFilter{Object: u.Object(), Limit: 1})
	must(t, err)
	return events[0].Action
}

func TestSigningSomebodyOutIsRecorded(t *testing.T) {
	ctx, s := store(t)
	ada, eve := personCalled(t, s, "ada", "a-hash"), personCalled(t, s, "eve", "a-hash")
	first := signedIn(t, s, proven(ada, "a-hash", noToken, noToken))
	signedIn(t, s, proven(ada, "a-hash", noToken, noToken))
	wantKind(t, s.SignOutUser(ctx, eve.ID, first), fault.NotFound)
	must(t, s.SignOutUser(ctx, ada.ID, first))
	if left, err := s.SessionsOf(ctx, ada.ID, monday); err != nil || len(left) != 1 || lastAction(t, s, ada) != "user.signout" {
		t.Errorf("%d sessions left, %v; last %s", len(left), err, lastAction(t, s, ada))
	}
	must(t, s.SignOutUser(ctx, ada.ID, ""))
	if left, err := s.SessionsOf(ctx, ada.ID, monday); err != nil || len(left) != 0 {
		t.Errorf("%d sessions left, %v", len(left), err)
	}
	must(t, s.SignOutUser(ctx, eve.ID, ""))
	if got := lastAction(t, s, eve); got != "user.create" {
		t.Errorf("nothing ended, and the record says %s", got)
	}
}

func TestUnlockingSomebodyIsRecorded(t *testing.T) {
	ctx, s := store(t)
	ada := personCalled(t, s, "ada", "")
	throttle := session.Throttle{Key: "account:x", FirstWait: time.Minute, MaxWait: time.Hour, Forgive: time.Hour}
	_, _, err := s.ReserveTries(ctx, monday, throttle)
	must(t, err)
	block, err := s.LongestBlock(ctx, monday, "account:y", "account:x")
	if err != nil || block.Key != "account:x" || !block.Until.After(monday) {
		t.Errorf("%+v, %v", block, err)
	}
	if later, err := s.LongestBlock(ctx, block.Until, "account:x"); err != nil || later != (session.Block{}) {
		t.Errorf("a block that is over: %+v, %v", later, err)
	}
	must(t, s.Unlock(ctx, ada.ID, "account:x"))
	block, err = s.LongestBlock(ctx, monday, "account:x")
	if err != nil || block != (session.Block{}) || lastAction(t, s, ada) != "user.unlock" {
		t.Errorf("%+v, %v; last %s", block, err, lastAction(t, s, ada))
	}
	wantKind(t, s.Unlock(ctx, "nobody", "account:x"), fault.NotFound)
}

func TestLastSignInIsKnownOfThoseWhoSignedIn(t *testing.T) {
	ctx, s := store(t)
	ada, eve := personCalled(t, s, "ada", "a-hash"), personCalled(t, s, "eve", "")
	o := proven(ada, "a-hash", noToken, noToken)
	o.Device = session.NewToken()
	signedIn(t, s, o)
	got, err := s.LastSignIns(ctx, []directory.UserID{ada.ID, eve.ID})
	must(t, err)
	if diff := cmp.Diff(map[directory.UserID]time.Time{ada.ID: monday}, got); diff != "" {
		t.Error(diff)
	}
	for u, want := range map[directory.UserID]bool{ada.ID: true, eve.ID: false, "00000000-0000-0000-0000-000000000000": false} {
		if got, err := s.HasPassword(ctx, u); err != nil || got != want {
			t.Errorf("%s: %v, %v", u, got, err)
		}
	}
}
