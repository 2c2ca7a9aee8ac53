package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lanyard-idp/lanyard/internal/session"
)

// The count after one more failure, and the end of the wait that follows from a count, in SQL. Where there is no wait, its
// end is not now but never was: the clock of another node may be behind.
// $2 now, $3 Free, $4 FirstWait, $5 MaxWait, $6 Forgive; times in seconds.
const (
	nextFailure = `(greatest(t.failures - floor(greatest(extract(epoch FROM $2 - t.last_failure), 0) / $6::float8)::int, 0) + 1)`
	blockAfter  = `CASE WHEN %[1]s < $3 THEN '-infinity'
		ELSE $2 + make_interval(secs => least($4::float8 * power(2, least(%[1]s - $3::int, 40)), $5::float8)) END`
)

var reserve = `
	INSERT INTO throttle AS t (key, failures, last_failure, blocked_until)
	VALUES ($1, 1, $2::timestamptz, ` + fmt.Sprintf(blockAfter, "1") + `)
	ON CONFLICT (key) DO UPDATE SET failures = ` + nextFailure + `, last_failure = $2, refusals = 0,
		blocked_until = ` + fmt.Sprintf(blockAfter, nextFailure) + `
	WHERE t.blocked_until <= $2
	RETURNING failures`

// ReserveTries counts one failure under each throttle before the answer is checked, all in one round trip and one
// transaction. When one of them is blocked nothing is counted and ok is false: ask RefuseTry for the waiting time.
// Callers name throttles in the same order everywhere, so that two of them cannot wait for each other.
func (s *Store) ReserveTries(ctx context.Context, now time.Time, throttles ...session.Throttle) (tries []session.Try, ok bool, err error) {
	batch := &pgx.Batch{}
	for _, t := range throttles {
		batch.Queue(reserve, t.Key, now, t.Free, t.FirstWait.Seconds(), t.MaxWait.Seconds(), t.Forgive.Seconds()).
			Query(func(rows pgx.Rows) error {
				counts, err := pgx.CollectRows(rows, pgx.RowTo[int])
				for _, n := range counts {
					tries = append(tries, session.Try{Throttle: t, Count: n})
				}
				return err
			})
	}
	if err := s.q.SendBatch(ctx, batch).Close(); err != nil {
		return nil, false, fmt.Errorf("count a try: %w", err)
	}
	if len(tries) == len(throttles) {
		return tries, true, nil
	}
	return nil, false, s.GiveBackTries(ctx, now, tries...)
}

// GiveBackTries takes reservations back: what they counted was no failure. Where a later try set a wait, it stays.
func (s *Store) GiveBackTries(ctx context.Context, now time.Time, tries ...session.Try) error {
	for _, t := range tries {
		_, err := s.q.Exec(ctx, `
			UPDATE throttle SET failures = greatest(failures - 1, 0),
				blocked_until = CASE WHEN failures = $2 THEN least(blocked_until, $3) ELSE blocked_until END
			WHERE key = $1`, t.Throttle.Key, t.Count, now)
		if err != nil {
			return fmt.Errorf("give a try back: %w", err)
		}
	}
	return nil
}

// SettleTries is what a right answer does to the counts.
func (s *Store) SettleTries(ctx context.Context, now time.Time, tries ...session.Try) error {
	for _, t := range tries {
		var err error
		if t.Throttle.Clears {
			err = s.ClearThrottles(ctx, t.Throttle.Key)
		} else {
			err = s.GiveBackTries(ctx, now, t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ClearThrottles forgets every failure under these keys; an administrator unlocks a person this way.
func (s *Store) ClearThrottles(ctx context.Context, keys ...string) error {
	if _, err := s.q.Exec(ctx, `DELETE FROM throttle WHERE key = ANY($1)`, keys); err != nil {
		return fmt.Errorf("clear failures: %w", err)
	}
	return nil
}

// RefuseTry finds the longest block among keys at now and counts one try turned away by it; the zero Block when there
// is none.
func (s *Store) RefuseTry(ctx context.Context, now time.Time, keys ...string) (session.Block, error) {
	rows, err := s.q.Query(ctx, `
		UPDATE throttle SET refusals = refusals + 1
		WHERE key = (SELECT key FROM throttle WHERE key = ANY($1) AND blocked_until > $2
			ORDER BY blocked_until DESC LIMIT 1)
		RETURNING key, blocked_until AS until, refusals AS refused`, keys, now)
	blocks, err := all[session.Block](rows, err)
	if err != nil || len(blocks) == 0 {
		return session.Block{}, err
	}
	return blocks[0], nil
}
