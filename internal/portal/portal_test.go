package portal_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/portal"
	"github.com/lanyard-idp/lanyard/internal/session"
	"github.com/lanyard-idp/lanyard/web"
)

const (
	adasToken = "adas-token"
	password  = "correct horse battery staple"
	goodLink  = "good-link"
)

// world is everything that the portal asks of others.
type world struct {
	owners    int
	others    int // people who are no administrators
	apps      []apps.App
	refuse    error // what SignIn answers
	attempts  []auth.Attempt
	ended     []string // tokens whose session ended
	spent     bool     // the set-up link
	completed []directory.User
}

func (w *world) SignIn(_ context.Context, a auth.Attempt) (auth.Result, error) {
	w.attempts = append(w.attempts, a)
	if w.refuse != nil {
		return auth.Result{}, w.refuse
	}
	return auth.Result{Token: session.TokenFrom("new-token"), Device: session.TokenFrom("new-device")}, nil
}

func (w *world) Lookup(_ context.Context, t session.Token) (session.Session, directory.User, error) {
	if t.Reveal() != adasToken {
		return session.Session{}, directory.User{}, fault.New(fault.Unauthenticated, "Sign in.")
	}
	return session.Session{}, directory.User{ID: "1", UserName: "ada", DisplayName: "Ada Lovelace"}, nil
}

func (w *world) Check(_ context.Context, link session.Token) error {
	if link.Reveal() != goodLink || w.spent {
		return fault.New(fault.NotFound, "Used.")
	}
	return nil
}

func (w *world) Complete(ctx context.Context, link session.Token, u directory.User, t auth.Attempt) (auth.Result, error) {
	if err := w.Check(ctx, link); err != nil {
		return auth.Result{}, err
	}
	if err := auth.CheckPassword(t.Password); err != nil {
		return auth.Result{}, err
	}
	w.spent, w.completed = true, append(w.completed, u)
	return w.SignIn(ctx, t)
}

func (w *world) SignOut(_ context.Context, t session.Token, r audit.SignIn) error {
	if r.At.IsZero() || r.Reference == "" || r.Address == "" {
		return errors.New("a record that tells nothing")
	}
	w.ended = append(w.ended, t.Reveal())
	return nil
}

func (w *world) CountOwners(context.Context) (int, error) { return w.owners, nil }

func (w *world) CountUsers(context.Context, string) (int, error) { return w.owners + w.others, nil }

func (w *world) AppsOfUser(context.Context, directory.UserID) ([]apps.App, error) { return w.apps, nil }

// serve is the portal inside the real server.
func serve(t *testing.T, w *world) http.Handler {
	t.Helper()
	pages, err := httpserver.LoadPages(web.FS, httpserver.Texts{httpserver.English: web.English, httpserver.Dutch: web.Dutch}, httpserver.Cookies{}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	s := &httpserver.Server{Pages: pages, Log: slog.New(slog.DiscardHandler), PublicURL: &url.URL{Scheme: "http", Host: "idp.example"}}
	s.Mount(httpserver.ForPages, &portal.Handler{Pages: pages, Auth: w, Sessions: w, Setup: w, Store: w, AppName: func(slug string) string {
		return map[string]string{"payroll": "Payroll & <Co>"}[slug]
	}})
	return s.Handler()
}

// visit makes a request; a form is sent as a POST from our own page.
func visit(h http.Handler, method, target string, form url.Values, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func get(h http.Handler, target string, header ...string) *httptest.ResponseRecorder {
	return visit(h, "GET", target, nil, header...)
}

// signedIn is the header of Ada's browser.
var signedIn = []string{"Cookie", "lanyard-session=" + adasToken}

var credentials = url.Values{"username": {"ada"}, "password": {password}}

// leadsTo checks for the only answer that a form of ours may have when it succeeds.
func leadsTo(t *testing.T, w *httptest.ResponseRecorder, want string) {
	t.Helper()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
		t.Errorf("status %d to %q, want 303 to %q", w.Code, w.Header().Get("Location"), want)
	}
}

// says checks a page for its status and parts of its text.
func says(t *testing.T, w *httptest.ResponseRecorder, status int, parts ...string) {
	t.Helper()
	if w.Code != status {
		t.Errorf("status %d, want %d", w.Code, status)
	}
	for _, part := range parts {
		if !strings.Contains(w.Body.String(), part) {
			t.Errorf("the page lacks %q:\n%s", part, w.Body)
		}
	}
}

func lacks(t *testing.T, w *httptest.ResponseRecorder, part string) {
	t.Helper()
	if strings.Contains(w.Body.String(), part) {
		t.Errorf("the page has %q:\n%s", part, w.Body)
	}
}
