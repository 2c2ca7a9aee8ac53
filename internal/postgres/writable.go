package postgres

import (
	"context"
	"fmt"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// Writable says whether the database answers and takes changes. One that stands by for another takes none, and without a
// record nobody is let in.
func (s *Store) Writable(ctx context.Context) error {
	var readOnly bool
	if err := s.q.QueryRow(ctx, `SELECT current_setting('transaction_read_only')::boolean`).Scan(&readOnly); err != nil {
		return fmt.Errorf("ask the database: %w", err)
	}
	if readOnly {
		return fault.New(fault.Unavailable, "The database is read-only: see that DATABASE_URL names the primary server.")
	}
	return nil
}
