package httpserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

var (
	errTooLarge = errors.New("request body too large")
	errMethod   = errors.New("method not allowed")
)

// Sentences that a text of the catalogue translates.
const (
	notFound    = "There is no page at this address."
	badMethod   = "This address cannot be used in that way."
	tooLarge    = "That was more than this page takes."
	badForm     = "The form could not be read. Go back and try again."
	otherSite   = "The request came from another site, so nothing was done. Open the page here and try again."
	needsSecure = "This page is only available over a secure connection (https). Nothing was done."
)

// recover makes a panic one failed request instead of the end of the service.
func (s *Server) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p) // net/http's own way to cut a connection
			}
			Note(r.Context(), slog.String("stack", string(debug.Stack())))
			Adapter{s.Pages}.Error(w, r, fmt.Errorf("panic: %v", p))
		}()
		next.ServeHTTP(w, r)
	})
}

// bounded ends work that takes too long, mostly for a database that hangs, while there is still time to say so: at
// writeTimeout the connection is cut without a word.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), workTimeout)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// lastOnConnection ends connections with their next answer once we are stopping, so that none is left in use when we stop
// taking requests.
func (s *Server) lastOnConnection(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.stopping.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// secureOnly refuses what came without TLS although our address is https. It does not redirect: a SAML message that went
// over the wire in clear must not be used, nor sent once more.
func (s *Server) secureOnly(next http.Handler) http.Handler {
	if s.PublicURL.Scheme != "https" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if factsOf(r.Context()).plainHTTP && !quiet(r.URL.Path) {
			Adapter{s.Pages}.Error(w, r, fault.New(fault.Forbidden, needsSecure))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses what changes something and comes from another site, by Sec-Fetch-Site and Origin.
func (s *Server) sameOrigin() *http.CrossOriginProtection {
	p := http.NewCrossOriginProtection()
	// A proxy may rewrite Host, which Origin is compared with; our own origin is fine whatever Host says.
	if err := p.AddTrustedOrigin(s.PublicURL.Scheme + "://" + s.PublicURL.Host); err != nil {
		panic(err) // PublicURL is checked by config
	}
	adapter := Adapter{s.Pages}
	p.SetDenyHandler(adapter.Handle(func(http.ResponseWriter, *http.Request) error {
		return fault.New(fault.Forbidden, otherSite)
	}))
	return p
}

// headIsGet answers HEAD like GET; net/http drops the body. Under /saml/ a GET may act, so there only a route that says
// so answers HEAD: whatever fetches links ahead of people must not sign them in.
func headIsGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c := chi.RouteContext(r.Context()); r.Method == http.MethodHead && !strings.HasPrefix(r.URL.Path, "/saml/") {
			c.RouteMethod = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

func nowhere(http.ResponseWriter, *http.Request) error { return fault.New(fault.NotFound, notFound) }

// wrongMethod says what the address does take; to OPTIONS that is the answer, and nothing about other sites, which may do
// nothing here.
func wrongMethod(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Allow", strings.Join(allowed(r), ", "))
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Message: badMethod, Cause: errMethod}
}

// allowed asks the router which methods this path has.
func allowed(r *http.Request) []string {
	var methods []string
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		asGet := m == http.MethodHead && !strings.HasPrefix(r.URL.Path, "/saml/")
		match := m
		if asGet {
			match = http.MethodGet
		}
		if chi.RouteContext(r.Context()).Routes.Match(chi.NewRouteContext(), match, r.URL.Path) {
			methods = append(methods, m)
		}
	}
	return append(methods, http.MethodOptions)
}

// ParseForm reads the fields of a form within the limits of its group.
func ParseForm(r *http.Request) error {
	err := r.ParseForm()
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return &fault.Error{Kind: fault.Invalid, Message: tooLarge, Cause: errTooLarge}
	case err != nil:
		return &fault.Error{Kind: fault.Invalid, Message: badForm, Cause: err}
	}
	return nil
}
