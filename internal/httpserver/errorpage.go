package httpserver

import (
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// ErrorPage is templates/error.html: what happened, what to do, and the reference under which the log has the cause.
type ErrorPage struct {
	Title     string // key of a text
	Message   string // a sentence in the person's language, or in English
	English   bool   // Message is English although the page is not
	Code      string // reason of the closed list, if there is one
	Reference string
	At        time.Time
	SignIn    bool // offer to sign in
}

// titles names the heading for each kind of trouble.
var titles = map[fault.Kind]string{
	fault.Internal:        "error.internal",
	fault.Invalid:         "error.invalid",
	fault.NotFound:        "error.notfound",
	fault.Conflict:        "error.conflict",
	fault.Unauthenticated: "error.unauthenticated",
	fault.Forbidden:       "error.forbidden",
	fault.Unavailable:     "error.unavailable",
}

func (a Adapter) errorPage(w http.ResponseWriter, r *http.Request, status int, f *fault.Error) {
	message, translated := a.Pages.Translate(r, f)
	page := ErrorPage{
		Title: titles[f.Kind], Message: message, English: !translated, Code: f.Code,
		Reference: Reference(r.Context()), At: a.Pages.Now(), SignIn: f.Kind == fault.Unauthenticated,
	}
	if err := a.Pages.Render(w, r, status, "error", page); err != nil {
		Note(r.Context(), slog.String("errorPage", err.Error()))
		loud(r.Context())
		lastResort(w, page.Reference)
	}
}

// lastResort is for when even the error page fails.
func lastResort(w http.ResponseWriter, reference string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusInternalServerError)
	io.WriteString(w, fault.Apology+"\n\n"+reference+"\n")
}
