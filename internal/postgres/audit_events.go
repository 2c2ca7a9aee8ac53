package postgres

import (
	"context"
	"fmt"

	"github.com/lanyard-idp/lanyard/internal/audit"
)

// record writes an event in the transaction of the change that it tells of. Actor and address come from ctx (audit.WithActor),
// the time is the transaction's.
func (s *Store) record(ctx context.Context, e audit.Event) error {
	actor, address := audit.ActorFrom(ctx)
	if e.Detail == nil {
		e.Detail = map[string]any{}
	}
	_, err := s.q.Exec(ctx, `
		INSERT INTO audit_events (at, actor, action, object, name, address, detail)
		VALUES (now(), $1, $2, $3, $4, $5, $6)`,
		actor, e.Action, e.Object, e.Name, address, e.Detail)
	if err != nil {
		return fmt.Errorf("record %s: %w", e.Action, err)
	}
	return nil
}

// EventFilter selects audit events; the zero filter is the newest hundred.
type EventFilter struct {
	Object string // "app:<id>"; empty: of everything
	Before int64  // only events older than the one of this ID; 0: from the newest on
	Limit  int    // 0: 100
}

// AuditEvents lists events, the newest first.
func (s *Store) AuditEvents(ctx context.Context, f EventFilter) ([]audit.Event, error) {
	return all[audit.Event](s.q.Query(ctx, `
		SELECT id, at, actor, action, object, name, address, detail
		FROM audit_events
		WHERE ($1 = '' OR object = $1) AND ($2 = 0 OR id < $2)
		ORDER BY id DESC LIMIT $3`,
		f.Object, f.Before, limit(f.Limit)))
}

// limit is a page's size: 100 unless said.
func limit(n int) int {
	if n <= 0 {
		return 100
	}
	return n
}
