package browser_test

import (
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/test/browser"
)

// An administrator gives somebody an account, a group and with it an app, and takes it all away again, by clicking.
func TestAdministratorAddsSomebodyWhoSignsInUntilDisabled(t *testing.T) {
	s := start(t)
	s.do("", "app", "add", "--name", "Payroll", "--entity-id", "urn:payroll", "--acs", "https://payroll.example/acs")
	c := &clerk{service: s, desk: browser.Open(t), home: browser.Open(t)}
	for _, step := range []struct {
		name string
		take func(*testing.T)
	}{
		{"the link makes an administrator", c.begins},
		{"a person is added, and the password is shown", c.adds},
		{"she signs in with it", c.sheSignsIn},
		{"a pasted list makes her a member, and says who is unknown", c.pastes},
		{"her page says which app she has, and through what", c.looks},
		{"disabled, she is out at once", c.disables},
	} {
		if !t.Run(step.name, step.take) {
			return // nothing after it makes sense
		}
	}
}

type clerk struct {
	*service
	desk, home *browser.Page // the administrator's tab, and hers
	password   string
}

func (c *clerk) begins(t *testing.T) {
	c.desk.Go(c.says(`(\S+/setup/\S+)`))
	c.desk.Submit(map[string]string{"email": "grace@example.org", "given-name": "Grace", "family-name": "Hopper", "password": "a bridge over nothing at all"})
	at(t, c.desk, c.url+"/admin", "h1", "Administration")
}

func (c *clerk) adds(t *testing.T) {
	c.desk.Press("nav.parts a[href='/admin/people']")
	at(t, c.desk, c.url+"/admin/people", "h1", "People")
	c.desk.Press("main a.button")
	c.desk.Submit(map[string]string{"email": "ada@example.org", "given-name": "Ada", "family-name": "Lovelace", "attributes": "department=Engines"})
	at(t, c.desk, c.url+"/admin/people/add", "h1", "Ada Lovelace is added")
	c.password = browser.Eval[string](c.desk, `document.getElementById("made").value`)
	if strings.Contains(c.desk.URL()+c.read(c.log), c.password) {
		t.Error("the password is in an address or in the log")
	}
	c.desk.Check("people-walk-1-secret")
}

func (c *clerk) sheSignsIn(t *testing.T) {
	c.home.Go(c.url + "/")
	c.home.Submit(map[string]string{"username": "ada@example.org", "password": c.password})
	at(t, c.home, c.url+"/", "h1", "My apps")
}

func (c *clerk) pastes(t *testing.T) {
	c.desk.Press("nav.parts a[href='/admin/groups']")
	c.desk.Submit(map[string]string{"name": "Staff"})
	browser.Eval[bool](c.desk, `document.getElementById("names").value = "Ada <ADA@example.org>, nobody@example.org"; true`)
	c.desk.Press("form[action$='/members'] .actions button")
	if got := c.desk.Text(".problem"); !strings.HasPrefix(got, "1 person added. Nobody is known by the name that is left below") {
		t.Errorf("the page says %q", got)
	}
	if got := browser.Eval[string](c.desk, `document.activeElement.id + " " + document.activeElement.value`); got != "names nobody@example.org" {
		t.Errorf("the focus is on %q", got)
	}
	c.desk.Check("people-walk-2-paste")
	c.do("", "app", "assign", "payroll", "--group", "Staff")
}

func (c *clerk) looks(t *testing.T) {
	c.desk.Press("ul[aria-label='People in this group'] a")
	if got := c.desk.Text("section[aria-labelledby=apps] tbody"); !strings.Contains(got, "Payroll") || !strings.Contains(got, "Through Staff") {
		t.Errorf("apps: %q", got)
	}
	if got := c.desk.Text("section[aria-labelledby=sessions] li strong"); !strings.Contains(got, " on Linux") {
		t.Errorf("signed in at %q", got)
	}
	c.desk.Check("people-walk-3-person")
	c.home.Front().Go(c.url + "/")
	if got := c.home.Text("a.app .name"); !strings.HasPrefix(got, "Payroll\n") {
		t.Errorf("her panel has %q", got)
	}
}

func (c *clerk) disables(t *testing.T) {
	c.desk.Front().Press("button[value=disabled]")
	if got := c.desk.Text(".notice"); got != "Disabled and signed out." {
		t.Errorf("the page says %q", got)
	}
	c.home.Front().Go(c.url + "/")
	at(t, c.home, c.url+"/login", "h1", "Sign in")
}
