package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/lanyard-idp/lanyard/test/browser"
)

// deliversOnce: what people do with a browser's buttons brings them to an app once, and to no other one.
func deliversOnce(t *testing.T, s *service, wiki *app) {
	begin := func(t *testing.T, what string) *browser.Page {
		wiki.responses()
		p := browser.Open(t)
		p.Go(wiki.starting(what, "redirect"))
		return p
	}
	t.Run("SSO-34 back, forward and reload at the app bring no second answer", func(t *testing.T) {
		p := begin(t, "back")
		signIn(t, p, "ada")
		wiki.lets(t, p, "back", "ada")
		p.History(-1)
		p.Arrive(s.url + "/saml/resume/")
		if got := p.Text("main .lead"); !strings.Contains(got, "it was used already") {
			t.Errorf("the page does not say what became of the sign-in: %s", got)
		}
		wiki.arrivesNoMore(t, 1)
		p.History(1)
		wiki.shows(t, p, "back", "ada")
		p.Do(chromedp.Reload())
		wiki.shows(t, p, "back", "ada")
		wiki.arrivesNoMore(t, 0)
	})
	t.Run("SSO-34 the page with an answer cannot be had again", func(t *testing.T) {
		p := browser.Open(t)
		withoutScript(t, p)
		wiki.responses()
		p.Go(wiki.starting("again", "redirect"))
		signIn(t, p, "ada")
		p.Press("form button")
		wiki.lets(t, p, "again", "ada")
		p.History(-1)
		p.Arrive(s.url + "/saml/resume/") // perhaps out of the browser's memory, with its button; the app knows a spent answer
		p.Do(chromedp.Reload())
		if browser.Eval[bool](p, `document.querySelector("[name=SAMLResponse]") !== null`) {
			t.Error("a second answer was made")
		}
		wiki.arrivesNoMore(t, 1)
	})
	t.Run("SSO-34 two clicks sign in once", func(t *testing.T) {
		p := begin(t, "twice")
		p.Do(chromedp.SetValue(chromedp.ID("username"), "ada"), chromedp.SetValue(chromedp.ID("password"), password))
		asked := trace(t, p)
		browser.Eval[bool](p, `(b => { b.click(); setTimeout(() => b.click(), 10); return true })(document.querySelector("main form button"))`)
		wiki.lets(t, p, "twice", "ada")
		if clicks := strings.Count(strings.Join(asked.all(), "\n"), "POST "+s.url+"/login"); clicks != 2 {
			t.Errorf("%d forms were sent, want two: %v", clicks, asked.all())
		}
		wiki.arrivesNoMore(t, 1)
	})
}

// arrivesNoMore fails unless so many answers came since the last time, and nobody with them.
func (a *app) arrivesNoMore(t *testing.T, answers int) {
	t.Helper()
	a.expect(t)
	if n := a.responses(); n != answers {
		t.Errorf("%d answers came, want %d", n, answers)
	}
}
