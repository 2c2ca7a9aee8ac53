package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

func TestPanelShowsTheAppsOfThePersonButNotTheHiddenOnes(t *testing.T) {
	h := serve(t, &world{owners: 1, apps: []apps.App{
		{Slug: "payroll", Name: "Payroll"}, {Slug: "secret", Name: "Hidden", Settings: apps.Settings{HiddenFromPanel: true}},
	}})
	leadsTo(t, get(h, "/"), "/login")
	w := get(h, "/", signedIn...)
	lacks(t, w, "Hidden")
	t.Run("WEB-14 tile opens a tab that cannot reach back", func(t *testing.T) {
		says(t, w, 200, `href="/saml/start/payroll" target="_blank" rel="noopener"`, "Signed in as Ada Lovelace")
	})
	says(t, get(serve(t, &world{owners: 1}), "/", signedIn...), 200, "No apps yet")
}

func TestOnlyAFormOfOursSignsOut(t *testing.T) {
	wd := &world{owners: 1}
	h := serve(t, wd)
	t.Run("WEB-13 looking at the sign-out page ends nothing", func(t *testing.T) {
		for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
			visit(h, method, "/logout", nil, signedIn...)
		}
		says(t, get(h, "/logout", signedIn...), 200, "Sign out?")
		if len(wd.ended) != 0 {
			t.Errorf("ended %v", wd.ended)
		}
	})
	t.Run("WEB-10 form of another site ends nothing", func(t *testing.T) {
		w := visit(h, "POST", "/logout", nil, append(signedIn, "Sec-Fetch-Site", "cross-site")...)
		if w.Code != http.StatusForbidden || len(wd.ended) != 0 {
			t.Errorf("status %d, ended %v", w.Code, wd.ended)
		}
	})
	w := visit(h, "POST", "/logout", nil, signedIn...)
	leadsTo(t, w, "/logout")
	if len(wd.ended) != 1 || wd.ended[0] != adasToken {
		t.Errorf("ended %v", wd.ended)
	}
	if c := w.Result().Cookies(); len(c) != 1 || c[0].Name != "lanyard-session" || c[0].MaxAge >= 0 {
		t.Errorf("cookies %v", c)
	}
	says(t, get(h, "/logout"), 200, "You are signed out")
}

var newAdmin = url.Values{"email": {"grace@example.org"}, "given-name": {"Grace"}, "family-name": {"Hopper"}, "password": {password}}

func TestSetUpLinkIsSpentByItsFormAlone(t *testing.T) {
	wd := &world{}
	h := serve(t, wd)
	t.Run("WEB-13 looking at a one-time link does not spend it", func(t *testing.T) {
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "GET"} {
			visit(h, method, "/setup/"+goodLink, nil)
		}
		if wd.spent {
			t.Error("spent by looking")
		}
	})
	says(t, get(h, "/setup/"+goodLink), 200, `autocomplete="new-password"`)
	w := visit(h, "POST", "/setup/"+goodLink, newAdmin)
	leadsTo(t, w, "/admin")
	if !wd.spent || wd.completed[0].Email != "grace@example.org" || wd.completed[0].GivenName != "Grace" || len(w.Result().Cookies()) != 2 {
		t.Errorf("%+v, cookies %v", wd, w.Result().Cookies())
	}
	says(t, get(h, "/setup/"+goodLink), 404, "lanyard admin link")
	says(t, visit(h, "POST", "/setup/"+goodLink, newAdmin), 404, "lanyard admin link")
	if len(wd.completed) != 1 {
		t.Error("the link worked twice")
	}
}

func TestSetUpFormKeepsWhatWasTypedButThePassword(t *testing.T) {
	wd := &world{}
	form := url.Values{"email": {`grace"@example.org`}, "password": {"short"}}
	w := visit(serve(t, wd), "POST", "/setup/"+goodLink, form)
	says(t, w, 422, "too short", `value="grace&#34;@example.org"`, `aria-describedby="problem password-hint" autofocus`)
	lacks(t, w, `"short"`)
	if wd.spent {
		t.Error("the link is gone")
	}
}

func TestNewAdministratorWhoMustWaitSignsInLater(t *testing.T) {
	wd := &world{refuse: &auth.Refused{Reason: audit.ReasonLockedOut, Wait: 1, Fault: fault.New(fault.Unauthenticated, "Wait.")}}
	leadsTo(t, visit(serve(t, wd), "POST", "/setup/"+goodLink, newAdmin), "/login")
}

func TestChoicesAreKeptAndLeadBack(t *testing.T) {
	h := serve(t, &world{owners: 1})
	for _, c := range []struct{ path, field, value, next, want string }{
		{"/theme", "theme", "dark", "/login?app=payroll", "/login?app=payroll"},
		{"/theme", "theme", "dark", "//evil.example", "/"},
		{"/language", "language", "nl", "/admin", "/admin"},
	} {
		w := visit(h, "POST", c.path, url.Values{c.field: {c.value}, "next": {c.next}})
		leadsTo(t, w, c.want)
		if cookies := w.Result().Cookies(); len(cookies) != 1 || cookies[0].Name != "lanyard-"+c.field || cookies[0].Value != c.value {
			t.Errorf("%s: cookies %v", c.path, cookies)
		}
	}
	if w := visit(h, "POST", "/language", url.Values{"language": {"<x>"}}); w.Code != 400 || len(w.Result().Cookies()) != 0 {
		t.Errorf("made-up language: %d, %v", w.Code, w.Result().Cookies())
	}
	page := get(h, "/login", "Cookie", "lanyard-theme=dark; lanyard-language=nl").Body.String()
	if !strings.Contains(page, `<html lang="nl" data-theme="dark">`) {
		t.Errorf("the choice does not show: %.200s", page)
	}
	page = get(h, "/login", "Cookie", `lanyard-theme=x"y; lanyard-language=zz`).Body.String()
	if !strings.Contains(page, `<html lang="en">`) {
		t.Errorf("made-up choices show: %.200s", page)
	}
}
