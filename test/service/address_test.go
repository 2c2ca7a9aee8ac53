package service

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// raw sends a request as it is written, and answers what comes back as text.
func (n *node) raw(t *testing.T, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", n.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, request)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	var head strings.Builder
	res.Header.Write(&head)
	return fmt.Sprintf("%d\n%s\n%s", res.StatusCode, &head, body)
}

// poisons are ways to claim that we live elsewhere: a request line and further lines, with %s for path and cookie.
var poisons = map[string]string{
	"Host":                 "GET %s HTTP/1.1\r\nHost: evil.example\r\n%s",
	"Host with a port":     "GET %s HTTP/1.1\r\nHost: login.example.org:6666.evil.example\r\n%s",
	"Host of another port": "GET %s HTTP/1.1\r\nHost: login.example.org:6666\r\n%s",
	"absolute form":        "GET http://evil.example%s HTTP/1.1\r\nHost: login.example.org\r\n%s",
	"X-Forwarded-Host":     "GET %s HTTP/1.1\r\nHost: login.example.org\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Port: 6666\r\nX-Forwarded-Prefix: /evil.example\r\nX-Forwarded-Server: evil.example\r\n%s",
	"Forwarded":            "GET %s HTTP/1.1\r\nHost: login.example.org\r\nForwarded: host=evil.example;proto=http\r\n%s",
	"other names for it":   "GET %s HTTP/1.1\r\nHost: login.example.org\r\nX-Host: evil.example\r\nX-Original-Host: evil.example\r\nX-Original-URL: /evil.example\r\nX-Rewrite-URL: /evil.example\r\nReferer: https://evil.example/\r\n%s",
	"HTTP/1.0 and no Host": "GET %s HTTP/1.0\r\n%s",
}

func TestNobodyTellsUsWhereWeLive(t *testing.T) {
	t.Parallel()
	o := newOrganisation(t)
	o.populate()
	n, behind := o.start("--demo"), o.start("--demo", "--trusted-proxies", "127.0.0.1")
	ada := o.browse(n)
	ada.mustSignIn("ada", password)
	cookie := "Cookie: __Host-lanyard-session=" + ada.cookie("session") + "\r\nConnection: close\r\n\r\n"
	metadata := ada.get("/saml/metadata").body
	fresh := func() string { return strings.TrimPrefix(o.requestURL(), o.public) }
	paths := []func() string{fresh}
	for _, fixed := range []string{
		"/", "/login", "/logout", "/admin", "/nowhere", "/saml/metadata", "/saml/metadata/wiki", "/saml/start/wiki", "/saml/start/test-app",
		"/saml/resume/x", "/setup/x", "/test-app/", "/test-app/metadata", "/test-app/login",
	} {
		paths = append(paths, func() string { return fixed })
	}
	t.Run("INJ-09 no name from the request gets into an answer", func(t *testing.T) {
		for name, poison := range poisons {
			for _, path := range paths {
				for _, node := range []*node{n, behind} {
					for who, end := range map[string]string{"Ada": cookie, "a stranger": "Connection: close\r\n\r\n"} {
						p := path()
						got := node.raw(t, fmt.Sprintf(poison, p, end))
						if strings.Contains(got, "evil") || strings.Contains(got, "6666") || strings.HasPrefix(got, "5") {
							t.Errorf("%s, %s at %s: %.600s", name, who, p, got)
						}
						if p == "/saml/metadata" && !strings.HasSuffix(got, metadata) {
							t.Errorf("%s changes the metadata", name)
						}
					}
				}
			}
		}
		if !strings.Contains(metadata, `entityID="`+publicURL+`/saml/metadata"`) || !strings.Contains(metadata, `Location="`+publicURL+`/saml/sso"`) {
			t.Errorf("the metadata does not name our address:\n%.2000s", metadata)
		}
	})
	t.Run("INJ-09 a request meant for the name that was claimed is refused", func(t *testing.T) {
		elsewhere := *o
		elsewhere.public = "https://evil.example"
		address := strings.TrimPrefix(elsewhere.requestURL(), elsewhere.public)
		got := n.raw(t, fmt.Sprintf("GET %s HTTP/1.1\r\nHost: evil.example\r\n%s", address, cookie))
		if !strings.HasPrefix(got, "400") || strings.Contains(got, "SAMLResponse") {
			t.Errorf("%.600s", got)
		}
	})
	t.Run("two Hosts, two lengths and what is no header are refused", func(t *testing.T) {
		for _, request := range []string{
			"GET /login HTTP/1.1\r\nHost: login.example.org\r\nHost: evil.example\r\n\r\n",
			"POST /login HTTP/1.1\r\nHost: login.example.org\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
			"POST /login HTTP/1.1\r\nHost: login.example.org\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
			"POST /login HTTP/1.1\r\nHost: login.example.org\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
			"POST /login HTTP/1.1\r\nHost: login.example.org\r\nContent-Length: +5\r\n\r\nabcde",
			"GET /login HTTP/1.1\r\n\r\n",
			"GET /login HTTP/1.1\r\nHost: login.example.org\r\nX: a\x00b\r\n\r\n",
		} {
			if got := n.raw(t, request); !strings.HasPrefix(got, "400") && !strings.HasPrefix(got, "501") {
				t.Errorf("%q: %.200s", request, got)
			}
		}
	})
}

