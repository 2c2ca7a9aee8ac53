package postgres_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
	"github.com/lanyard-idp/lanyard/internal/session"
)

var slow = session.Throttle{Key: "account:x", Free: 3, FirstWait: 10 * time.Second, MaxWait: time.Minute, Forgive: time.Hour, Clears: true}

func reserve(t *testing.T, s *postgres.Store, now time.Time, throttles ...session.Throttle) ([]session.Try, bool) {
	t.Helper()
	tries, ok, err := s.ReserveTries(context.Background(), now, throttles...)
	if err != nil {
		t.Fatal(err)
	}
	return tries, ok
}

func wait(t *testing.T, s *postgres.Store, now time.Time, keys ...string) time.Duration {
	t.Helper()
	b, err := s.RefuseTry(context.Background(), now, keys...)
	if err != nil {
		t.Fatal(err)
	}
	if b.Key == "" {
		return 0
	}
	return b.Until.Sub(now)
}

func TestWaitDoublesFromTheLastFreeTryToTheMaximum(t *testing.T) {
	t.Parallel()
	s, now := postgres.New(postgrestest.Tx(t)), monday
	for i, want := range []time.Duration{0, 0, 10 * time.Second, 20 * time.Second, 40 * time.Second, time.Minute, time.Minute} {
		tries, ok := reserve(t, s, now, slow)
		if !ok || tries[0].Count != i+1 {
			t.Fatalf("try %d: %v %v, want it counted", i+1, tries, ok)
		}
		if got := wait(t, s, now, slow.Key); got != want {
			t.Errorf("after try %d: wait %v, want %v", i+1, got, want)
		}
		if want > 0 {
			if _, ok := reserve(t, s, now.Add(want-time.Millisecond), slow); ok {
				t.Errorf("a try was let through before the wait of %v was over", want)
			}
		}
		now = now.Add(want)
	}
}

func TestFailuresAreForgivenWhileNothingIsTried(t *testing.T) {
	t.Parallel()
	s := postgres.New(postgrestest.Tx(t))
	now := monday
	for range 5 {
		reserve(t, s, now, slow)
		now = now.Add(time.Minute)
	}
	if tries, _ := reserve(t, s, now.Add(2*time.Hour), slow); len(tries) != 1 || tries[0].Count != 4 {
		t.Errorf("5 failures and two hours later: %+v, want 5 - 2 + 1", tries)
	}
	if tries, _ := reserve(t, s, now.Add(100*time.Hour), slow); len(tries) != 1 || tries[0].Count != 1 {
		t.Errorf("after a long time: %+v, want the first failure", tries)
	}
	if tries, ok := reserve(t, s, monday, slow); !ok || tries[0].Count != 2 {
		t.Errorf("from a node whose clock is behind: %+v, want the second failure", tries)
	}
}

func TestNothingIsCountedWhenOneThrottleBlocks(t *testing.T) {
	t.Parallel()
	ctx, tx := context.Background(), postgrestest.Tx(t)
	s := postgres.New(tx)
	other := slow
	other.Key = "account:y"
	for range 3 {
		reserve(t, s, monday, slow)
	}
	if _, ok := reserve(t, s, monday, other, slow); ok {
		t.Error("a blocked try was let through")
	}
	var failures int
	err := tx.QueryRow(ctx, `SELECT failures FROM throttle WHERE key = $1`, other.Key).Scan(&failures)
	if err != nil || failures != 0 {
		t.Errorf("%d failures counted beside the block, %v; want 0", failures, err)
	}
}

