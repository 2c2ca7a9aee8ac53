package portal

import (
	"math"
	"net/http"
	"net/url"
	"time"

	"github.com/lanyard-idp/lanyard/internal/httpserver"
)

// LoginPage is portal/login.
type LoginPage struct {
	App      string // name of the app that the person is on the way to
	Again    string // name of the person who is signed in but has to prove it anew
	NotSetUp bool   // there is nobody at all
	NoOwner  bool   // there are people, but none of them is an administrator
	Action   string // where the form goes; it carries next and app, so that nothing is lost on the way
	UserName string
	Problem  string
	Wrong    bool // Problem is about what was typed
}

// loginPage is the empty form. The app's name is looked up: what an address says must not appear as ours.
func (h *Handler) loginPage(r *http.Request) (LoginPage, error) {
	q := r.URL.Query()
	page := LoginPage{Action: loginAction(q)}
	if slug := q.Get("app"); slug != "" {
		page.App = h.AppName(slug)
	}
	if ready, err := h.setUp(r); ready || err != nil {
		return page, err
	}
	people, err := h.Store.CountUsers(r.Context(), "")
	page.NotSetUp, page.NoOwner = people == 0, people > 0
	return page, err
}

// loginAction keeps of the address what we know.
func loginAction(q url.Values) string {
	keep := url.Values{}
	if next := q.Get("next"); httpserver.Local(next) {
		keep.Set("next", next)
	}
	if app := q.Get("app"); app != "" {
		keep.Set("app", app)
	}
	if q.Get("again") == "1" {
		keep.Set("again", "1")
	}
	if len(keep) == 0 {
		return "/login"
	}
	return "/login?" + keep.Encode()
}

// setUp says whether there has ever been an administrator. Once yes, always yes: the store keeps the last one.
func (h *Handler) setUp(r *http.Request) (bool, error) {
	if h.ready.Load() {
		return true, nil
	}
	owners, err := h.Store.CountOwners(r.Context())
	if err != nil {
		return false, err
	}
	h.ready.Store(owners > 0)
	return owners > 0, nil
}

// waiting is the sentence for who has to wait, rounded up so that the next try is not too early.
func (h *Handler) waiting(r *http.Request, wait time.Duration) (string, error) {
	n, unit := seconds(wait), "second"
	if n > 90 {
		n, unit = (n+59)/60, "minute"
	}
	if n == 1 {
		return h.text(r, "login.wait."+unit)
	}
	return h.text(r, "login.wait."+unit+"s", n)
}

// seconds is at least one.
func seconds(wait time.Duration) int { return max(1, int(math.Ceil(wait.Seconds()))) }

// text is a text in the person's language.
func (h *Handler) text(r *http.Request, key string, args ...any) (string, error) {
	return h.Pages.Texts.Text(h.Pages.Language(r), key, args...)
}
