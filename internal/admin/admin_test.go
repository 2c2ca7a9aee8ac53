package admin_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lanyard-idp/lanyard/internal/admin"
	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/gallery"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
	"github.com/lanyard-idp/lanyard/web"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// console is the pages on a database of their own, with one administrator.
type console struct {
	t       *testing.T
	pool    *pgxpool.Pool
	store   *postgres.Store
	owner   directory.User
	visitor *directory.User // who is at the browser
	h       *admin.Handler
	server  http.Handler
}

func open(t *testing.T) *console {
	t.Helper()
	pages, err := httpserver.LoadPages(web.FS, httpserver.Texts{httpserver.English: web.English, httpserver.Dutch: web.Dutch}, httpserver.Cookies{}, func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	c := &console{t: t, pool: postgrestest.Pool(t)}
	c.store = postgres.New(c.pool)
	c.owner = c.user("grace", directory.RoleOwner)
	c.visitor = &c.owner
	c.h = &admin.Handler{
		Pages: pages, Store: c.store, PublicURL: "https://idp.example", Gallery: &gallery.Folder{}, Now: pages.Now,
		Visitor: func(*http.Request) (*directory.User, error) { return c.visitor, nil },
	}
	s := &httpserver.Server{Pages: pages, Log: slog.New(slog.DiscardHandler), PublicURL: &url.URL{Scheme: "http", Host: "idp.example"}}
	s.Mount(httpserver.ForConsole, c.h)
	c.server = s.Handler()
	return c
}

func (c *console) user(name string, role directory.Role) directory.User {
	c.t.Helper()
	u := directory.User{UserName: name, Email: name + "@example.org", Role: role}
	c.must(c.store.CreateUser(context.Background(), &u, ""))
	return u
}

// app keeps an app; change may say more of it.
func (c *console) app(name string, change ...func(*apps.App)) apps.App {
	c.t.Helper()
	a := apps.App{Name: name, EntityID: "urn:" + apps.SlugFrom(name), Enabled: true}
	_, err := a.Set("acs=https://" + apps.SlugFrom(name) + ".example/acs")
	c.must(err)
	for _, f := range change {
		f(&a)
	}
	c.must(c.store.CreateApp(context.Background(), &a))
	return a
}

// key keeps an active signing certificate that all apps share.
func (c *console) key() certs.Certificate {
	c.t.Helper()
	return c.keyFor("", certs.Active, noon.AddDate(3, 0, 0))
}

func (c *console) keyFor(app apps.ID, state certs.State, until time.Time) certs.Certificate {
	c.t.Helper()
	pair, err := certs.Create(certs.ECP256, "idp.example", certs.DefaultValidity, noon)
	c.must(err)
	k := certs.Sealed{Certificate: pair.Certificate, PrivateKey: []byte("sealed")}
	k.AppID, k.NotAfter = app, until
	c.must(c.store.CreateSigningKey(context.Background(), &k))
	if state != certs.Next {
		_, err = c.pool.Exec(context.Background(), `UPDATE signing_keys SET state = $2 WHERE id = $1`, k.ID, state)
		c.must(err)
	}
	return k.Certificate
}

func (c *console) get(target string) *httptest.ResponseRecorder {
	return c.ask(httptest.NewRequest("GET", target, nil))
}

func (c *console) post(target string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.ask(r)
}

func (c *console) ask(r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	c.server.ServeHTTP(rec, r)
	return rec
}

func (c *console) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// shows fails unless the page has the status and every text.
func (c *console) shows(w *httptest.ResponseRecorder, status int, texts ...string) {
	c.t.Helper()
	if w.Code != status {
		c.t.Errorf("status %d, want %d", w.Code, status)
	}
	for _, want := range texts {
		if !strings.Contains(w.Body.String(), want) {
			c.t.Errorf("the page lacks %q", want)
		}
	}
	if c.t.Failed() {
		c.t.Fatalf("%d %v\n%s", w.Code, w.Header(), w.Body)
	}
}

// leads fails unless the answer sends the browser there.
func (c *console) leads(w *httptest.ResponseRecorder, to string) {
	c.t.Helper()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != to {
		c.t.Fatalf("%d to %q, want %q\n%s", w.Code, w.Header().Get("Location"), to, w.Body)
	}
}

func TestConsoleIsForAdministrators(t *testing.T) {
	c := open(t)
	c.app("Payroll")
	c.visitor = nil
	c.leads(c.get("/admin?x=1"), "/login?next=%2Fadmin%3Fx%3D1")
	c.visitor = &directory.User{UserName: "ada"}
	w := c.get("/admin")
	if w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "Payroll") {
		t.Errorf("somebody: %d\n%s", w.Code, w.Body)
	}
}

func TestOverviewTellsWhatThereIsAndWhatIsWrong(t *testing.T) {
	c, ctx := open(t), context.Background()
	everyone := func(a apps.App) { c.must(c.store.Assign(ctx, a.ID, apps.Assignee{Everyone: true})) }
	payroll := c.app("Payroll")
	everyone(payroll)
	everyone(c.app("Wiki", func(a *apps.App) { a.Enabled = false }))
	c.app("Lonely")
	bare := c.app("Bare")
	everyone(bare)
	_, err := c.pool.Exec(ctx, `UPDATE apps SET settings = '{}' WHERE id = $1`, bare.ID)
	c.must(err)
	for _, s := range []audit.SignIn{
		{At: noon.Add(-time.Minute), Kind: audit.KindSignIn, UserName: "eve<script>", Reason: audit.ReasonCredentialsWrong, Reference: "REF1"},
		{At: noon, Kind: audit.KindSignOn, AppName: "Payroll", Reason: audit.ReasonACSNotRegistered, Detail: audit.Detail{Explanation: "asked for A, registered is B"}},
	} {
		c.must(c.store.RecordSignIn(ctx, s))
	}
	c.keyFor("", certs.Active, noon.Add(6*24*time.Hour))
	c.keyFor("", certs.Next, noon.Add(59*24*time.Hour))
	c.keyFor(payroll.ID, certs.Retired, noon.Add(-time.Second))
	c.shows(c.get("/admin"), 200, "4 apps · 1 person", "Switched off", "Nobody assigned", "No address for answers",
		"eve&lt;script&gt;", "1 minute ago", "User name or password was wrong.", "REF1", "asked for A, registered is B",
		"not registered for the app", "6 days left", "59 days left", "Expired", "lanyard doctor")
}
