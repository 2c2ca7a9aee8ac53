package browser_test

import (
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/test/browser"
)

// The newcomer does what the console and the README say, on the real program, and looks at each page on the way.
func TestNewcomerFindsTheWayFromTheConsoleToAnAppAndToAdministration(t *testing.T) {
	s := start(t, "--demo")
	n := &newcomer{service: s, user: s.says(`user name +(\S+)`), password: s.says(`password +(\S+)`), link: s.says(`(\S+/setup/\S+)`)}
	home := browser.Open(t)
	var app *browser.Page
	for _, step := range []struct {
		name string
		take func(*testing.T)
	}{
		{"sign in", func(t *testing.T) { n.signIn(t, home) }},
		// The tab outlives this step: it is the whole walk's.
		{"SSO-29 the tile opens the app in a new tab, signed in", func(t *testing.T) { app = n.opensTheTile(t, home) }},
		{"SSO-01 who is signed in enters by the app's own button without being asked", func(t *testing.T) { n.comesBackFromTheApp(t, app) }},
		{"AUTH-01 a fresh proof asks for the password", func(t *testing.T) { n.provesItAgain(t, app) }},
		{"sign out", func(t *testing.T) { n.signsOut(t, home) }},
		{"signed out, the app's button leads to the form, which names the app", func(t *testing.T) { n.startsAtTheAppSignedOut(t, app) }},
		{"the link makes an administrator", n.becomesAdministrator},
	} {
		if !t.Run(step.name, step.take) {
			return // nothing after it makes sense
		}
	}
}

type newcomer struct {
	*service
	user, password, link string
}

func (n *newcomer) signIn(t *testing.T, p *browser.Page) {
	p.Go(n.url + "/")
	at(t, p, n.url+"/login", "h1", "Sign in")
	p.Check("walk-1-sign-in")
	p.Submit(map[string]string{"username": n.user, "password": "not the password"})
	at(t, p, n.url+"/login", "#problem", "User name or password is wrong.")
	p.Check("walk-2-wrong-password")
	p.Submit(map[string]string{"username": n.user, "password": n.password})
	at(t, p, n.url+"/", "h1", "My apps")
	if got := browser.Eval[int](p, `document.querySelectorAll("a.app").length`); got != 1 {
		t.Fatalf("%d tiles, want one", got)
	}
	p.Check("walk-3-my-apps")
}

func (n *newcomer) opensTheTile(t *testing.T, home *browser.Page) *browser.Page {
	app := home.Opens("a.app")
	n.arrives(t, app, "no, it started at the identity provider")
	app.Check("walk-4-test-app-by-tile")
	if home.URL() != n.url+"/" {
		t.Errorf("the panel went to %s", home.URL())
	}
	return app
}

// arrives at the test app, signed in.
func (n *newcomer) arrives(t *testing.T, p *browser.Page, how string) {
	t.Helper()
	p.Arrive(n.url + "/test-app/")
	at(t, p, n.url+"/test-app/", "h1", "You are signed in as ada@example.org")
	for _, want := range []string{"Ada Lovelace", "Engines", "Staff", how} {
		if !strings.Contains(p.Text("main"), want) {
			t.Errorf("the test app does not show %q: %s", want, p.Text("main"))
		}
	}
}

func (n *newcomer) comesBackFromTheApp(t *testing.T, app *browser.Page) {
	app.Press("form[action$=logout] button")
	at(t, app, n.url+"/test-app/", "h1", "Nobody is signed in here")
	app.Check("walk-5-test-app-signed-out")
	asked := trace(t, app)
	app.Press("main a.button")
	n.arrives(t, app, "yes, to one that this app sent")
	asked.lacks("/login?")
	app.Check("walk-6-test-app-by-its-own-button")
}

func (n *newcomer) provesItAgain(t *testing.T, app *browser.Page) {
	app.Press("a[href$='force=1']")
	at(t, app, n.url+"/login", "h1", "Sign in to continue to Test app")
	if got := app.Text("main"); !strings.Contains(got, "You are signed in as Ada Lovelace") {
		t.Errorf("the page does not say why it asks again: %s", got)
	}
	app.Check("walk-7-fresh-proof")
	app.Submit(map[string]string{"password": n.password})
	n.arrives(t, app, "yes, to one that this app sent")
	app.Press("form[action$=logout] button")
}

func (n *newcomer) signsOut(t *testing.T, home *browser.Page) {
	home.Front().Press("a[href='/logout']")
	at(t, home, n.url+"/logout", "h1", "Sign out?")
	home.Check("walk-8-sign-out")
	home.Press("main form button")
	at(t, home, n.url+"/logout", "h1", "You are signed out")
	home.Check("walk-9-signed-out")
}

func (n *newcomer) startsAtTheAppSignedOut(t *testing.T, app *browser.Page) {
	app.Front().Press("main a.button")
	at(t, app, n.url+"/login", "h1", "Sign in to continue to Test app")
	app.Check("walk-10-sign-in-for-the-app")
	app.Submit(map[string]string{"username": n.user, "password": n.password})
	n.arrives(t, app, "yes, to one that this app sent")
}

func (n *newcomer) becomesAdministrator(t *testing.T) {
	p := browser.Open(t)
	p.Go(n.link)
	at(t, p, n.link, "h1", "Create an administrator")
	p.Check("walk-11-set-up")
	p.Submit(map[string]string{"email": "grace@example.org", "given-name": "Grace", "family-name": "Hopper", "password": "a bridge over nothing at all"})
	at(t, p, n.url+"/admin", "h1", "Administration")
	p.Check("walk-12-administration")
	p.Go(n.link)
	at(t, p, n.link, "h1", "This link does not work any more")
	p.Press("a.brand")
	at(t, p, n.url+"/", "h1", "My apps")
}

// at fails unless the tab is there, whatever the query, and an element says so.
func at(t *testing.T, p *browser.Page, address, css, text string) {
	t.Helper()
	where, _, _ := strings.Cut(p.URL(), "?")
	if where != address {
		t.Fatalf("the tab is at %s, not at %s: %s", p.URL(), address, p.Text("main"))
	}
	if got := p.Text(css); got != text {
		t.Fatalf("%s says %q, not %q: %s", css, got, text, p.Text("main"))
	}
}
