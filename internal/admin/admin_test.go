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

	"github.com/lanyard-idp/lanyard/internal/admin"
	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/web"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// world is a small organisation.
type world struct{ visitor *directory.User }

func (world) Apps(context.Context) ([]apps.App, error) {
	acs := apps.Settings{ACS: []apps.Endpoint{{Location: "https://x.example/acs"}}}
	return []apps.App{
		{ID: "a", Name: "Payroll", Enabled: true, Settings: acs},
		{ID: "b", Name: "Wiki", Settings: acs},
		{ID: "c", Name: "Lonely", Enabled: true, Settings: acs},
		{ID: "d", Name: "Bare", Enabled: true},
	}, nil
}

func (world) EffectiveCount(_ context.Context, id apps.ID) (int, error) {
	return map[apps.ID]int{"a": 212, "b": 3, "d": 1}[id], nil
}
func (world) CountUsers(context.Context, string) (int, error) { return 1204, nil }

func (world) RecentSignIns(context.Context, int) ([]audit.SignIn, error) {
	return []audit.SignIn{
		{At: noon.Add(-time.Minute), Kind: audit.KindSignIn, UserName: "eve<script>", Reason: audit.ReasonCredentialsWrong, Reference: "REF1"},
		{At: noon, Kind: audit.KindSignOn, AppName: "Payroll", Reason: audit.ReasonACSNotRegistered, Detail: audit.Detail{Explanation: "asked for A, registered is B"}},
	}, nil
}

func (world) SigningKeys(context.Context) ([]certs.Certificate, error) {
	return []certs.Certificate{
		{State: certs.Active, Algorithm: certs.RSA2048, NotAfter: noon.Add(6 * 24 * time.Hour)},
		{State: certs.Next, Algorithm: certs.RSA2048, NotAfter: noon.Add(59 * 24 * time.Hour)},
		{State: certs.Retired, AppID: "a", NotAfter: noon.Add(-time.Second)},
	}, nil
}

func ask(t *testing.T, w world, target string) *httptest.ResponseRecorder {
	t.Helper()
	pages, err := httpserver.LoadPages(web.FS, httpserver.Texts{httpserver.English: web.English, httpserver.Dutch: web.Dutch}, httpserver.Cookies{}, func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	s := &httpserver.Server{Pages: pages, Log: slog.New(slog.DiscardHandler), PublicURL: &url.URL{Scheme: "http", Host: "idp.example"}}
	s.Mount(httpserver.ForPages, &admin.Handler{Pages: pages, Store: w, Now: pages.Now, Visitor: func(*http.Request) (*directory.User, error) { return w.visitor, nil }})
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, httptest.NewRequest("GET", target, nil))
	return rec
}

func TestConsoleIsForAdministrators(t *testing.T) {
	if w := ask(t, world{}, "/admin?x=1"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/login?next=%2Fadmin%3Fx%3D1" {
		t.Errorf("nobody: %d to %q", w.Code, w.Header().Get("Location"))
	}
	w := ask(t, world{&directory.User{UserName: "ada"}}, "/admin")
	if w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "Payroll") {
		t.Errorf("somebody: %d\n%s", w.Code, w.Body)
	}
}

func TestOverviewTellsWhatThereIsAndWhatIsWrong(t *testing.T) {
	w := ask(t, world{&directory.User{UserName: "grace", Role: directory.RoleOwner}}, "/admin")
	page := w.Body.String()
	for _, want := range []string{
		"4 apps · 1204 people", "212", "Switched off", "Nobody assigned", "No address for answers",
		"eve&lt;script&gt;", "1 minute ago", "User name or password was wrong.", "REF1", "asked for A, registered is B",
		"not registered for the app", "6 days left", "59 days left", "Expired", "lanyard app add", "lanyard doctor",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if w.Code != 200 || t.Failed() {
		t.Logf("%d\n%s", w.Code, page)
	}
}
