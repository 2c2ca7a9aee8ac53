package httpserver_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/httpserver"
)

func TestBrowserIsToldWhatAPageMayDo(t *testing.T) {
	_, h := newBench(t, overTLS)
	paths := []string{"/fine/x", "/nowhere", "/foreign", "/panic", "/healthz", "/saml/act"}

	t.Run("WEB-04 policy allows nothing but our own files, no inline and no eval", func(t *testing.T) {
		for _, p := range paths {
			csp := ask(h, "GET", p, "").Header().Get("Content-Security-Policy")
			for _, want := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} {
				if !strings.Contains(csp, want) {
					t.Errorf("%s: %q lacks %s", p, csp, want)
				}
			}
			if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
				t.Errorf("%s: %q", p, csp)
			}
		}
	})
	t.Run("WEB-05 forms of our pages go to us, those of SAML pages anywhere", func(t *testing.T) {
		if csp := ask(h, "GET", "/fine/x", "").Header().Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self'") {
			t.Errorf("page: %q", csp)
		}
		if csp := ask(h, "GET", "/saml/act", "").Header().Get("Content-Security-Policy"); strings.Contains(csp, "form-action") {
			t.Errorf("SAML: %q", csp)
		}
	})
	t.Run("WEB-07 nothing can be framed", func(t *testing.T) { everywhere(t, h, paths, "X-Frame-Options", "DENY") })
	t.Run("WEB-08 nothing is stored, and SAML pages send no Referer", func(t *testing.T) {
		everywhere(t, h, paths, "Cache-Control", "no-store")
		if got := ask(h, "GET", "/saml/act", "").Header().Get("Referrer-Policy"); got != "no-referrer" {
			t.Errorf("Referrer-Policy %q", got)
		}
	})
	t.Run("WEB-09 other origins share nothing", func(t *testing.T) {
		for _, p := range paths {
			want := "same-origin"
			if strings.HasPrefix(p, "/saml/") { // an app may have opened the window that signs in
				want = "unsafe-none"
			}
			everywhere(t, h, []string{p}, "Cross-Origin-Opener-Policy", want)
		}
		everywhere(t, h, paths, "Cross-Origin-Resource-Policy", "same-origin")
		w := ask(h, "OPTIONS", "/form", "", "Origin", "https://evil.example", "Access-Control-Request-Method", "POST")
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != "" {
			t.Errorf("a preflight was answered with %q", got)
		}
	})
	t.Run("WEB-11 no answer may be taken for another type", func(t *testing.T) {
		everywhere(t, h, paths, "X-Content-Type-Options", "nosniff")
	})
	t.Run("HSTS is sent when our address is https and only then", func(t *testing.T) {
		everywhere(t, h, paths, "Strict-Transport-Security", "max-age=31536000")
		_, clear := newBench(t)
		everywhere(t, clear, paths, "Strict-Transport-Security", "")
	})
}

func everywhere(t *testing.T, h http.Handler, paths []string, header, want string) {
	t.Helper()
	for _, p := range paths {
		if got := ask(h, "GET", p, "").Header().Get(header); got != want {
			t.Errorf("%s: %s %q", p, header, got)
		}
	}
}

func TestOtherSiteChangesNothing(t *testing.T) {
	b, h := newBench(t)
	t.Run("WEB-10 forms of other sites are refused", func(t *testing.T) {
		for _, header := range [][]string{
			{"Sec-Fetch-Site", "cross-site"},
			{"Sec-Fetch-Site", "same-site"},
			{"Origin", "https://evil.example"},
			{"Origin", "null"},
			{"Sec-Fetch-Site", "cross-site", "Content-Type", "text/plain"},
		} {
			if w := ask(h, "POST", "/form", "a=1", header...); w.Code != http.StatusForbidden || b.posted != 0 {
				t.Errorf("%v: %d, %d handlers ran", header, w.Code, b.posted)
			}
		}
	})
	for _, header := range [][]string{{"Sec-Fetch-Site", "same-origin"}, {"Origin", "http://idp.example"}, {}} {
		b.posted = 0
		if ask(h, "POST", "/form", "a=1", header...); b.posted != 1 {
			t.Errorf("%v: our own form was refused", header)
		}
	}
	b.posted = 0
	if ask(h, "POST", "/saml/act", "", "Sec-Fetch-Site", "cross-site", "Origin", "null"); b.posted != 1 {
		t.Error("a message that an app sends by the browser was refused")
	}
}

func TestFetchingAheadDoesNothing(t *testing.T) {
	b, h := newBench(t)
	t.Run("WEB-13 HEAD and OPTIONS run nothing under /saml/", func(t *testing.T) {
		for _, method := range []string{"HEAD", "OPTIONS"} {
			if ask(h, method, "/saml/act", ""); b.posted != 0 {
				t.Errorf("%s acted", method)
			}
		}
	})
	if w := ask(h, "HEAD", "/fine/x", ""); w.Code != 200 {
		t.Errorf("HEAD of a page: %d", w.Code)
	}
}

func TestMessageInClearIsNotUsedWhereOurAddressIsHTTPS(t *testing.T) {
	b, h := newBench(t, overTLS, from("192.0.2.1/32")) // httptest's client
	t.Run("WEB-16 plain http processes and redirects nothing", func(t *testing.T) {
		w := ask(h, "GET", "/saml/act?SAMLRequest=x", "", "X-Forwarded-Proto", "http")
		if b.posted != 0 || w.Code != http.StatusForbidden || w.Header().Get("Location") != "" {
			t.Errorf("%d, ran %d, Location %q", w.Code, b.posted, w.Header().Get("Location"))
		}
	})
	if ask(h, "GET", "/saml/act", "", "X-Forwarded-Proto", "https"); b.posted != 1 {
		t.Error("https was refused")
	}
}

func TestCookiesAreOursAlone(t *testing.T) {
	for _, secure := range []bool{true, false} {
		w := httptest.NewRecorder()
		c := httpserver.Cookies{Secure: secure}
		c.Write(w, httpserver.SessionCookie, "v", 0)
		c.Drop(w, httpserver.SessionCookie)
		for _, cookie := range w.Result().Cookies() {
			t.Run("WEB-01 every cookie is HttpOnly, Lax, for the whole host and no other, and Secure over https", func(t *testing.T) {
				if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" ||
					cookie.Secure != secure || strings.HasPrefix(cookie.Name, "__Host-") != secure {
					t.Errorf("secure %v: %v", secure, cookie)
				}
			})
		}
	}
}
