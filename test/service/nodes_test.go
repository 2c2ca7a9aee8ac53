package service

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

// pair is two nodes of one service, and a browser at which Ada is signed in.
func pair(t *testing.T) (o *organisation, a, b *node, ada *browser) {
	t.Helper()
	o = newOrganisation(t)
	o.populate()
	a, b = o.start(), o.start()
	ada = o.browse(a, b)
	ada.mustSignIn("ada", password)
	return o, a, b, ada
}

func TestTwoNodesAreOneService(t *testing.T) {
	t.Parallel()
	o, a, b, ada := pair(t)
	t.Run("OPS-05 REP-01 a request answered by one node is refused by the other", func(t *testing.T) {
		address := o.requestURL()
		ada.in(t).at(a).signOn(address)
		p := ada.in(t).at(b).get(address)
		if r, err := p.answer(); r != nil || err != nil || p.status != http.StatusConflict {
			t.Errorf("the second time: %s", p)
		}
	})
	t.Run("OPS-05 REP-01 of one request at two nodes at once one is answered", func(t *testing.T) {
		for range 10 {
			if n := answers(t, o.requestURL(), ada.in(t).at(a), ada.in(t).at(b)); n != 1 {
				t.Fatalf("%d answers to one request", n)
			}
		}
	})
	t.Run("OPS-05 a sign-on that began at one node ends at the other", func(t *testing.T) {
		visitor := o.browse(a, b).in(t)
		login := visitor.at(a).get(o.requestURL())
		if p := visitor.at(b).post(login.location(), fields("username", "ada", "password", password)); p.status != http.StatusSeeOther {
			t.Fatalf("sign in: %s", p)
		} else if !visitor.at(a).letIn(p.location()) {
			t.Error("nobody was let in")
		}
	})
	t.Run("OPS-05 SES-04 a session made at one node holds at the other and ends at both", func(t *testing.T) {
		visitor := o.browse(a, b).in(t)
		visitor.at(a).mustSignIn("ada", password)
		if !visitor.at(b).signedIn() {
			t.Fatal("the other node does not know the session")
		}
		held := visitor.cookie("session")
		visitor.at(b).post("/logout", nil)
		for _, n := range []*node{a, b} {
			if thief := o.browse(n).in(t); thief.with("session", held).signedIn() {
				t.Errorf("the session still holds at %s", n.address)
			}
		}
	})
	t.Run("OPS-05 a new password ends sessions at both nodes at once", func(t *testing.T) {
		o := o.in(t)
		o.doWith("engine number two here\n", "user", "add", "eve@example.org", "--username", "eve", "--password-stdin")
		visitor := o.browse(a, b)
		visitor.mustSignIn("eve", "engine number two here")
		o.doWith("engine number three here\n", "user", "password", "eve", "--password-stdin")
		if visitor.at(a).signedIn() || visitor.at(b).signedIn() {
			t.Error("a session outlives its password")
		}
	})
}

// answers sends one request by every browser at once and counts the assertions that come back.
func answers(t *testing.T, address string, browsers ...*browser) (n int64) {
	t.Helper()
	var answered atomic.Int64
	together(len(browsers)*4, func(i int) {
		p, err := browsers[i%len(browsers)].send(http.MethodGet, address, nil)
		if err != nil {
			t.Error(err)
			return
		}
		if r, _ := p.answer(); r != nil {
			answered.Add(1)
		} else if p.status != http.StatusConflict {
			t.Errorf("one that came late: %s", p)
		}
	})
	return answered.Load()
}

// together runs f for 0 to n-1 at once.
func together(n int, f func(i int)) {
	var all sync.WaitGroup
	gate := make(chan struct{})
	for i := range n {
		all.Go(func() { <-gate; f(i) })
	}
	close(gate)
	all.Wait()
}

func TestWrongPasswordsAreCountedOnAllNodesTogether(t *testing.T) {
	t.Parallel()
	o, a, b, _ := pair(t)
	t.Run("OPS-05 REP-05 parallel guesses at two nodes get ten tries in all", func(t *testing.T) {
		var tried, waits atomic.Int64
		together(40, func(i int) {
			guesser := o.browse([]*node{a, b}[i%2])
			p, err := guesser.send(http.MethodPost, "/login", fields("username", "ada", "password", fmt.Sprintf("guess %d", i)))
			switch {
			case err != nil:
				t.Error(err)
			case p.status == http.StatusUnprocessableEntity:
				tried.Add(1)
			case p.status == http.StatusTooManyRequests, p.status == http.StatusServiceUnavailable:
				waits.Add(1)
			default:
				t.Errorf("a guess: %s", p)
			}
		})
		if tried.Load() > 10 || tried.Load()+waits.Load() != 40 {
			t.Errorf("%d guesses were tried, %d have to wait", tried.Load(), waits.Load())
		}
		for tried.Load() < 10 { // some had to wait because the nodes were busy
			if p := o.browse(a).in(t).signIn("ada", "another guess"); p.status != http.StatusUnprocessableEntity {
				t.Fatalf("after %d tries: %s", tried.Load(), p)
			}
			tried.Add(1)
		}
	})
	t.Run("OPS-05 the right password has to wait at both nodes then", func(t *testing.T) {
		for _, n := range []*node{a, b} {
			p := o.browse(n).in(t).signIn("ada", password)
			if p.status != http.StatusTooManyRequests || p.header.Get("Retry-After") == "" {
				t.Errorf("at %s: %s", n.address, p)
			}
		}
	})
}
