package browser_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/lanyard-idp/lanyard/test/browser"
)

// An administrator does by clicking what a customer of a cloud's console knows: from the one-time link to an app of the
// gallery on somebody's panel.
func TestAdministratorAddsAnAppOfTheGalleryAndSomebodyHasItsTile(t *testing.T) {
	s := start(t, "--demo")
	c := &clicker{service: s, Page: browser.Open(t)}
	for _, step := range []struct {
		name string
		take func(*testing.T)
	}{
		{"the link makes an administrator", c.becomesAdministrator},
		{"the gallery finds an app by its old name", c.findsTheApp},
		{"the app is added without typing", c.addsIt},
		{"the vendor's labels stand there with our values", c.configuresIt},
		{"somebody is assigned after a question with numbers", c.assigns},
		{"she has the tile", c.tileIsThere},
	} {
		if !t.Run(step.name, step.take) {
			return // nothing after it makes sense
		}
	}
}

type clicker struct {
	*service
	*browser.Page
}

func (c *clicker) becomesAdministrator(t *testing.T) {
	c.Go(c.says(`(\S+/setup/\S+)`))
	c.Submit(map[string]string{"email": "grace@example.org", "given-name": "Grace", "family-name": "Hopper", "password": "a bridge over nothing at all"})
	at(t, c.Page, c.url+"/admin", "h1", "Administration")
}

func (c *clicker) findsTheApp(t *testing.T) {
	c.Press("nav.parts a[href='/admin/apps']")
	at(t, c.Page, c.url+"/admin/apps", "h1", "Applications")
	c.Press("main a.button")
	at(t, c.Page, c.url+"/admin/apps/add", "h1", "Add application")
	c.Check("console-1-gallery")
	c.Do(chromedp.SendKeys(chromedp.ID("q"), "citrix"))
	c.Press("form.search button")
	if got := browser.Eval[[]string](c.Page, `[...document.querySelectorAll("a.offer")].map(a => a.getAttribute("href"))`); !slices.Equal(got, []string{"/admin/apps/add/goto-meeting", "/admin/apps/add/custom?name=citrix"}) {
		t.Fatalf("found %v", got)
	}
}

func (c *clicker) addsIt(t *testing.T) {
	c.Press("a.offer")
	at(t, c.Page, c.url+"/admin/apps/add/goto-meeting", "h1", "GM\nGoTo Meeting")
	c.Check("console-2-template")
	c.Press("main form button")
	at(t, c.Page, c.url+"/admin/apps/goto-meeting", "#block-2", "2\nSingle sign-on")
	c.Check("console-3-app")
}

func (c *clicker) configuresIt(t *testing.T) {
	c.Press("a[href$='/configure']")
	at(t, c.Page, c.url+"/admin/apps/goto-meeting/configure", "h1", "Configure single sign-on at GoTo")
	labels := browser.Eval[[]string](c.Page, `[...document.querySelectorAll("section[aria-labelledby=values] label")].map(l => l.textContent)`)
	if want := []string{"Sign-in page URL", "Sign-in binding", "Sign-out page URL", "Sign-out binding", "Identity Provider Entity ID", "Verification certificate"}; !slices.Equal(labels, want) {
		t.Errorf("labels %q", labels)
	}
	if got := browser.Eval[string](c.Page, `document.getElementById("value-0").value`); got != c.url+"/saml/sso" {
		t.Errorf("the sign-in page is %s", got)
	}
	if got := browser.Eval[string](c.Page, `document.getElementById("value-5").value`); !strings.HasPrefix(got, "-----BEGIN CERTIFICATE-----\n") {
		t.Errorf("the certificate is %q", got)
	}
	c.Do(chromedp.Click(chromedp.CSS("[data-copy=value-0]")))
	c.Do(chromedp.WaitVisible(chromedp.CSS("[data-copy=value-0].ok")))
	if got := browser.Eval[string](c.Page, `document.getElementById("copied").textContent`); got != "Copied: Sign-in page URL" {
		t.Errorf("after copying the page says %q", got)
	}
	c.Check("console-4-configure")
	c.Do(chromedp.Click(chromedp.ID("saved")))
	c.Press("main form button:not([type=button])")
	at(t, c.Page, c.url+"/admin/apps/goto-meeting", "#block-2", "✓\nSingle sign-on")
}

func (c *clicker) assigns(t *testing.T) {
	c.Press("a[href$='/users']")
	c.Do(chromedp.SendKeys(chromedp.ID("q"), "ada"))
	c.Press("form.search button")
	c.Do(chromedp.Click(chromedp.CSS("input[name=who]:not(:disabled)")))
	c.Press("form.ticks button")
	at(t, c.Page, c.url+"/admin/apps/goto-meeting/users", "h1", "Assign to GoTo Meeting?")
	c.Check("console-5-confirm")
	c.Press("main form button")
	at(t, c.Page, c.url+"/admin/apps/goto-meeting/users", ".whoami", "1 person can open GoTo Meeting")
	c.Check("console-6-assigned")
}

func (c *clicker) tileIsThere(t *testing.T) {
	c.Press("a[href='/logout']")
	c.Press("main form button")
	c.Go(c.url + "/")
	c.Submit(map[string]string{"username": c.says(`user name +(\S+)`), "password": c.says(`password +(\S+)`)})
	at(t, c.Page, c.url+"/", "h1", "My apps")
	if !strings.Contains(c.Text("main"), "GoTo Meeting") {
		t.Errorf("no tile: %s", c.Text("main"))
	}
	c.Go(c.url + "/admin/apps")
	at(t, c.Page, c.url+"/admin/apps", "h1", "No access")
}

func TestConsoleWorksWithoutScript(t *testing.T) {
	p := browser.Open(t)
	withoutScript(t, p)
	p.Go(serve(t) + "/story/en/admin-configure")
	if got := p.Text("label[for=value-0]"); got != "Sign-in page URL" {
		t.Errorf("the first label is %q", got)
	}
	p.CheckWithoutScript("admin-configure-without-script")
}
