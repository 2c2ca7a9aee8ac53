package admin

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/gallery"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/metadata"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

// Routes lists the pages; under the policy httpserver.ForConsole. A POST changes something and answers 303 with the page
// to go on with; when it cannot, it draws its form again.
func (h *Handler) Routes(r chi.Router) {
	get := func(path string, page ownerPage) { r.Get(path, h.page(page)) }
	post := func(path string, page ownerPage) { r.Post(path, h.page(page)) }

	get("/admin", h.overview)
	h.peopleRoutes(r)

	get("/admin/apps", h.listApps)
	get("/admin/apps/add", h.gallery)
	get("/admin/apps/add/custom", h.askCustom)
	post("/admin/apps/add/custom", h.addCustom)
	get("/admin/apps/add/{template}", h.askTemplate)
	post("/admin/apps/add/{template}", h.addTemplate)

	get("/admin/apps/{app}", h.showApp)
	get("/admin/apps/{app}/state", h.toApp)
	post("/admin/apps/{app}/state", h.switchApp)
	get("/admin/apps/{app}/remove", h.askRemove)
	post("/admin/apps/{app}/remove", h.removeApp)
	get("/admin/apps/{app}/settings", h.askSettings)
	post("/admin/apps/{app}/settings", h.saveSettings)
	get("/admin/apps/{app}/configure", h.configure)
	post("/admin/apps/{app}/configure", h.markConfigured)
	get("/admin/apps/{app}/certificate", h.certificate)
	get("/admin/apps/{app}/users", h.assigned)
	post("/admin/apps/{app}/users", h.assign)
}

// Handler holds what the pages need.
type Handler struct {
	Pages     *httpserver.Pages
	Store     *postgres.Store
	PublicURL string                                         // without a slash at the end
	Gallery   *gallery.Folder                                // the apps that are ready to be added
	Fetch     metadata.Getter                                // of metadata from addresses that administrators type
	Visitor   func(r *http.Request) (*directory.User, error) // who is signed in at this browser; nil for nobody
	Hasher    *auth.Hasher                                   // of passwords; the one of the process
	Now       func() time.Time
}

// ownerPage answers an administrator.
type ownerPage func(w http.ResponseWriter, r *http.Request, owner *directory.User) error

// ownersOnly is translated by a text of the catalogue.
const ownersOnly = "Only administrators may see this page. Ask one of them if you need it."

// page lets administrators in, sends strangers to sign in and come back, and tells everybody else no. What is changed on
// the way is recorded as done by the administrator.
func (h *Handler) page(next ownerPage) http.HandlerFunc {
	return httpserver.Adapter{Pages: h.Pages}.Handle(func(w http.ResponseWriter, r *http.Request) error {
		user, err := h.Visitor(r)
		switch {
		case err != nil:
			return err
		case user == nil:
			http.Redirect(w, r, "/login?"+url.Values{"next": {comeBack(r)}}.Encode(), http.StatusSeeOther)
			return nil
		case user.Role != directory.RoleOwner:
			return fault.New(fault.Forbidden, ownersOnly)
		}
		return next(w, r.WithContext(acting(r.Context(), user)), user)
	})
}

// comeBack is where to go on after signing in: the page itself, or the list that a form belongs to.
func comeBack(r *http.Request) string {
	if r.Method == http.MethodPost {
		return r.URL.Path
	}
	return r.URL.RequestURI()
}

func acting(ctx context.Context, user *directory.User) context.Context {
	return audit.WithActor(ctx, user.UserName, httpserver.Address(ctx))
}

// account is the bar at the top.
func account(owner *directory.User) httpserver.Account {
	return httpserver.Account{Name: owner.Name(), Owner: true, Here: "admin"}
}

// goOn sends the browser on after a change.
func goOn(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
