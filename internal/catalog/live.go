package catalog

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Live holds the current snapshot and replaces it. Load and Listen are filled in before Run.
type Live struct {
	Load   func(ctx context.Context) (*Catalog, error)
	Listen func(ctx context.Context, changed func()) error // calls changed at once and after each change, until ctx ends or the connection breaks
	Logger *slog.Logger
	now    atomic.Pointer[Catalog]
	failed atomic.Pointer[error] // of the last load
}

// Current is the snapshot of this moment. It is never nil after a first successful Reload.
func (l *Live) Current() *Catalog { return l.now.Load() }

// collectWhileLoading is the garbage collector's target while a snapshot is made, in percent of what lives.
const collectWhileLoading = 10

// Reload reads everything anew.
func (l *Live) Reload(ctx context.Context) error {
	// Reading thousands of apps leaves several times their size behind. Collecting often while it lasts, and giving the rest
	// back afterwards, keeps that from becoming the size of the service.
	defer debug.FreeOSMemory()
	defer debug.SetGCPercent(debug.SetGCPercent(collectWhileLoading))
	c, err := l.Load(ctx)
	l.failed.Store(&err)
	if err != nil {
		return err
	}
	l.now.Store(c)
	return nil
}

// Check is why the last load failed, or nil: what a node with an old snapshot serves may be switched off by now.
func (l *Live) Check(context.Context) error {
	if failed := l.failed.Load(); failed != nil {
		return *failed
	}
	return nil
}

// How soon a change is taken up, so that a burst of changes costs one load; how long a broken connection waits.
const (
	settle = 50 * time.Millisecond
	retry  = time.Second
)

// Run follows changes until ctx ends. A failure keeps the last good snapshot and is tried again.
func (l *Live) Run(ctx context.Context) error {
	dirty := make(chan struct{}, 1)
	mark := func() {
		select {
		case dirty <- struct{}{}:
		default: // somebody has said so already
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return l.listen(ctx, mark) })
	g.Go(func() error { return l.follow(ctx, dirty, mark) })
	return g.Wait()
}

func (l *Live) follow(ctx context.Context, dirty chan struct{}, mark func()) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-dirty:
		}
		pause(ctx, settle)
		select { // what came while things settled is part of this load
		case <-dirty:
		default:
		}
		if err := l.Reload(ctx); err != nil && ctx.Err() == nil {
			l.Logger.Error("apps and keys could not be loaded; the last ones stay in use", "error", err)
			pause(ctx, retry)
			mark()
		}
	}
}

func (l *Live) listen(ctx context.Context, mark func()) error {
	for {
		err := l.Listen(ctx, mark)
		if ctx.Err() != nil {
			return nil
		}
		l.Logger.Warn("the connection that tells of changes broke; it is made anew", "error", err)
		pause(ctx, retry)
	}
}

// pause waits, or less when ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
