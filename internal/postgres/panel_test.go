package postgres_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/audit"
)

func TestLatestSignInsComeFirstWithoutTheirMessages(t *testing.T) {
	ctx, s := store(t)
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	user := mustUser(t, s, "ada")
	for i, r := range []audit.SignIn{
		{Reference: "FIRST", Kind: audit.KindSignIn, UserName: "old"},
		{Reference: "SECOND", Kind: audit.KindSignIn, Reason: audit.ReasonCredentialsWrong, UserName: "eve", Address: "192.0.2.1"},
		{
			Reference: "THIRD", Kind: audit.KindSignOn, UserID: user.ID, UserName: "ada", AppName: "Wiki", Message: []byte("<x/>"),
			Detail: audit.Detail{Explanation: "both values"},
		},
	} {
		r.At = at.Add(time.Duration(i) * time.Second)
		if err := s.RecordSignIn(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.RecentSignIns(ctx, 2)
	if err != nil || len(got) != 2 {
		t.Fatalf("%d rows, %v", len(got), err)
	}
	want := audit.SignIn{
		ID: got[0].ID, At: at.Add(2 * time.Second), Reference: "THIRD", Kind: audit.KindSignOn, UserID: user.ID, UserName: "ada",
		AppName: "Wiki", Detail: audit.Detail{Explanation: "both values"},
	}
	if d := cmp.Diff(want, got[0]); d != "" {
		t.Error(d)
	}
	if got[1].Reference != "SECOND" || got[1].UserID != "" {
		t.Errorf("%+v", got[1])
	}
}

func TestSignInsOfAnAppAreItsOwn(t *testing.T) {
	ctx, s := store(t)
	wiki, other := mustApp(t, s, "Wiki"), mustApp(t, s, "Other")
	for _, r := range []audit.SignIn{
		{Reference: "FIRST", Kind: audit.KindSignOn, AppID: wiki.ID},
		{Reference: "SECOND", Kind: audit.KindSignOn, AppID: wiki.ID, Reason: audit.ReasonNotAssigned},
		{Reference: "THIRD", Kind: audit.KindSignOn, AppID: other.ID},
		{Reference: "FOURTH", Kind: audit.KindSignIn},
	} {
		r.At = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
		if err := s.RecordSignIn(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.SignInsOfApp(ctx, wiki.ID, 5)
	if err != nil || len(got) != 2 || got[0].Reference != "SECOND" || got[1].Reference != "FIRST" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := s.SignInsOfApp(ctx, wiki.ID, 1); err != nil || len(got) != 1 {
		t.Errorf("%d rows, %v", len(got), err)
	}
}
