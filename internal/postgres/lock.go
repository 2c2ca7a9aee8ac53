package postgres

import (
	"context"
	"fmt"
)

// advisoryLock names what only one transaction at a time may do, on all nodes together.
type advisoryLock int64

// The numbers are arbitrary, but each its own; the migrations use another one.
const (
	ownersLock advisoryLock = 7_200_001 + iota // counting administrators
	groupsLock                                 // putting groups into groups
	slugsLock                                  // naming apps
	keysLock                                   // the life of signing keys
)

// lock waits for l and holds it until the transaction ends.
func (s *Store) lock(ctx context.Context, l advisoryLock) error {
	if _, err := s.q.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(l)); err != nil {
		return fmt.Errorf("advisory lock %d: %w", l, err)
	}
	return nil
}
