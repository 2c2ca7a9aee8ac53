package postgres

import (
	"context"
	"fmt"
)

// Empty says whether nobody and nothing was ever kept here: no person, group or app, and no record of one.
func (s *Store) Empty(ctx context.Context) (bool, error) {
	var empty bool
	err := s.q.QueryRow(ctx, `
		SELECT NOT EXISTS (SELECT FROM users) AND NOT EXISTS (SELECT FROM groups) AND NOT EXISTS (SELECT FROM apps)
			AND NOT EXISTS (SELECT FROM sign_ins)`).Scan(&empty)
	if err != nil {
		return false, fmt.Errorf("look whether the database is empty: %w", err)
	}
	return empty, nil
}
