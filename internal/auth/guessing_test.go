package auth_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/auth"
)

// tally counts the answers to many attempts at once, spread over the nodes.
func tally(t *testing.T, attempts []auth.Attempt, nodes ...*auth.Authenticator) map[audit.Reason]int {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	got := map[audit.Reason]int{}
	for i, at := range attempts {
		wg.Go(func() {
			_, err := nodes[i%len(nodes)].SignIn(context.Background(), at)
			var no *auth.Refused
			if err != nil && !errors.As(err, &no) {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if no == nil {
				no = &auth.Refused{}
			}
			got[no.Reason]++
		})
	}
	wg.Wait()
	return got
}

func guesses(n int, name string) []auth.Attempt {
	all := make([]auth.Attempt, n)
	for i := range all {
		all[i] = from(i, name, wrong)
	}
	return all
}

func TestParallelGuessesCannotOutrunTheCount(t *testing.T) {
	t.Parallel()
	free := auth.AccountThrottle().Free
	for _, id := range []string{"REP-05 200 parallel guesses at one node", "OPS-05 200 parallel guesses at two nodes"} {
		t.Run(id+": exactly the free ones are checked", func(t *testing.T) {
			o := newOffice(t)
			o.person(t, "ada", right)
			nodes := []*auth.Authenticator{o.node(t)}
			if id[:3] == "OPS" {
				nodes = append(nodes, o.node(t))
			}
			got := tally(t, guesses(200, "ada"), nodes...)
			if got[audit.ReasonCredentialsWrong] != free || got[audit.ReasonLockedOut] != 200-free {
				t.Errorf("%v, want %d checked and the rest locked out", got, free)
			}
			runs := int64(0)
			for _, n := range nodes {
				runs += n.Hasher.Runs()
			}
			if n := o.count(t, `SELECT failures FROM throttle WHERE key LIKE 'account:%'`); n != free || runs != int64(free) {
				t.Errorf("%d failures counted, %d hashes; want %d each", n, runs, free)
			}
			if n := o.count(t, `SELECT count(*) FROM sign_ins WHERE reason = 'credentials_wrong'`); n != free {
				t.Errorf("%d guesses on record, want %d", n, free)
			}
			for _, n := range nodes {
				if refusal(t, n, from(900, "ada", right)).Reason != audit.ReasonLockedOut {
					t.Error("a node does not know of the block")
				}
			}
		})
	}
}

func TestGuessingAtOneAccountGetsSlower(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.person(t, "ada", right)
	node := o.node(t)
	start, checked, previous := o.clock(), 0, time.Duration(0)
	t.Run("AUTHN-04 fewer than 130 guesses in the first day, whatever the address, and the wait never shrinks", func(t *testing.T) {
		for i := 0; o.clock().Sub(start) < 24*time.Hour; i++ {
			no := refusal(t, node, from(i, "ada", wrong))
			if no.Reason == audit.ReasonCredentialsWrong {
				checked++
				continue
			}
			if no.Wait < previous {
				t.Errorf("wait of %v after one of %v", no.Wait, previous)
			}
			previous = no.Wait
			o.pass(no.Wait)
		}
		if checked > 130 || checked < 50 || int64(checked) != node.Hasher.Runs() {
			t.Errorf("%d guesses checked with %d hashes in a day", checked, node.Hasher.Runs())
		}
	})
	t.Run("AUTHN-04 the right password after the wait clears the account", func(t *testing.T) {
		o.pass(auth.AccountThrottle().MaxWait)
		signIn(t, node, from(5000, "ada", right))
		for range auth.AccountThrottle().Free {
			if no := refusal(t, node, from(5001, "ada", wrong)); no.Reason != audit.ReasonCredentialsWrong {
				t.Fatalf("%+v, want a fresh count", no)
			}
		}
	})
}

func TestOnePasswordOverManyAccountsIsSlowedByAddress(t *testing.T) {
	t.Parallel()
	const addresses, accounts = 50, 5000
	o := newOffice(t)
	o.person(t, "user4999", right)
	o.person(t, "elsewhere", right)
	node := o.node(t)
	free := auth.AddressThrottle().Free
	t.Run("AUTHN-07 one password over 5,000 accounts from 50 addresses is stopped at each address and on record", func(t *testing.T) {
		for a := range addresses {
			var attempts []auth.Attempt
			for n := range accounts / addresses {
				attempts = append(attempts, from(a, fmt.Sprintf("user%d", n*addresses+a), right))
			}
			got := tally(t, attempts, node)
			if got[audit.ReasonCredentialsWrong]+got[audit.ReasonNone] > free+1 || got[audit.ReasonLockedOut] < 60 {
				t.Fatalf("address %d: %v", a, got)
			}
		}
		if n := o.count(t, `SELECT count(DISTINCT address) FROM sign_ins WHERE reason = 'locked_out'`); n != addresses {
			t.Errorf("the records show %d of %d addresses being slowed down", n, addresses)
		}
		signIn(t, node, from(addresses, "elsewhere", right))
	})
}

func TestAnAddressStandsManyTyposAndAllRightPasswords(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.person(t, "ada", right)
	node := o.node(t)
	for i := range auth.AddressThrottle().Free - 1 {
		refusal(t, node, attempt(fmt.Sprint("typo", i), wrong))
	}
	for range 40 {
		signIn(t, node, attempt("ada", right))
	}
	refusal(t, node, attempt("last typo", wrong))
	if no := refusal(t, node, attempt("ada", right)); no.Wait != auth.AddressThrottle().FirstWait {
		t.Errorf("%+v, want the first wait of an address", no)
	}
	o.pass(auth.AddressThrottle().FirstWait)
	signIn(t, node, attempt("ada", right))
}

func TestAFloodOfRefusedTriesIsSeenButDoesNotFillTheDisk(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	node := o.node(t)
	for range auth.AccountThrottle().Free {
		refusal(t, node, attempt("ada", wrong))
	}
	for range 1000 {
		refusal(t, node, attempt("ada", wrong))
	}
	if n := o.count(t, `SELECT count(*) FROM sign_ins WHERE reason = 'locked_out'`); n != 10 {
		t.Errorf("%d records of 1000 refusals, want those of 1, 2, 4 … 512", n)
	}
	if n := o.count(t, `SELECT max((detail->'extra'->>'refused')::int) FROM sign_ins`); n != 512 {
		t.Errorf("the last record tells of %d refusals, want 512", n)
	}
}

func TestAddressesAreCountedAsWhatOnePersonHas(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7": "address:192.0.2.7", "::ffff:192.0.2.7": "address:192.0.2.7",
		"2001:db8:1:2:3:4:5:6": "address:2001:db8:1:2::/64", "2001:db8:1:2::": "address:2001:db8:1:2::/64",
		"2001:db8:1:3::1": "address:2001:db8:1:3::/64", "fe80::1%eth0": "address:fe80::/64",
		"": "address:unknown", "192.0.2.7, 10.0.0.1": "address:unknown",
	} {
		if got := auth.AddressKey(address); got != want {
			t.Errorf("%q is counted as %q, want %q", address, got, want)
		}
	}
}
