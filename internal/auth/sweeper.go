package auth

import (
	"context"
	"log/slog"
	"time"
)

// sweepEvery is how often rows that have ended are deleted. Nothing relies on it: what has ended does not count.
const sweepEvery = 10 * time.Minute

// SweepStore deletes what has ended at now and says how much that was.
type SweepStore interface {
	SweepExpired(ctx context.Context, now time.Time) (int64, error)
}

// Sweeper deletes sessions, waiting sign-ons, request IDs, links, counts and devices that have ended.
type Sweeper struct {
	Store  SweepStore
	Now    func() time.Time
	Logger *slog.Logger
}

// Run sweeps until ctx ends. A failure is logged and tried again the next time.
func (s *Sweeper) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := s.runOnce(ctx); err != nil && ctx.Err() == nil {
			s.Logger.ErrorContext(ctx, "sweep failed; next try follows", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (s *Sweeper) runOnce(ctx context.Context) error {
	n, err := s.Store.SweepExpired(ctx, s.Now())
	if n > 0 {
		s.Logger.DebugContext(ctx, "swept", "rows", n)
	}
	return err
}