func TestATryTakenBackLeavesTheCountAsItWas(t *testing.T) {
	t.Parallel()
	ctx, s := context.Background(), postgres.New(postgrestest.Tx(t))
	first, _ := reserve(t, s, monday, slow)
	reserve(t, s, monday, slow)
	third, _ := reserve(t, s, monday, slow)
	if wait(t, s, monday, slow.Key) == 0 {
		t.Fatal("control: the third failure blocks")
	}
	if err := s.GiveBackTries(ctx, monday, first...); err != nil {
		t.Fatal(err)
	}
	if wait(t, s, monday, slow.Key) == 0 {
		t.Error("taking an earlier try back lifted the block that a later one set")
	}
	again := slow
	again.Key = "account:z"
	reserve(t, s, monday, again)
	reserve(t, s, monday, again)
	last, _ := reserve(t, s, monday, again)
	if err := s.GiveBackTries(ctx, monday, last...); err != nil {
		t.Fatal(err)
	}
	if got := wait(t, s, monday, again.Key); got != 0 {
		t.Errorf("wait %v after the only try too many was taken back", got)
	}
	if tries, ok := reserve(t, s, monday, again); !ok || tries[0].Count != third[0].Count {
		t.Errorf("next try: %+v %v, want the same count again", tries, ok)
	}
	if err := s.ClearThrottles(ctx, slow.Key, again.Key); err != nil {
		t.Fatal(err)
	}
	if tries, _ := reserve(t, s, monday, slow); tries[0].Count != 1 {
		t.Errorf("after clearing: %+v, want the first failure", tries)
	}
}

func TestTriesTurnedAwayAreCountedUntilTheNextTry(t *testing.T) {
	t.Parallel()
	ctx, s := context.Background(), postgres.New(postgrestest.Tx(t))
	longer := slow
	longer.Key, longer.FirstWait = "account:longer", 30*time.Second
	for range 3 {
		reserve(t, s, monday, slow, longer)
	}
	for i := 1; i <= 3; i++ {
		b, err := s.RefuseTry(ctx, monday, slow.Key, longer.Key)
		if err != nil || b.Key != longer.Key || b.Refused != i || !b.Until.Equal(monday.Add(30*time.Second)) {
			t.Errorf("refusal %d: %+v %v, want the longer block", i, b, err)
		}
	}
	after := monday.Add(30 * time.Second)
	reserve(t, s, after, longer)
	if b, _ := s.RefuseTry(ctx, after, longer.Key); b.Refused != 1 {
		t.Errorf("first refusal of the next block: %+v", b)
	}
}

func TestParallelTriesAreCountedExactly(t *testing.T) {
	t.Parallel()
	dsn := postgrestest.DSN(t)
	nodes := []*postgres.Store{node(t, dsn), node(t, dsn)}
	count := func(th session.Throttle) (let int, failures int) {
		t.Helper()
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				address := session.Throttle{Key: fmt.Sprint("address:", i%3), Free: 1000, Forgive: time.Hour}
				_, ok, err := nodes[i%2].ReserveTries(context.Background(), monday, th, address)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if ok {
					let++
				}
			})
		}
		wg.Wait()
		b, err := nodes[0].RefuseTry(context.Background(), monday, th.Key)
		if err != nil {
			t.Fatal(err)
		}
		if b.Key == "" {
			b.Until = monday
		}
		tries, ok := reserve(t, nodes[0], b.Until, th)
		if !ok {
			t.Fatal("no try after the wait was over")
		}
		return let, tries[0].Count - 1
	}
	t.Run("REP-05 200 parallel tries on two nodes are 200 failures", func(t *testing.T) {
		if let, failures := count(session.Throttle{Key: "account:many", Free: 1000, Forgive: time.Hour}); let != 200 || failures != 200 {
			t.Errorf("%d let through, %d counted; want 200 and 200", let, failures)
		}
	})
	t.Run("REP-05 of 200 parallel tries on two nodes exactly the free ones are let through", func(t *testing.T) {
		if let, failures := count(slow); let != 3 || failures != 3 {
			t.Errorf("%d let through, %d counted; want 3 and 3", let, failures)
		}
	})
}

// node is a Store with connections of its own.
func node(t *testing.T, dsn string) *postgres.Store {
	t.Helper()
	pool, err := pgxpool.New(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return postgres.New(pool)
}
