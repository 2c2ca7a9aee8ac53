package browser_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/admin"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/portal"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/web"
)

// story is one page in one state, with made-up data.
type story struct {
	name   string
	page   string // template
	status int
	data   any
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

var (
	ada   = httpserver.Account{Name: "Ada Lovelace", Here: "apps"}
	owner = httpserver.Account{Name: "Grace Brewster Murray Hopper", Owner: true, Here: "apps"}
)

// stories is every page in every state that looks different.
var stories = []story{
	{"login", "portal/login", 200, portal.LoginPage{Action: "/login"}},
	{"login-app", "portal/login", 200, portal.LoginPage{Action: "/login?app=goto&next=%2Fsaml%2Fresume%2Fx", App: "Citrix GoToMeeting"}},
	{"login-again", "portal/login", 200, portal.LoginPage{Action: "/login?again=1", App: "Payroll", Again: "Ada Lovelace", UserName: "ada"}},
	{"login-wrong", "portal/login", 422, portal.LoginPage{Action: "/login", UserName: "ada", Problem: "User name or password is wrong.", Wrong: true}},
	{"login-wait", "portal/login", 429, portal.LoginPage{Action: "/login", App: "Payroll", UserName: "ada@example.org", Problem: "Too many tries. Please wait 30 seconds and try again."}},
	{"login-unset", "portal/login", 200, portal.LoginPage{Action: "/login", NotSetUp: true}},
	{"login-noowner", "portal/login", 200, portal.LoginPage{Action: "/login", NoOwner: true}},
	{"panel", "portal/panel", 200, portal.PanelPage{Account: ada, Apps: tiles}},
	{"panel-owner", "portal/panel", 200, portal.PanelPage{Account: owner, Apps: tiles[:1]}},
	{"panel-empty", "portal/panel", 200, portal.PanelPage{Account: ada}},
	{"panel-empty-owner", "portal/panel", 200, portal.PanelPage{Account: owner}},
	{"signout", "portal/signout", 200, portal.SignOutPage{Account: httpserver.Account{Name: "Ada Lovelace", Here: "logout"}}},
	{"signedout", "portal/signedout", 200, portal.SignedOutPage{}},
	{"signedout-apps", "portal/signedout", 200, portal.SignedOutPage{Apps: []portal.ToldApp{
		{Name: "Citrix GoToMeeting", Outcome: "confirmed"}, {Name: "Payroll", Outcome: "silent"}, {Name: "An app with quite a long name, as they have", Outcome: "unable"},
	}}},
	{"setup", "portal/setup", 200, setupPage("", "")},
	{"setup-wrong", "portal/setup", 422, setupPage("password", "This password is too short: use 10 characters or more. A few words that do not belong together work well.")},
	{"setup-conflict", "portal/setup", 422, setupPage("other", "Something else is in the way.")},
	{"setup-old", "portal/setupold", 404, nil},
	{"error-internal", "error", 500, errorPage(fault.Internal, fault.Apology, "")},
	{"error-notfound", "error", 404, errorPage(fault.NotFound, "There is no page at this address.", "")},
	{"error-invalid", "error", 400, errorPage(fault.Invalid, "The app asked us to send you to an address that we do not know.", "acs_not_registered")},
	{"error-conflict", "error", 409, errorPage(fault.Conflict, "This sign-in was used already. Go back to the app and start again.", "request_replayed")},
	{"error-unauthenticated", "error", 401, errorPage(fault.Unauthenticated, "You are not signed in.", "")},
	{"error-forbidden", "error", 403, errorPage(fault.Forbidden, "You have no access to this app. Ask for it if you need it.", "not_assigned")},
	{"error-unavailable", "error", 503, errorPage(fault.Unavailable, "The database does not answer. Please try again in a minute.", "")},
	{"admin", "admin/overview", 200, overview},
	{"admin-empty", "admin/overview", 200, admin.OverviewPage{Account: overview.Account, People: 1, Commands: overview.Commands}},
}

var tiles = []portal.Tile{
	{Slug: "goto", Name: "Citrix GoToMeeting"},
	{Slug: "payroll", Name: "Payroll"},
	{Slug: "wiki", Name: "Team wiki"},
	{Slug: "zoom", Name: "Zoom"},
	{Slug: "grafana", Name: "Grafana"},
	{Slug: "long", Name: "Enterprise Resource Planning and Donaudampfschifffahrtsgesellschaftsverwaltung"},
	{Slug: "crm", Name: "Customer relations"},
	{Slug: "x", Name: "Ж"},
}

func setupPage(wrong, problem string) portal.SetupPage {
	page := portal.SetupPage{Action: "/setup/token", English: true, Fields: []portal.Field{
		{Name: "email", Label: "setup.email", Type: "email", Autocomplete: "username", Value: "grace@example.org", Max: 256, Required: true},
		{Name: "given-name", Label: "setup.given", Type: "text", Autocomplete: "given-name", Value: "Grace", Max: 256},
		{Name: "family-name", Label: "setup.family", Type: "text", Autocomplete: "family-name", Max: 256},
		{Name: "password", Label: "setup.password", Hint: "setup.password.hint", Type: "password", Autocomplete: "new-password", Max: 256, Required: true},
	}}
	for i := range page.Fields {
		if page.Fields[i].Name == wrong {
			page.Fields[i].Problem, page.Fields[i].Focus = problem, true
			return page
		}
	}
	page.Problem = problem
	return page
}

func errorPage(kind fault.Kind, message, code string) httpserver.ErrorPage {
	return httpserver.ErrorPage{
		Title: "error." + strings.ReplaceAll(kind.String(), " ", ""), Message: message, English: true, Code: code, Reference: "7K3QX9M2TD", At: noon,
		SignIn: kind == fault.Unauthenticated,
	}
}

var overview = admin.OverviewPage{
	Account: httpserver.Account{Name: "Grace Hopper", Owner: true, Here: "admin"}, People: 1204, AppCount: 73,
	Apps: []admin.AppRow{
		{Name: "Citrix GoToMeeting", Slug: "goto", EntityID: "https://authentication.logmeininc.com/saml/sp", State: admin.State{Word: "On", Class: "ok"}, People: 212},
		{Name: "Payroll", Slug: "payroll", EntityID: "urn:example:payroll", State: admin.State{Word: "Nobody assigned", Class: "warn"}},
		{Name: "Old wiki", Slug: "wiki", EntityID: "https://wiki.example.org/a-path-that-is-quite-long-because-entity-identifiers-often-are/metadata.xml?version=2", State: admin.State{Word: "Switched off"}, People: 4},
	},
	SignIns: []admin.SignInRow{
		{At: noon.Add(-20 * time.Second), Who: "ada", Where: "Citrix GoToMeeting", What: "Open an app", State: admin.State{Word: "Success", Class: "ok"}, Reference: "7K3QX9M2TD", Address: "192.0.2.17"},
		{
			At: noon.Add(-3 * time.Minute), What: "Open an app", State: admin.State{Word: "Refused", Class: "bad"}, Where: "Payroll",
			Why:    "Payroll asks to be answered at https://payroll.example.org/saml/acs2; registered is https://payroll.example.org/saml/acs.",
			Advice: "The request asks for an answer at an address that is not registered for the app. Add the address to the app if it is the app's own.", Reference: "0A1B2C3D4E", Address: "2001:db8:1234:5678:9abc:def0:1234:5678",
		},
		{At: noon.Add(-26 * time.Hour), Who: "eve@example.org", What: "Sign in", State: admin.State{Word: "Refused", Class: "bad"}, Advice: "User name or password was wrong.", Reference: "ZZZZZZZZZZ", Address: "203.0.113.9"},
	},
	Certificates: []admin.CertificateRow{
		{For: "All apps", Algorithm: "rsa-2048", Role: admin.State{Word: "Signs", Class: "ok"}, Expiry: admin.State{Word: "41 days left", Class: "warn"}, NotAfter: noon.AddDate(0, 0, 41), SHA256: fingerprint},
		{For: "All apps", Algorithm: "rsa-2048", Role: admin.State{Word: "Waiting"}, Expiry: admin.State{Word: "Valid", Class: "ok"}, NotAfter: noon.AddDate(3, 0, 0), SHA256: fingerprint},
		{For: "Payroll", Algorithm: "ec-p256", Role: admin.State{Word: "Retired"}, Expiry: admin.State{Word: "Expired", Class: "bad"}, NotAfter: noon.AddDate(0, -1, 0), SHA256: fingerprint},
	},
	Commands: []admin.Command{{Does: "Add an app from its metadata", Line: "lanyard app add --metadata FILE-OR-URL"}, {Does: "Make another administrator", Line: "lanyard admin link"}},
}

var fingerprint = strings.TrimSuffix(strings.Repeat("AB:", 32), ":")

// book serves the stories at /story/{language}/{name}, each under the policy that it has in the program.
type book struct{ pages *httpserver.Pages }

func (b book) Routes(r chi.Router) {
	page := httpserver.Adapter{Pages: b.pages}.Handle
	for _, s := range stories {
		r.Get("/story/{language}/"+s.name, page(func(w http.ResponseWriter, r *http.Request) error {
			r.Header.Set("Accept-Language", chi.URLParam(r, "language"))
			return b.pages.Render(w, r, s.status, s.page, s.data)
		}))
	}
	r.Get("/story/{language}/post", page(b.post))
}

// post is the page that carries a message to an app; it leads nowhere here.
func (b book) post(w http.ResponseWriter, r *http.Request) error {
	style, err := b.pages.Asset("app.css")
	if err != nil {
		return err
	}
	html, err := saml.AppendPostForm(nil, saml.PostForm{
		Action: "http://127.0.0.1:9/acs", Field: "SAMLResponse", Message: []byte("<x/>"), Lang: "en", Stylesheet: style,
		Title: "Signing in to Payroll…", Heading: "Signing in to Payroll…", NoScript: web.English["post.noscript"], Button: "Continue to Payroll",
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", saml.PostFormCSP)
	_, err = w.Write(html)
	return err
}

func loadPages(t *testing.T) *httpserver.Pages {
	t.Helper()
	pages, err := httpserver.LoadPages(web.FS, httpserver.Texts{httpserver.English: web.English, httpserver.Dutch: web.Dutch},
		httpserver.Cookies{}, func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// serve starts the storybook and gives its address.
func serve(t *testing.T) string {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	public := &url.URL{Scheme: "http", Host: server.Listener.Addr().String()}
	s := &httpserver.Server{Pages: loadPages(t), Log: slog.New(slog.DiscardHandler), PublicURL: public}
	s.Mount(httpserver.ForPages, book{s.Pages})
	server.Config.Handler = s.Handler()
	server.Start()
	t.Cleanup(server.Close)
	return fmt.Sprint(public)
}