func TestForwardedHeadersOfStrangersAreWorthNothing(t *testing.T) {
	t.Parallel()
	o := newOrganisation(t)
	o.populate()
	n, behind := o.start(), o.start("--trusted-proxies", "127.0.0.1,192.0.2.0/24")
	guess := func(t *testing.T, n *node, i int, header, value string) int {
		t.Helper()
		body := fields("username", fmt.Sprintf("nobody-%d", i), "password", "wrong wrong wrong").Encode()
		r, _ := http.NewRequest(http.MethodPost, o.public+"/login", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set(header, value)
		p, err := o.browse(n).roundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		return p.status
	}
	t.Run("INJ-10 whoever writes another address into a header stays who they are", func(t *testing.T) {
		tried := 0
		for i := range 60 {
			if status := guess(t, n, i, "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i)); status == http.StatusUnprocessableEntity {
				tried++
			} else if status != http.StatusTooManyRequests {
				t.Fatalf("status %d", status)
			}
		}
		if tried > 45 {
			t.Errorf("%d of 60 guesses were tried; thirty are free", tried)
		}
		if n := o.count(t, `select count(*) from sign_ins where address <> '127.0.0.1'`); n != 0 {
			t.Errorf("%d records have an address that somebody made up", n)
		}
	})
	t.Run("INJ-10 what a header makes no sense of changes nothing", func(t *testing.T) {
		for i, value := range []string{"", ",", "::1%eth0", "unknown", "[2001:db8::1]:443", "256.1.1.1", strings.Repeat("1.1.1.1,", 500), "for=1.2.3.4", "<script>"} {
			for _, header := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Real-Ip", "True-Client-Ip", "X-Client-Ip"} {
				for _, n := range []*node{n, behind} {
					if status := guess(t, n, 1000+i, header, value); status >= 500 || status == http.StatusForbidden {
						t.Errorf("%s: %q gives %d", header, value, status)
					}
				}
			}
		}
	})
	t.Run("INJ-10 a proxy that we know is believed as far as it is known", func(t *testing.T) {
		guess(t, behind, 5000, "X-Forwarded-For", "1.1.1.1, 203.0.113.77, 192.0.2.9")
		if n := o.count(t, `select count(*) from sign_ins where username = 'no…' and address = '203.0.113.77'`); n != 1 {
			t.Error("the address from the proxy is not on record")
		}
	})
	t.Run("RED-16 WEB-16 INJ-10 what came to the proxy in clear is not processed, and only the proxy can say so", func(t *testing.T) {
		r, _ := http.NewRequest(http.MethodGet, o.requestURL(), nil)
		r.Header.Set("X-Forwarded-Proto", "http")
		p := o.browse(n).in(t).must(o.browse(behind).roundTrip(r))
		if p.status != http.StatusForbidden || p.location() != "" {
			t.Errorf("in clear: %s", p)
		}
		if p = o.browse(n).in(t).must(o.browse(n).roundTrip(r)); p.status != http.StatusSeeOther {
			t.Errorf("a stranger said that it was in clear: %s", p)
		}
	})
	t.Run("KEY-12 figures and the inside are not public", func(t *testing.T) {
		for header, value := range map[string]string{"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"} {
			r, _ := http.NewRequest(http.MethodGet, o.public+"/metrics", nil)
			r.Header.Set(header, value)
			if p := o.browse(n).in(t).must(o.browse(n).roundTrip(r)); p.status != http.StatusNotFound {
				t.Errorf("by a proxy, /metrics: %s", p)
			}
		}
		for _, path := range []string{
			"/debug/pprof/", "/debug/pprof/heap", "/debug/vars", "/debug", "/.git/config", "/.env", "/version", "/static/", "/static/../go.mod",
			"/static/%2e%2e/go.mod", "/metrics/", "//metrics", "/server-status", "/api", "/swagger",
		} {
			if p := o.browse(n).in(t).get(path); p.status != http.StatusNotFound {
				t.Errorf("%s: %s", path, p)
			}
		}
		if n.status("/metrics") != http.StatusOK {
			t.Error("this machine cannot read /metrics")
		}
	})
}
