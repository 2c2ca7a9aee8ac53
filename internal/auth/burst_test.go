package auth_test

import (
	"context"
	"errors"
	"fmt"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

// resident is what the Go runtime holds of the machine's memory, in bytes.
func resident() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64() - s[1].Value.Uint64())
}

// peak watches resident until stop, which says how high it rose.
func peak() (stop func() int64) {
	done, high := make(chan struct{}), make(chan int64)
	go func() {
		top := resident()
		for {
			select {
			case <-done:
				high <- top
				return
			case <-time.After(time.Millisecond):
				top = max(top, resident())
			}
		}
	}()
	return func() int64 { close(done); return <-high }
}

// Not parallel: it watches the memory of the process.
func TestABurstOfSignInsTakesBoundedMemory(t *testing.T) {
	const mib = 1 << 20
	o := newOffice(t)
	node := o.node(t)
	node.Hasher = auth.NewHasher() // at the real cost
	before, stop := resident(), peak()
	got := map[string]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			_, err := node.SignIn(context.Background(), from(i, fmt.Sprint("person", i), right))
			var no *auth.Refused
			if !errors.As(err, &no) {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			got[fault.From(err).Kind.String()]++
		})
	}
	wg.Wait()
	rose := (stop() - before) / mib
	t.Logf("200 sign-ins at once, %d turns: memory rose by %d MiB; %v", node.Hasher.Turns(), rose, got)
	t.Run("AUTHN-10 200 parallel logins take the memory of a few", func(t *testing.T) {
		if limit := int64(node.Hasher.Turns()*19*5 + 32); rose > limit {
			t.Errorf("memory rose by %d MiB, want at most %d", rose, limit)
		}
	})
}

func TestPasswordWorkIsBounded(t *testing.T) {
	t.Parallel()
	ctx, h := context.Background(), auth.NewCheapHasher()
	for range h.Turns() {
		if err := h.Enter(ctx); err != nil {
			t.Fatal(err)
		}
	}
	waiting, cancel := context.WithCancel(ctx)
	gone := make(chan error)
	for range auth.MaxWaiting {
		go func() { gone <- h.Enter(waiting) }()
	}
	for h.Waiting() < auth.MaxWaiting {
		time.Sleep(time.Millisecond)
	}
	t.Run("AUTHN-10 when the queue is full the next one is told to come back", func(t *testing.T) {
		err := h.Enter(ctx)
		var no *auth.Refused
		if !fault.Is(err, fault.Unavailable) || !errors.As(err, &no) || no.Wait <= 0 {
			t.Errorf("%v, want unavailable with a time to wait", err)
		}
		o := newOffice(t)
		node := o.node(t)
		node.Hasher = h
		if no := refusal(t, node, attempt("ada", right)); !fault.Is(no, fault.Unavailable) {
			t.Errorf("%v, want unavailable", no)
		}
		setup, link := o.setup(t), o.link(t)
		setup.Hasher = h
		if _, err := setup.Complete(ctx, link, directory.User{Email: "grace@example.org"}, attempt("", right)); !fault.Is(err, fault.Unavailable) || errors.As(err, &no) {
			t.Errorf("%v, want a set-up that is told to come back, and not that the administrator is made", err)
		}
		if err := setup.Check(ctx, link); err != nil {
			t.Errorf("the link is gone: %v", err)
		}
		if n := o.count(t, `SELECT count(*) FROM throttle`); n != 0 {
			t.Errorf("%d counts, though no password was looked at", n)
		}
	})
	cancel()
	for range auth.MaxWaiting {
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want a browser that goes to leave the queue", err)
		}
	}
	h.Leave()
	if err := h.Enter(ctx); err != nil {
		t.Errorf("a turn that was given back is free: %v", err)
	}
}
