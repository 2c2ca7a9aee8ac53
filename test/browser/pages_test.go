package browser_test

import (
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/test/browser"
)

func TestMain(m *testing.M) { browser.Main(m, removeProgram) }

func TestEveryPageIsReadableOperableAndKeepsItsPolicy(t *testing.T) {
	address := serve(t)
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			p := browser.Open(t)
			p.Go(address + "/story/en/" + s.name)
			p.Check(s.name)
		})
	}
}

func TestDutchFitsToo(t *testing.T) {
	address := serve(t)
	for _, name := range []string{"login-app", "login-unset", "panel", "signout", "signedout-apps", "setup-wrong", "error-forbidden"} {
		t.Run(name, func(t *testing.T) {
			p := browser.Open(t)
			p.Go(address + "/story/nl/" + name)
			p.Check("nl-" + name)
		})
	}
}

func TestPageThatCarriesAMessageWorksWithoutScript(t *testing.T) {
	p := browser.Open(t)
	withoutScript(t, p)
	p.Go(serve(t) + "/story/en/post")
	if got := p.Text("form button"); got != "Continue to Payroll" {
		t.Errorf("the button says %q", got)
	}
	p.CheckWithoutScript("post")
}

func TestErrorHasTheFocusAndIsTiedToItsFields(t *testing.T) {
	p := browser.Open(t)
	address := serve(t)
	p.Go(address + "/story/en/login-wrong")
	if got := focused(t, p, `id`); got != "problem" {
		t.Errorf("the focus is on %q", got)
	}
	p.Go(address + "/story/en/setup-wrong")
	if got := focused(t, p, `getAttribute("aria-describedby")`); got != "problem password-hint" {
		t.Errorf("the field with the focus is described by %q", got)
	}
}

// focused asks the element that has the focus, once one has it: that comes with the first picture of a page, after it is
// loaded.
func focused(t *testing.T, p *browser.Page, what string) string {
	t.Helper()
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if browser.Eval[bool](p, `document.activeElement !== document.body`) {
			return browser.Eval[string](p, `document.activeElement.`+what+` ?? ""`)
		}
	}
	t.Error("nothing gets the focus")
	return ""
}

func TestHarnessNoticesABadPage(t *testing.T) {
	bad := &remember{TB: t}
	p := browser.Open(bad)
	p.Go(serve(t) + "/story/en/error-notfound")
	browser.Eval[bool](p, `document.body.insertAdjacentHTML("beforeend", "<input><p style='width: 3000px'>wide</p>"); true`)
	p.Check("bad")
	for _, want := range []string{"label:", "style-src", "3"} {
		if !bad.said(want) {
			t.Errorf("nobody complained about %q: %v", want, bad.lines)
		}
	}
}
