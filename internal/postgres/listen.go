package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// relisten bounds how long a change can stay unseen when the network lost the notification together with the news of it.
const relisten = 30 * time.Second

// ListenSnapshot calls changed once, and again after each change to apps or keys on any node, until ctx ends or the
// connection breaks.
func ListenSnapshot(ctx context.Context, pool *pgxpool.Pool, changed func()) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("listen for changes: %w", err)
	}
	// A connection that listens is not given back: it would listen for somebody else.
	raw := conn.Hijack()
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = raw.Close(closing)
	}()
	if _, err := raw.Exec(ctx, "LISTEN lanyard_snapshot"); err != nil {
		return fmt.Errorf("listen for changes: %w", err)
	}
	changed()
	for {
		wait, cancel := context.WithTimeout(ctx, relisten)
		_, err := raw.WaitForNotification(wait)
		timedOut := wait.Err() != nil && ctx.Err() == nil
		cancel()
		switch {
		case timedOut:
			if err := raw.Ping(ctx); err != nil {
				return fmt.Errorf("listen for changes: %w", err)
			}
		case err != nil:
			return fmt.Errorf("listen for changes: %w", err)
		default:
			changed()
		}
	}
}
