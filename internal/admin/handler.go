package admin

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
)

// Routes lists the pages; under the policy httpserver.ForPages.
func (h *Handler) Routes(r chi.Router) {
	page := httpserver.Adapter{Pages: h.Pages}.Handle

	r.Get("/admin", page(h.owner(h.overview)))
}

// Handler holds what the pages need.
type Handler struct {
	Pages   *httpserver.Pages
	Store   Store
	Visitor func(r *http.Request) (*directory.User, error) // who is signed in at this browser; nil for nobody
	Now     func() time.Time
}

// Store is what the pages read.
type Store interface {
	Apps(ctx context.Context) ([]apps.App, error)
	EffectiveCount(ctx context.Context, id apps.ID) (int, error)
	CountUsers(ctx context.Context, search string) (int, error)
	RecentSignIns(ctx context.Context, n int) ([]audit.SignIn, error)
	SigningKeys(ctx context.Context) ([]certs.Certificate, error)
}

// ownerPage answers an administrator.
type ownerPage func(w http.ResponseWriter, r *http.Request, owner *directory.User) error

// ownersOnly is translated by a text of the catalogue.
const ownersOnly = "Only administrators may see this page. Ask one of them if you need it."

// owner lets administrators in, sends strangers to sign in and come back, and tells everybody else no.
func (h *Handler) owner(next ownerPage) httpserver.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		user, err := h.Visitor(r)
		switch {
		case err != nil:
			return err
		case user == nil:
			http.Redirect(w, r, "/login?"+url.Values{"next": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
			return nil
		case user.Role != directory.RoleOwner:
			return fault.New(fault.Forbidden, ownersOnly)
		}
		return next(w, r, user)
	}
}
