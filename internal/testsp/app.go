package testsp

import (
	"bytes"
	_ "embed"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/crewjam/saml"
	"github.com/crewjam/saml/samlsp"
	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
)

// Path is where the app lives below our public URL; Slug is its name in our URLs.
const (
	Path = "/test-app/"
	Slug = "test-app"
)

// EntityID and ACS are what an identity provider must know of the app.
func EntityID(publicURL string) string { return publicURL + Path + "metadata" }
func ACS(publicURL string) string      { return publicURL + Path + "acs" }

// App is the test app as part of our server.
type App struct {
	PublicURL  string                 // without a trailing slash
	Metadata   func() ([]byte, error) // our own metadata, as the app would fetch it
	Stylesheet string
	Cookies    httpserver.Cookies
	Adapter    httpserver.Adapter
	Now        func() time.Time

	visits memory
	mu     sync.Mutex
	known  []byte // the metadata that idp was parsed from
	idp    *saml.EntityDescriptor
}

// Routes are the app's pages.
func (a *App) Routes(r chi.Router) {
	r.Get(Path, a.Adapter.Handle(a.page))
	r.Get(Path+"login", a.Adapter.Handle(a.login))
	r.Get(Path+"metadata", a.Adapter.Handle(a.serveMetadata))
	r.Post(Path+"acs", a.Adapter.Handle(a.acs))
	r.Post(Path+"logout", a.Adapter.Handle(a.logout))
}

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// page shows what the app was told, or that it knows nobody.
func (a *App) page(w http.ResponseWriter, r *http.Request) error {
	v, _ := a.visits.get(a.Cookies.Read(r, cookie), a.Now())
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, struct {
		Visit      *visit
		Stylesheet string
		Home       string
	}{v, a.Stylesheet, a.PublicURL + "/"}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err := w.Write(b.Bytes())
	return err
}

// login starts at the app; with ?force=1 it asks for a fresh sign-in.
func (a *App) login(w http.ResponseWriter, r *http.Request) error {
	m, err := a.middleware()
	if err != nil {
		return err
	}
	if r.URL.Query().Get("force") == "1" {
		force := true
		m.ServiceProvider.ForceAuthn = &force
	}
	m.HandleStartAuthFlow(w, r)
	return nil
}

func (a *App) serveMetadata(w http.ResponseWriter, r *http.Request) error {
	m, err := a.middleware()
	if err != nil {
		return err
	}
	m.ServeMetadata(w, r)
	return nil
}

// acs takes the Response; what samlsp refuses becomes a page that says why.
func (a *App) acs(w http.ResponseWriter, r *http.Request) error {
	m, err := a.middleware()
	if err != nil {
		return err
	}
	var refused error
	m.OnError = func(_ http.ResponseWriter, _ *http.Request, err error) { refused = err }
	m.ServeACS(w, r)
	if refused == nil {
		return nil
	}
	if invalid, ok := refused.(*saml.InvalidResponseError); ok {
		refused = invalid.PrivateErr
		httpserver.Note(r.Context(), slog.String("test_app", refused.Error()))
	}
	return &fault.Error{Kind: fault.Forbidden, Message: "The test app did not accept the sign-in: " + refused.Error(), Cause: refused}
}

// logout forgets the visit here; it is the app's own affair.
func (a *App) logout(w http.ResponseWriter, r *http.Request) error {
	a.visits.drop(a.Cookies.Read(r, cookie))
	a.Cookies.Drop(w, cookie)
	http.Redirect(w, r, Path, http.StatusSeeOther)
	return nil
}

// middleware is samlsp for one request, with our metadata of this moment.
func (a *App) middleware() (*samlsp.Middleware, error) {
	idp, err := a.identityProvider()
	if err != nil {
		return nil, err
	}
	entity, err := url.Parse(EntityID(a.PublicURL))
	if err != nil {
		return nil, err
	}
	acs, err := url.Parse(ACS(a.PublicURL))
	if err != nil {
		return nil, err
	}
	tracker := &browser{app: a}
	return &samlsp.Middleware{
		ServiceProvider: saml.ServiceProvider{
			EntityID: EntityID(a.PublicURL), MetadataURL: *entity, AcsURL: *acs, IDPMetadata: idp,
			AllowIDPInitiated: true, AuthnNameIDFormat: saml.UnspecifiedNameIDFormat, DefaultRedirectURI: Path,
		},
		Binding: saml.HTTPRedirectBinding, ResponseBinding: saml.HTTPPostBinding,
		RequestTracker: tracker, Session: tracker, AssertionHandler: samlsp.DefaultAssertionHandler(samlsp.Options{}),
	}, nil
}

func (a *App) identityProvider() (*saml.EntityDescriptor, error) {
	doc, err := a.Metadata()
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.idp == nil || !bytes.Equal(doc, a.known) {
		if a.idp, err = samlsp.ParseMetadata(doc); err != nil {
			return nil, err
		}
		a.known = doc
	}
	return a.idp, nil
}
