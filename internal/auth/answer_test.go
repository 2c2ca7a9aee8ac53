package auth_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

// queries counts what a node asks the database.
type queries struct{ atomic.Int64 }

func (q *queries) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	q.Add(1)
	return ctx
}

func (*queries) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (q *queries) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	q.Add(1)
	return ctx
}

func (*queries) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (*queries) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}

// outsider is somebody who does not get in, and why the records say so.
type outsider struct {
	attempt auth.Attempt
	reason  audit.Reason
}

// outsiders fills the office. Each comes from an address of their own.
func outsiders(t *testing.T, o *office) map[string]outsider {
	t.Helper()
	o.person(t, "ada", right)
	o.person(t, "passwordless", "")
	for _, name := range []string{"disabled", "disabled2"} {
		u := o.person(t, name, right)
		if err := o.store.SetUserDisabled(context.Background(), u.ID, true); err != nil {
			t.Fatal(err)
		}
	}
	return map[string]outsider{
		"known, wrong password":    {from(1, "ada", wrong), audit.ReasonCredentialsWrong},
		"unknown":                  {from(2, "nobody", right), audit.ReasonCredentialsWrong},
		"unknown, hardly a name":   {from(3, "\x00\xff'<script>", right), audit.ReasonCredentialsWrong},
		"no password":              {from(4, "passwordless", right), audit.ReasonCredentialsWrong},
		"no password, none typed":  {from(5, "passwordless@example.org", ""), audit.ReasonCredentialsWrong},
		"disabled, right password": {from(6, "disabled", right), audit.ReasonUserDisabled},
		"disabled, wrong password": {from(7, "disabled2", wrong), audit.ReasonCredentialsWrong},
		"a megabyte of password":   {from(8, "nobody2", strings.Repeat("x", 1<<20)), audit.ReasonCredentialsWrong},
	}
}

var stranger = from(9, "stranger", wrong)

func TestNobodyWhoIsRefusedLearnsWhy(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	node, people := o.node(t), outsiders(t, o)
	want := refusal(t, node, stranger)
	for who, p := range people {
		t.Run("AUTHN-01 same answer as to a stranger: "+who, func(t *testing.T) {
			got := refusal(t, node, p.attempt)
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(auth.Refused{}, "Reason")); diff != "" {
				t.Error(diff)
			}
			if got.Wait != 0 || !fault.Is(got, fault.Unauthenticated) || got.Reason != p.reason {
				t.Errorf("%+v, want refused at once and recorded as %s", got, p.reason)
			}
		})
	}
	signIn(t, node, from(1, "ada", right))
}

func TestNobodyWhoIsLockedOutLearnsWhetherTheyExist(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	node, people := o.node(t), outsiders(t, o)
	for range auth.AccountThrottle().Free {
		refusal(t, node, stranger)
		for _, p := range people {
			refusal(t, node, p.attempt)
		}
	}
	want, runs := refusal(t, node, stranger), node.Hasher.Runs()
	if want.Wait == 0 || want.Reason != audit.ReasonLockedOut {
		t.Fatalf("control: a stranger is locked out as well, got %+v", want)
	}
	for who, p := range people {
		t.Run("AUTHN-01 same answer as to a stranger who is locked out: "+who, func(t *testing.T) {
			if diff := cmp.Diff(want, refusal(t, node, p.attempt)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if node.Hasher.Runs() != runs {
		t.Error("who is locked out still costs a hash")
	}
	o.pass(want.Wait)
	signIn(t, node, from(1, "ada", right))
}

func TestEverybodyWhoIsRefusedCostsTheSameWork(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	asked := &queries{}
	node, people := o.nodeOn(postgres.New(o.connect(t, asked))), outsiders(t, o)
	refusal(t, node, from(10, "to open the connection", wrong))
	work := func(at auth.Attempt) [2]int64 {
		runs, before := node.Hasher.Runs(), asked.Load()
		refusal(t, node, at)
		return [2]int64{node.Hasher.Runs() - runs, asked.Load() - before}
	}
	want := work(stranger)
	if want[0] != 1 {
		t.Fatalf("a stranger costs %d hashes, want 1", want[0])
	}
	for who, p := range people {
		t.Run("AUTHN-02 as many hashes and queries as for a stranger: "+who, func(t *testing.T) {
			if got := work(p.attempt); got != want {
				t.Errorf("hashes and queries %v, want %v", got, want)
			}
		})
	}
}
