package catalog

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/apps"
)

// A world is what Live reads: each change makes a new catalog and tells.
type world struct {
	apps    atomic.Int64
	failing atomic.Bool
	loads   chan int64 // how many apps each load saw
	breaks  chan error // ends the connection
	told    chan func()
}

func (w *world) load(context.Context) (*Catalog, error) {
	if w.failing.Load() {
		w.loads <- -1
		return nil, errors.New("no database")
	}
	n := w.apps.Load()
	all := make([]apps.App, n)
	for i := range all {
		all[i] = app(string(rune('a'+i)), string(rune('a'+i)))
	}
	c, err := New(idp, all, nil)
	w.loads <- n
	return c, err
}

func (w *world) listen(ctx context.Context, changed func()) error {
	changed()
	select {
	case w.told <- changed:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-w.breaks:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// until waits for a load that saw n apps.
func (w *world) until(n int64) {
	for <-w.loads != n {
	}
}

func TestLiveFollowsChangesAndKeepsTheLastGoodSnapshot(t *testing.T) {
	w := &world{loads: make(chan int64), breaks: make(chan error), told: make(chan func())}
	l := &Live{Load: w.load, Listen: w.listen, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if l.Current() != nil {
		t.Fatal("a snapshot before the first load")
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	changed := <-w.told
	w.until(0)
	w.apps.Store(3)
	for range 100 { // a burst costs few loads
		changed()
	}
	w.until(3)
	w.failing.Store(true)
	changed()
	w.until(-1)
	if l.Current().Len() != 3 {
		t.Errorf("after a failure %d apps", l.Current().Len())
	}
	w.failing.Store(false)
	w.apps.Store(4)
	w.until(4) // tried again without being told
	w.apps.Store(5)
	w.breaks <- errors.New("connection lost")
	<-w.told // connected anew, and told at once
	w.until(5)
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if l.Current().Len() != 5 {
		t.Errorf("at the end %d apps", l.Current().Len())
	}
}

func TestNodeWithAnOldSnapshotSaysSo(t *testing.T) {
	w := &world{loads: make(chan int64, 10)}
	l := &Live{Load: w.load}
	for _, failing := range []bool{false, true, false} {
		w.failing.Store(failing)
		if err := l.Reload(t.Context()); (err != nil) != failing || (l.Check(t.Context()) != nil) != failing {
			t.Errorf("failing %t: %v, %v", failing, err, l.Check(t.Context()))
		}
	}
}
