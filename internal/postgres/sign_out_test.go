package postgres_test

import (
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
	"github.com/lanyard-idp/lanyard/internal/session"
)

func TestSigningOutIsOnRecordOnce(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), postgres.New(postgrestest.Tx(t))
	ada := personCalled(t, s, "ada", "hash")
	o := proven(ada, "hash", noToken, noToken)
	signedIn(t, s, o)
	r := audit.SignIn{At: monday.Add(time.Minute), Reference: "REF", Address: "192.0.2.1", UserAgent: "Browser\x00"}
	for _, token := range []session.Token{o.Token, o.Token, noToken, session.TokenFrom("x")} {
		must(t, s.SignOut(ctx, token, r))
	}
	_, _, err := s.SessionByToken(ctx, o.Token, monday)
	wantKind(t, err, fault.NotFound)
	all, err := s.RecentSignIns(ctx, 10)
	must(t, err)
	if len(all) != 2 || all[0].Kind != audit.KindSignOut || all[0].UserID != ada.ID || all[0].UserName != "ada" || all[0].Reference != "REF" ||
		!all[0].At.Equal(r.At) || all[0].Address != r.Address || all[0].Reason != audit.ReasonNone {
		t.Errorf("recorded %+v", all)
	}
}
