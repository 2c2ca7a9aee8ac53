package httpserver

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
)

// facts is what is known of the request being answered; it travels in the context and ends in the log line.
type facts struct {
	reference string
	address   netip.Addr // of the browser; may be invalid
	plainHTTP bool       // a trusted proxy says that the browser did not use TLS

	mu    sync.Mutex
	notes []slog.Attr
	loud  bool // one of the notes is trouble of ours
}

type factsKey struct{}

// factsOf never returns nil: outside a request the notes go nowhere.
func factsOf(ctx context.Context) *facts {
	if f, ok := ctx.Value(factsKey{}).(*facts); ok {
		return f
	}
	return &facts{}
}

// Note adds facts to the one log line of this request. They must hold no secret.
func Note(ctx context.Context, notes ...slog.Attr) {
	f := factsOf(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.notes = append(f.notes, notes...)
}

// loud raises the log line to the error level.
func loud(ctx context.Context) {
	f := factsOf(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.loud = true
}

// Reference names this request: people read it on an error page, the log has it as "request".
func Reference(ctx context.Context) string { return factsOf(ctx).reference }

// Address is the browser's address in text, or "" when it is unknown.
func Address(ctx context.Context) string {
	if a := factsOf(ctx).address; a.IsValid() {
		return a.String()
	}
	return ""
}
