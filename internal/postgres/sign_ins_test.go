package postgres_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
)

func TestSignInRecordKeepsEverythingItWasGiven(t *testing.T) {
	t.Parallel()
	ctx, tx := context.Background(), postgrestest.Tx(t)
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	want := audit.SignIn{
		At: at, Reference: "ref-1", Kind: audit.KindSignOn, Reason: audit.ReasonNotAssigned,
		UserID: "6f2f0e3e-7a6b-4c55-9a52-0f1b0c0d0e0f", UserName: "ada@example.org",
		AppID: "11111111-2222-4333-8444-555555555555", AppName: "GoToMeeting", Address: "192.0.2.7",
		UserAgent: "Mozilla/5.0", RequestID: "_r1", Message: []byte("<x/>"),
		Detail: audit.Detail{Binding: "redirect", Extra: map[string]string{"a": "b"}},
	}
	if err := postgres.New(tx).RecordSignIn(ctx, want); err != nil {
		t.Fatal(err)
	}
	var got audit.SignIn
	err := tx.QueryRow(ctx, `SELECT at, reference, kind, reason, user_id::text, username, app_id::text, app_name, address,
		user_agent, request_id, message, detail FROM sign_ins WHERE reference = 'ref-1'`).Scan(&got.At, &got.Reference,
		&got.Kind, &got.Reason, &got.UserID, &got.UserName, &got.AppID, &got.AppName, &got.Address, &got.UserAgent,
		&got.RequestID, &got.Message, &got.Detail)
	if err != nil {
		t.Fatal(err)
	}
	got.At = got.At.UTC()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSignInRecordTakesWhateverStrangersSend(t *testing.T) {
	t.Parallel()
	ctx, tx := context.Background(), postgrestest.Tx(t)
	r := audit.SignIn{
		At: time.Now(), Reference: "ref-2", Kind: audit.KindSignIn, UserName: "a\x00b\r\nc\xff" + strings.Repeat("é", 300),
		UserAgent: "x\x1b[31m", Detail: audit.Detail{Explanation: "nul \x00 and \\u0000"},
	}
	if err := postgres.New(tx).RecordSignIn(ctx, r); err != nil {
		t.Fatal(err)
	}
	var name, agent string
	var userID, appID *string
	err := tx.QueryRow(ctx, `SELECT username, user_agent, user_id::text, app_id::text FROM sign_ins WHERE reference = 'ref-2'`).
		Scan(&name, &agent, &userID, &appID)
	if err != nil {
		t.Fatal(err)
	}
	if want := "a\ufffdb\ufffd\ufffdc\ufffd" + strings.Repeat("é", 249); name != want {
		t.Errorf("user name kept as %q, want %q", name, want)
	}
	if agent != "x\ufffd[31m" {
		t.Errorf("user agent kept as %q", agent)
	}
	if userID != nil || appID != nil {
		t.Errorf("unknown person and app are NULL, got %v %v", userID, appID)
	}
}
