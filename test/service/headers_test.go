package service

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestEveryAnswerKeepsTheBrowserSafe(t *testing.T) {
	t.Parallel()
	o := newOrganisation(t)
	o.populate()
	n := o.start("--demo")
	r := o.routes(o.browse(n))
	ada := o.browse(n)
	ada.mustSignIn("ada", password)
	seen := map[string]page{}
	for _, address := range r.gets() {
		seen["stranger at "+address] = o.browse(n).get(address)
		seen["Ada at "+address] = ada.get(address)
	}
	for _, address := range []string{"/login", "/logout", "/theme", "/language", r.setup, "/saml/sso", "/test-app/acs", "/test-app/logout"} {
		seen["an empty form to "+address] = o.browse(n).post(address, nil)
	}
	seen["a wrong password"] = o.browse(n).signIn("ada", "wrong wrong wrong")
	seen["a right password"] = o.browse(n).signIn("ada", password)
	seen["a theme"] = o.browse(n).post("/theme", fields("theme", "dark"))
	seen["a language"] = o.browse(n).post("/language", fields("language", "nl"))
	seen["a refusal to the app"] = ada.get(o.redirect(strings.Replace(o.authnRequest(newID()), `Version="2.0"`, `Version="2.1"`, 1)))
	seen["an answer"] = ada.get(o.requestURL())
	seen["a stranger's request"] = o.browse(n).get(o.requestURL())

	each := func(id string, check func(t *testing.T, what string, p page)) {
		t.Run(id, func(t *testing.T) {
			for what, p := range seen {
				check(t, what, p)
			}
		})
	}
	each("WEB-01 every cookie is for this host alone, over TLS, and out of reach of scripts", func(t *testing.T, what string, p page) {
		for _, c := range (&http.Response{Header: p.header}).Cookies() {
			if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode {
				t.Errorf("%s: cookie %s", what, c.Raw)
			}
		}
	})
	each("WEB-04 HTTP-05 every page allows our own files alone and no frame", func(t *testing.T, what string, p page) {
		policy := p.header.Get("Content-Security-Policy")
		for _, must := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, must) {
				t.Errorf("%s: policy %q lacks %s", what, policy, must)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || strings.Contains(policy, "http:") || p.header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: policy %q", what, policy)
		}
	})
	each("WEB-11 HTTP-06 no type is guessed", func(t *testing.T, what string, p page) {
		if p.header.Get("X-Content-Type-Options") != "nosniff" || p.body != "" && p.header.Get("Content-Type") == "" {
			t.Errorf("%s: %v", what, p.header)
		}
	})
	each("HTTP-06 https is kept, and no other site learns an address of ours", func(t *testing.T, what string, p page) {
		referrer := p.header.Get("Referrer-Policy")
		if p.header.Get("Strict-Transport-Security") == "" || referrer != "no-referrer" && referrer != "same-origin" {
			t.Errorf("%s: %v", what, p.header)
		}
		if strings.Contains(p.body, "SAMLResponse") && referrer != "no-referrer" {
			t.Errorf("%s carries a message and has the policy %s", what, referrer)
		}
	})
	each("WEB-08 nothing but files is stored", func(t *testing.T, what string, p page) {
		if got := p.header.Get("Cache-Control"); !strings.Contains(got, "no-store") && !(p.status == http.StatusOK && strings.Contains(what, "/saml/metadata")) {
			t.Errorf("%s: Cache-Control %q", what, got)
		}
	})
	each("KEY-12 no answer tells what we are made of", func(t *testing.T, what string, p page) {
		for _, name := range []string{"Server", "X-Powered-By", "Via", "X-Aspnet-Version", "X-Generator"} {
			if p.header.Get(name) != "" {
				t.Errorf("%s: %s: %s", what, name, p.header.Get(name))
			}
		}
	})
	t.Run("HTTP-02 what carries a message, or leads to one, is not kept", func(t *testing.T) {
		for _, what := range []string{"an answer", "a refusal to the app", "a stranger's request", "Ada at " + r.begun} {
			p := seen[what]
			if got := p.header.Get("Cache-Control"); !strings.Contains(got, "no-store") || strings.Contains(p.body, "SAMLResponse") && (!strings.Contains(got, "no-cache") || p.header.Get("Pragma") != "no-cache") {
				t.Errorf("%s: %v", what, p.header)
			}
		}
		for _, what := range []string{"an answer", "a refusal to the app"} {
			if r, _ := seen[what].answer(); r == nil {
				t.Errorf("%s is none: %s", what, seen[what])
			}
		}
	})
	t.Run("WEB-04 the one script is named by its digest", func(t *testing.T) {
		if policy := seen["an answer"].header.Get("Content-Security-Policy"); !regexp.MustCompile(`script-src 'sha256-[^']+'(;|$)`).MatchString(policy) {
			t.Errorf("policy %q", policy)
		}
	})
}
