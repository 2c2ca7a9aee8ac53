package admin_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/admin"
	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
	"github.com/lanyard-idp/lanyard/web"
)

// desk is the console with grace, the only administrator, at it.
type desk struct {
	t       *testing.T
	store   *postgres.Store
	visitor *directory.User
	handler http.Handler
	grace   *directory.User
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, store: postgres.New(postgrestest.Tx(t))}
	d.grace = &directory.User{Email: "grace@example.org", UserName: "grace", DisplayName: "Grace Hopper", Role: directory.RoleOwner}
	d.must(d.store.CreateUser(t.Context(), d.grace, "hash"))
	d.visitor = d.grace
	pages, err := httpserver.LoadPages(web.FS, httpserver.Texts{httpserver.English: web.English, httpserver.Dutch: web.Dutch}, httpserver.Cookies{}, func() time.Time { return noon })
	d.must(err)
	s := &httpserver.Server{Pages: pages, Log: slog.New(slog.DiscardHandler), PublicURL: &url.URL{Scheme: "http", Host: "idp.example"}}
	s.Mount(httpserver.ForConsole, &admin.Handler{
		Pages: pages, Store: d.store, Hasher: auth.NewHasher(), Now: pages.Now, Visitor: func(*http.Request) (*directory.User, error) { return d.visitor, nil },
	})
	d.handler = s.Handler()
	return d
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) person(name string) *directory.User {
	d.t.Helper()
	u := &directory.User{Email: name + "@example.org", UserName: name}
	d.must(d.store.CreateUser(d.t.Context(), u, "hash"))
	return u
}

func (d *desk) team(name string) *directory.Group {
	d.t.Helper()
	g := &directory.Group{Name: name}
	d.must(d.store.CreateGroup(d.t.Context(), g))
	return g
}

func (d *desk) app(name string, who ...apps.Assignee) *apps.App {
	d.t.Helper()
	a := &apps.App{Name: name, EntityID: "urn:" + name, Enabled: true, Settings: apps.Settings{
		ACS: []apps.Endpoint{{Binding: saml.BindingPOST, Location: "https://" + name + ".example/acs"}},
	}}
	d.must(d.store.CreateApp(d.t.Context(), a))
	for _, w := range who {
		d.must(d.store.Assign(d.t.Context(), a.ID, w))
	}
	return a
}

func (d *desk) signIn(u *directory.User) session.ID {
	d.t.Helper()
	id, err := d.store.OpenSession(d.t.Context(), session.Opening{Token: session.NewToken(), Session: session.Session{
		UserID: u.ID, CreatedAt: noon, LastSeenAt: noon, ExpiresAt: noon.Add(time.Hour), AuthnInstant: noon, Address: "192.0.2.17",
		UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
	}})
	d.must(err)
	return id
}

func (d *desk) sessions(u *directory.User) int {
	d.t.Helper()
	all, err := d.store.SessionsOf(d.t.Context(), u.ID, noon)
	d.must(err)
	return len(all)
}

func (d *desk) ask(method, target string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w
}

// shows gets a page and wants its status and texts on it; "-text" must not be there. It hands back the page.
func (d *desk) shows(status int, target string, texts ...string) string {
	d.t.Helper()
	return d.says(d.ask("GET", target, nil), status, texts...)
}

// refused sends a form that is drawn again.
func (d *desk) refused(status int, target string, form url.Values, texts ...string) string {
	d.t.Helper()
	return d.says(d.ask("POST", target, form), status, texts...)
}

func (d *desk) says(w *httptest.ResponseRecorder, status int, texts ...string) string {
	d.t.Helper()
	page := w.Body.String()
	if w.Code != status {
		d.t.Errorf("status %d, want %d", w.Code, status)
	}
	for _, text := range texts {
		if unwanted, no := strings.CutPrefix(text, "-"); no == strings.Contains(page, strings.TrimPrefix(text, "-")) {
			d.t.Errorf("on the page: %v; wanted: %v: %q", no, !no, unwanted)
		}
	}
	if d.t.Failed() {
		d.t.Logf("%s", page)
	}
	return page
}

