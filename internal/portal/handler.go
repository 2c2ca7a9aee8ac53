package portal

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// Routes lists the pages; under the policy httpserver.ForPages.
func (h *Handler) Routes(r chi.Router) {
	page := httpserver.Adapter{Pages: h.Pages}.Handle

	r.Get("/", page(h.panel))

	// Signing in and out.
	r.Get("/login", page(h.loginForm))
	r.Post("/login", page(h.login))
	r.Get("/logout", page(h.logoutForm))
	r.Post("/logout", page(h.logout))

	// The first administrator.
	r.Get("/setup/{token}", page(h.setupForm))
	r.Post("/setup/{token}", page(h.setup))

	// What this browser likes to see.
	r.Post("/theme", page(h.theme))
	r.Post("/language", page(h.language))
}

// Handler holds what the pages need.
type Handler struct {
	Pages    *httpserver.Pages
	Auth     Auth
	Sessions Sessions
	Setup    Setup
	Store    Store
	AppName  func(slug string) string // of an enabled app, or ""

	ready atomic.Bool // there was an administrator; the last one cannot go
}

// Auth signs people in: *auth.Authenticator.
type Auth interface {
	SignIn(ctx context.Context, a auth.Attempt) (auth.Result, error)
}

// Sessions knows who is at a browser: *auth.Sessions. Nobody is fault.Unauthenticated.
type Sessions interface {
	Lookup(ctx context.Context, t session.Token) (session.Session, directory.User, error)
}

// Setup makes administrators of who holds a link: *auth.Setup. A link that does not work is fault.NotFound.
type Setup interface {
	Check(ctx context.Context, link session.Token) error
	Complete(ctx context.Context, link session.Token, u directory.User, t auth.Attempt) (auth.Result, error)
}

// Store is the rest of what the pages read and change.
type Store interface {
	SignOut(ctx context.Context, t session.Token, r audit.SignIn) error
	CountOwners(ctx context.Context) (int, error)
	CountUsers(ctx context.Context, search string) (int, error)
	AppsOfUser(ctx context.Context, id directory.UserID) ([]apps.App, error)
}

// token is what the browser holds, which may be nothing.
func (h *Handler) token(r *http.Request) session.Token {
	return session.TokenFrom(h.Pages.Cookies.Read(r, httpserver.SessionCookie))
}

// Visitor is who is signed in at this browser, and nil when nobody is.
func (h *Handler) Visitor(r *http.Request) (*directory.User, error) {
	token := h.token(r)
	if token.Zero() {
		return nil, nil
	}
	_, user, err := h.Sessions.Lookup(r.Context(), token)
	switch {
	case fault.Is(err, fault.Unauthenticated):
		return nil, nil
	case err != nil:
		return nil, err
	}
	httpserver.Note(r.Context(), slog.String("user", user.UserName))
	return &user, nil
}

// account is the bar at the top for this person.
func account(u *directory.User, here string) httpserver.Account {
	return httpserver.Account{Name: u.Name(), Owner: u.Role == directory.RoleOwner, Here: here}
}
