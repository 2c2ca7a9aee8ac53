package postgres

import (
	"context"
	"fmt"
	"time"
)

// How long rows are kept that have no end of their own.
const (
	throttleMemory = 24 * time.Hour
	// DeviceMemory is how long a browser stays known without a sign-in.
	DeviceMemory = 180 * 24 * time.Hour
	// SignInMemory is how long the records of sign-ins are kept; they hold what people were and what apps were told.
	SignInMemory = 180 * 24 * time.Hour
	sweepBatch   = 500
)

// expired names each table whose rows end, and which of them have ended at $1.
var expired = []struct {
	table, where string
	age          time.Duration
}{
	{"sessions", "expires_at <= $1", 0},
	{"pending", "expires_at <= $1", 0},
	{"seen_requests", "expires_at <= $1", 0},
	{"setup_links", "expires_at <= $1", 0},
	{"throttle", "last_failure <= $1 AND blocked_until <= $1", throttleMemory},
	{"known_devices", "last_used_at <= $1", DeviceMemory},
}

// SweepExpired deletes what has ended at now, in small batches that wait for nobody, and says how many rows those were.
// Two nodes may sweep at once.
func (s *Store) SweepExpired(ctx context.Context, now time.Time) (int64, error) {
	var swept int64
	for _, e := range expired {
		n, err := s.sweepTable(ctx, e.table, e.where, now.Add(-e.age))
		swept += n
		if err != nil {
			return swept, err
		}
	}
	n, err := s.sweepSignIns(ctx, now.Add(-SignInMemory))
	return swept + n, err
}

// sweepSignIns looks at the oldest records only: they are in the order of their IDs.
func (s *Store) sweepSignIns(ctx context.Context, before time.Time) (int64, error) {
	var swept int64
	for {
		tag, err := s.q.Exec(ctx, `
			WITH oldest AS (SELECT id, at FROM sign_ins ORDER BY id LIMIT $2)
			DELETE FROM sign_ins USING oldest WHERE sign_ins.id = oldest.id AND oldest.at <= $1`, before, sweepBatch)
		if err != nil {
			return swept, fmt.Errorf("sweep sign_ins: %w", err)
		}
		swept += tag.RowsAffected()
		if tag.RowsAffected() < sweepBatch {
			return swept, nil
		}
	}
}

func (s *Store) sweepTable(ctx context.Context, table, where string, before time.Time) (int64, error) {
	var swept int64
	for {
		tag, err := s.q.Exec(ctx, `DELETE FROM `+table+` WHERE ctid = ANY (ARRAY(
			SELECT ctid FROM `+table+` WHERE `+where+` LIMIT $2 FOR UPDATE SKIP LOCKED))`, before, sweepBatch)
		if err != nil {
			return swept, fmt.Errorf("sweep %s: %w", table, err)
		}
		swept += tag.RowsAffected()
		if tag.RowsAffected() < sweepBatch {
			return swept, nil
		}
	}
}