// sent sends a form that is done, follows where it leads, and wants texts there.
func (d *desk) sent(target string, form url.Values, leads string, texts ...string) string {
	d.t.Helper()
	w := d.ask("POST", target, form)
	to := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !regexp.MustCompile("^"+leads+"$").MatchString(to) {
		d.t.Fatalf("%d to %q, want 303 to %s\n%s", w.Code, to, leads, w.Body)
	}
	return d.shows(http.StatusOK, to, texts...)
}

func (d *desk) lastEvent(object string) (action, actor string) {
	d.t.Helper()
	events, err := d.store.AuditEvents(d.t.Context(), postgres.EventFilter{Object: object, Limit: 1})
	d.must(err)
	return events[0].Action, events[0].Actor
}

const anID = `[0-9a-f-]{36}`

// everyAddress is each page and form of people and groups; {user} and {group} stand for ones that are there.
var everyAddress = []string{
	"GET /admin/people", "GET /admin/people/add", "POST /admin/people/add", "GET /admin/people/{user}", "POST /admin/people/{user}",
	"POST /admin/people/{user}/password", "POST /admin/people/{user}/state", "POST /admin/people/{user}/role", "POST /admin/people/{user}/unlock",
	"POST /admin/people/{user}/signout", "GET /admin/people/{user}/delete", "POST /admin/people/{user}/delete",
	"GET /admin/groups", "POST /admin/groups", "GET /admin/groups/{group}", "POST /admin/groups/{group}", "POST /admin/groups/{group}/members",
	"POST /admin/groups/{group}/remove", "GET /admin/groups/{group}/delete", "POST /admin/groups/{group}/delete",
}

func TestPeopleAndGroupsAreForAdministrators(t *testing.T) {
	d := newDesk(t)
	ada, staff := d.person("ada"), d.team("Staff")
	for _, address := range everyAddress {
		method, target, _ := strings.Cut(strings.NewReplacer("{user}", string(ada.ID), "{group}", string(staff.ID)).Replace(address), " ")
		d.visitor = nil
		if w := d.ask(method, target, nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/login?next="+url.QueryEscape(target) {
			t.Errorf("nobody, %s: %d to %q", address, w.Code, w.Header().Get("Location"))
		}
		d.visitor = ada
		if w := d.ask(method, target, nil); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "Staff") {
			t.Errorf("somebody, %s: %d", address, w.Code)
		}
	}
	if n, err := d.store.CountUsers(t.Context(), ""); n != 2 || err != nil {
		t.Errorf("%d people left, %v", n, err)
	}
}

func TestWhoIsNotThereIsNotFound(t *testing.T) {
	d := newDesk(t)
	for _, id := range []string{"nobody", "00000000-0000-4000-8000-000000000000"} {
		for _, address := range everyAddress {
			if !strings.Contains(address, "{") {
				continue
			}
			method, target, _ := strings.Cut(strings.NewReplacer("{user}", id, "{group}", id).Replace(address), " ")
			if w := d.ask(method, target, nil); w.Code != http.StatusNotFound {
				t.Errorf("%s %s: %d", method, target, w.Code)
			}
		}
	}
}

