package httpserver

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// HandlerFunc answers a request, or says why it could not. It returns an error before it writes anything.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// Adapter turns a HandlerFunc into an http.Handler. It is the one place where errors become pages.
type Adapter struct{ Pages *Pages }

// retryAfter is what we ask for when we are unavailable.
const retryAfter = 5 * time.Second

// Handle runs h; its error becomes a page and a fact of the log line.
func (a Adapter) Handle(h HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			a.Error(w, r, err)
		}
	}
}

// Error answers with the page for err: its sentence if it is the person's business, an apology if it is ours. The cause
// goes to the log alone.
func (a Adapter) Error(w http.ResponseWriter, r *http.Request, err error) {
	status, f := statusOf(err), fault.From(err)
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		Note(r.Context(), slog.Bool("gone", true)) // the browser left; nobody reads the answer
		return
	}
	Note(r.Context(), slog.String("error", err.Error()), slog.String("kind", f.Kind.String()))
	if f.Kind == fault.Internal && status >= 500 {
		loud(r.Context())
	}
	if started(w) {
		return // half an answer is out: nothing can be said any more
	}
	if f.Kind == fault.Unavailable {
		w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	}
	a.errorPage(w, r, status, f)
}

// statuses says which HTTP status a kind of trouble is.
var statuses = map[fault.Kind]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.Invalid:         http.StatusBadRequest,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.Unavailable:     http.StatusServiceUnavailable,
}

func statusOf(err error) int {
	if errors.Is(err, errTooLarge) {
		return http.StatusRequestEntityTooLarge
	}
	if errors.Is(err, errMethod) {
		return http.StatusMethodNotAllowed
	}
	return statuses[fault.From(err).Kind]
}
