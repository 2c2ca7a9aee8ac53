package sso

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/catalog"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// Store is what a sign-on needs of the database.
type Store interface {
	// Visit is NotFound when nobody is signed in at the browser.
	Visit(ctx context.Context, q session.VisitQuery) (*session.Visit, error)
	// PersistentID keeps candidate unless there is a value already, and returns the one that counts.
	PersistentID(ctx context.Context, app apps.ID, user directory.UserID, candidate string, now time.Time) (string, error)
	// Conclude and Wait are a Conflict when the request was seen before.
	Conclude(ctx context.Context, c session.Conclusion) error
	Wait(ctx context.Context, token []byte, p session.Pending, requestID string, seenUntil time.Time) error
	// Waiting is NotFound when the sign-on was finished or took too long.
	Waiting(ctx context.Context, token []byte, now time.Time) (session.Pending, error)
	RecordSignIn(ctx context.Context, r audit.SignIn) error
}

// Handler serves the single sign-on endpoints.
type Handler struct {
	PublicURL string // without a trailing slash
	Catalog   func() *catalog.Catalog
	Store     Store
	Pages     *httpserver.Pages
	Adapter   httpserver.Adapter
	Metrics   *Metrics
	Logger    *slog.Logger
	Now       func() time.Time
	// Class is how a password sign-in here is described: PasswordProtectedTransport over TLS or on loopback.
	Class saml.AuthnContextClass
	// Skew is how far an app's clock may be from ours; a request is fresh for so long, either way.
	Skew time.Duration
	// Stylesheet is the URL of the style sheet for the page that carries a Response.
	Stylesheet string
	// Waits bounds how many sign-ons may begin to wait, or be refused by a signed answer, before anybody has signed in: anybody
	// may send an unsigned request. Records bounds how many messages of strangers are kept. nil means no bound.
	Waits, Records *Crowd
}

// Routes are the addresses that apps, the panel and our own redirects send people to.
func (h *Handler) Routes(r chi.Router) {
	r.Get("/saml/sso", h.Adapter.Handle(h.redirect))
	r.Post("/saml/sso", h.Adapter.Handle(h.post))
	r.Get("/saml/resume/{token}", h.Adapter.Handle(h.resume))
	r.Get("/saml/start/{app}", h.Adapter.Handle(h.start))
}

// endpoint is the address of ours that AuthnRequests are sent to.
func (h *Handler) endpoint() string { return h.PublicURL + "/saml/sso" }

// redirect takes an AuthnRequest by HTTP-Redirect (Bindings §3.4).
func (h *Handler) redirect(w http.ResponseWriter, r *http.Request) error {
	in, err := saml.ReadRedirect(r.URL.RawQuery)
	if err != nil {
		return h.fail(r, failed(audit.ReasonMalformedRequest, err))
	}
	return h.serve(w, r, in)
}

// post takes one by HTTP-POST (Bindings §3.5).
func (h *Handler) post(w http.ResponseWriter, r *http.Request) error {
	if err := httpserver.ParseForm(r); err != nil {
		return h.fail(r, failed(audit.ReasonMalformedRequest, err))
	}
	in, err := saml.ReadPOST(r.PostForm, r.URL.RawQuery)
	if err != nil {
		return h.fail(r, failed(audit.ReasonMalformedRequest, err))
	}
	return h.serve(w, r, in)
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request, in *saml.Inbound) error {
	a, err := h.accept(in)
	if err != nil {
		return h.fail(r, err)
	}
	return h.answer(w, r, a)
}