func TestAddressOfAFormLeadsToItsPage(t *testing.T) {
	d := newDesk(t)
	for target, page := range map[string]string{"/admin/people/x/password": "/admin/people/x", "/admin/groups/y/members": "/admin/groups/y"} {
		if w := d.ask("GET", target, nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != page {
			t.Errorf("%s: %d to %q", target, w.Code, w.Header().Get("Location"))
		}
	}
}

func TestPeopleAreListedInPagesAndFound(t *testing.T) {
	d := newDesk(t)
	d.shows(200, "/admin/people", "Grace Hopper", "grace@example.org", "Administrator", "1 person", "none known", "Add person", "-Next")
	var many []directory.User
	for i := range 60 {
		many = append(many, directory.User{Email: "u" + string(rune('a'+i/26)) + string(rune('a'+i%26)) + "@example.org"})
	}
	d.must(d.store.AddUsers(t.Context(), many))
	d.shows(200, "/admin/people", "61 people", "1–50 of 61", "uaa@example.org", "-uci@example.org", "?page=2")
	d.shows(200, "/admin/people?page=2", "51–61 of 61", "uch@example.org", "-uaa@example.org", "?page=1")
	d.shows(200, "/admin/people?page=99", "51–61 of 61")
	d.shows(200, "/admin/people?page=-1", "1–50 of 61")
	d.shows(200, "/admin/people?q=EXAMPLE&page=2", "51–61 of 61", "?page=1&amp;q=EXAMPLE", `value="EXAMPLE"`)
	d.shows(200, "/admin/people?q=+uaa%00%FF", "1 person with", "uaa@example.org", "-grace@")
	d.shows(200, "/admin/people?q=%3Cscript%3E", "Nobody has “&lt;script&gt;”", "Show everybody")
}

func TestPersonIsAddedWithAMadeUpPassword(t *testing.T) {
	d := newDesk(t)
	d.shows(200, "/admin/people/add", "Add a person", "department=Sales")
	page := d.refused(200, "/admin/people/add", url.Values{
		"email": {"ada@example.org"}, "given-name": {"Ada"}, "family-name": {"Lovelace"}, "attributes": {"department=Engines\r\ndepartment=Poetry"},
	}, "Ada Lovelace is added", "shown now and never again")
	u, err := d.store.FindUser(t.Context(), "ada@example.org")
	d.must(err)
	if got := u.Attributes["department"]; len(got) != 2 || u.Role != directory.RoleNone || u.UserName != "ada@example.org" {
		t.Errorf("%+v", u)
	}
	made := regexp.MustCompile(`id="made" type="text" value="([^"]+)"`).FindStringSubmatch(page)
	if made == nil || len(made[1]) < 20 {
		t.Fatal("no password")
	}
	d.opens("ada@example.org", made[1])
	if action, actor := d.lastEvent(u.Object()); action != "user.create" || actor != "grace" {
		t.Errorf("%s by %s", action, actor)
	}
}

// opens wants a password to be the person's.
func (d *desk) opens(name, password string) {
	d.t.Helper()
	signIn := &auth.Authenticator{Store: d.store, Hasher: auth.NewHasher(), Now: time.Now, Logger: slog.New(slog.DiscardHandler)}
	if _, err := signIn.SignIn(context.Background(), auth.Attempt{UserName: name, Password: password, Address: "192.0.2.1"}); err != nil {
		d.t.Errorf("%s cannot sign in: %v", name, err)
	}
}

func TestPersonIsAddedWithAChosenPassword(t *testing.T) {
	d := newDesk(t)
	const password = "correct horse battery staple"
	page := d.sent("/admin/people/add", url.Values{"email": {"ada@example.org"}, "username": {"ada"}, "password": {password}}, "/admin/people/"+anID+`\?done=added`, "Added.")
	if strings.Contains(page, password) {
		t.Error("the password is on the page")
	}
	d.opens("ada", password)
}

func TestWrongPersonIsAskedForAgain(t *testing.T) {
	d := newDesk(t)
	for what, c := range map[string]struct {
		form   url.Values
		status int
		says   string
	}{
		"nothing":                     {url.Values{}, 422, "is not an e-mail address"},
		"no address":                  {url.Values{"email": {"ada at home"}}, 422, "is not an e-mail address"},
		"an address that is taken":    {url.Values{"email": {"GRACE@example.org"}, "username": {"other"}}, 409, "Somebody"},
		"a user name that is taken":   {url.Values{"email": {"ada@example.org"}, "username": {"Grace"}}, 409, "Somebody signs in as"},
		"a line that is no attribute": {url.Values{"email": {"ada@example.org"}, "attributes": {"department"}}, 422, "is no attribute"},
		"an attribute that is too long": {
			url.Values{"email": {"ada@example.org"}, "attributes": {"department=" + strings.Repeat("x", 300)}}, 422, "department: This is longer than 256 characters.",
		},
		"a short password":       {url.Values{"email": {"ada@example.org"}, "password": {"tiny"}}, 422, "too short"},
		"their name as password": {url.Values{"email": {"ada.lovelace@example.org"}, "password": {"ada.lovelace"}}, 422, "easy to guess"},
	} {
		t.Run(what, func(t *testing.T) {
			d.t = t
			c.form.Set("given-name", "Ada <3")
			page := d.refused(c.status, "/admin/people/add", c.form, c.says, "Ada &lt;3", `aria-invalid="true"`, "-tiny", `-value="ada.lovelace"`)
			if strings.Count(page, `role="alert"`) != 1 {
				t.Error("not one message")
			}
		})
	}
	d.t = t
	if n, err := d.store.CountUsers(t.Context(), ""); n != 1 || err != nil {
		t.Errorf("%d people, %v", n, err)
	}
}
