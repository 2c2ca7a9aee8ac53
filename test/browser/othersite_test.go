package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/test/browser"
)

const password = "correct horse battery staple"

// people adds Ada and Bob.
func (s *service) people() {
	s.t.Helper()
	for _, name := range []string{"ada", "bob"} {
		s.do(password+"\n", "user", "add", name+"@example.org", "--username", name, "--password-stdin")
	}
}

// Lanyard is at localhost and the app at 127.0.0.1: for a browser these are two sites, so what goes from one to the other
// takes no SameSite cookie along unless it is a plain visit.
func TestAppOnAnotherSiteSignsPeopleIn(t *testing.T) {
	s := start(t)
	s.people()
	wiki, payroll := s.join(t, "wiki"), s.join(t, "payroll")

	t.Run("SSO-01 MODE-01 MODE-02 POST-06 WEB-05 the way goes by Redirect, our form, and the app's redirect to another origin, and no policy stops it", func(t *testing.T) {
		p := browser.Open(t)
		p.Go(wiki.starting("first", "redirect"))
		signIn(t, p, "ada")
		wiki.lets(t, p, "first", "ada")
	})
	t.Run("SSO-02 WEB-02 a POST from another site brings no cookie, and yet the session is found", func(t *testing.T) {
		p := s.signedIn(t, "ada")
		asked := trace(t, p)
		p.Go(wiki.starting("by POST", "post"))
		wiki.lets(t, p, "by POST", "ada")
		asked.needs("POST " + s.url + "/saml/sso")
		asked.needs("GET " + s.url + "/saml/resume/")
		asked.lacks("/login")
	})
	t.Run("SSO-02 a POST from another site of somebody who is not signed in leads to the form and back", func(t *testing.T) {
		p := browser.Open(t)
		p.Go(wiki.starting("nobody by POST", "post"))
		p.Arrive(s.url + "/login")
		signIn(t, p, "ada")
		wiki.lets(t, p, "nobody by POST", "ada")
	})
	for _, binding := range []string{"redirect", "post"} {
		t.Run("AUTH-06 ERR-04 IsPassive by "+binding+" of somebody who is not signed in shows no page", func(t *testing.T) {
			p := browser.Open(t)
			asked := trace(t, p)
			p.Go(wiki.starting("passive", binding) + "&passive")
			p.Arrive(wiki.landing)
			if got := p.Text("h1"); !strings.Contains(got, "urn:oasis:names:tc:SAML:2.0:status:NoPassive") {
				t.Errorf("the app says %q", got)
			}
			asked.lacks("/login")
			wiki.expect(t)
		})
		t.Run("AUTH-07 IsPassive by "+binding+" of somebody who is signed in shows no page", func(t *testing.T) {
			p := s.signedIn(t, "ada")
			asked := trace(t, p)
			p.Go(wiki.starting("passive", binding) + "&passive")
			wiki.lets(t, p, "passive", "ada")
			asked.lacks("/login")
		})
	}
	t.Run("WEB-06 WEB-15 without script there is a button in the place of each", func(t *testing.T) {
		p := browser.Open(t)
		withoutScript(t, p)
		p.Go(wiki.starting("no script", "redirect"))
		signIn(t, p, "ada")
		if got := p.Text("form button"); got != "Continue to wiki" {
			t.Errorf("the button says %q", got)
		}
		p.CheckWithoutScript("walk-without-script")
		wiki.expect(t)
		p.Press("form button")
		wiki.lets(t, p, "no script", "ada")
	})
	t.Run("tabs", func(t *testing.T) { answersInMixedOrder(t, s, wiki, payroll) })
	t.Run("history", func(t *testing.T) { deliversOnce(t, s, wiki) })
}

func withoutScript(t *testing.T, p *browser.Page) {
	t.Helper()
	_, err := chromedp.Call(p.Ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	if err != nil {
		t.Fatal(err)
	}
}

// signIn fills in the form that the tab shows.
func signIn(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	if !strings.Contains(p.URL(), "/login?") {
		t.Fatalf("no form: the tab is at %s", p.URL())
	}
	p.Submit(map[string]string{"username": name, "password": password})
}

// signedIn is a tab of a new browser in which somebody signed in at Lanyard itself.
func (s *service) signedIn(t *testing.T, name string) *browser.Page {
	t.Helper()
	p := browser.Open(t)
	p.Go(s.url + "/login")
	p.Submit(map[string]string{"username": name, "password": password})
	at(t, p, s.url+"/", "h1", "My apps")
	return p
}

// lets fails unless the tab arrives, let in for this and as this person, and nobody else came meanwhile.
func (a *app) lets(t *testing.T, p *browser.Page, what, who string) {
	t.Helper()
	a.shows(t, p, what, who)
	a.expect(t, arrival{what, what, who + "@example.org"})
}

// shows fails unless the tab arrives where the app says so.
func (a *app) shows(t *testing.T, p *browser.Page, what, who string) {
	t.Helper()
	p.Arrive(a.landing)
	if got := browser.Eval[string](p, `document.querySelector("h1").textContent`); got != "Signed in for "+what+" as "+who+"@example.org" {
		t.Fatalf("the app says %q", got)
	}
}

// expect fails unless these came, in any order, and nobody else.
func (a *app) expect(t *testing.T, want ...arrival) {
	t.Helper()
	if diff := cmp.Diff(want, a.arrivals()); diff != "" {
		t.Errorf("who was let in (-want +got):\n%s", diff)
	}
}
