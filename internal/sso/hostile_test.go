package sso_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/time/rate"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/sso"
)

func limiter(n int) *sso.Crowd { return &sso.Crowd{All: rate.NewLimiter(0, n)} }

// barbs are texts that become something else where they are not escaped.
var barbs = []string{
	`"><script>alert(1)</script>`, `'><img src=x onerror=alert(1)>`, `</form><form action="https://evil.example">`, `]]>`, `-->`, `<!--`, `&amp;lt;`, `{{7*7}}`, `${7*7}`,
	"</saml:AttributeValue><saml:Attribute Name=\"role\"><saml:AttributeValue>admin", `javascript:alert(1)`, "line\nbreak", "tab\there", "\u202Eright to left", "\u0085\u2028\uFEFF",
}

// inert fails when a page has any element that we did not put there, or an attribute that runs.
func inert(t *testing.T, a *answer) {
	t.Helper()
	page, err := html.Parse(strings.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	forms, scripts := 0, 0
	for n := range page.Descendants() {
		switch n.DataAtom {
		case atom.Form:
			forms++
		case atom.Script:
			if scripts++; n.FirstChild == nil || n.FirstChild.Data != "document.forms[0].submit()" {
				t.Errorf("a script of somebody: %s", a.Body)
			}
		case atom.Img, atom.Iframe, atom.Object, atom.Embed, atom.Base:
			t.Errorf("<%s>: %s", n.Data, a.Body)
		}
		for _, at := range n.Attr {
			if strings.HasPrefix(at.Key, "on") || strings.HasPrefix(strings.TrimSpace(strings.ToLower(at.Val)), "javascript:") && at.Key != "value" {
				t.Errorf("%s=%q: %s", at.Key, at.Val, a.Body)
			}
		}
	}
	if forms > 1 || scripts > 1 {
		t.Errorf("%d forms, %d scripts: %s", forms, scripts, a.Body)
	}
	if csp := a.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; ") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "script-src") != (a.Root != nil) {
		t.Errorf("policy %s", csp)
	}
}

func TestStrangersWordsStayWords(t *testing.T) {
	t.Run("INJ-05 what is on the page with the form is inert", func(t *testing.T) {
		for _, barb := range barbs {
			b := newBench(t, func(a *apps.App) { a.Name = barb })
			r := b.fresh()
			a := b.signedIn(ada()).redirect(r.xml(), barb)
			a.granted(r.ID)
			inert(t, a)
			if a.Fields["RelayState"] != barb || a.Action != spACS {
				t.Errorf("%q became %q at %q", barb, a.Fields["RelayState"], a.Action)
			}
		}
	})
	t.Run("INJ-05 an address that is a script is neither registered nor written", func(t *testing.T) {
		for _, location := range []string{"javascript:alert(1)", "data:text/html,x", "vbscript:x", "java\nscript:alert(1)", "JavaScript://wiki.example.com/%0aalert(1)", " javascript:alert(1)", "https:wiki.example.com"} {
			app := wiki()
			app.Settings.ACS[0].Location = location
			if app.Validate() == nil {
				t.Errorf("%q can be registered", location)
			}
			b := newBench(t, func(a *apps.App) { a.Settings.ACS[0].Location = location })
			b.signedIn(ada()).redirect(b.fresh().xml()).paged(http.StatusInternalServerError)
			b.recorded(audit.ReasonInternal)
		}
	})
	t.Run("INJ-07 error pages show nothing of what came", func(t *testing.T) {
		b := newBench(t)
		w := b.signedIn(ada())
		for _, barb := range barbs {
			unknown := b.fresh()
			unknown.Issuer = "urn:" + barb
			moved := b.fresh()
			moved.Destination = barb
			for _, a := range []*answer{
				w.redirect(unknown.xml(), barb), w.redirect(moved.xml()), w.redirect(b.fresh().with("AssertionConsumerServiceURL", barb).xml()), w.redirect(barb),
				w.query("SAMLRequest=" + url.QueryEscape(barb) + "&x=" + url.QueryEscape(barb)), w.get("/saml/start/" + url.PathEscape(barb)), w.get("/saml/resume/" + url.PathEscape(barb)),
			} {
				if a.Status < 400 || a.Status > 499 {
					t.Fatalf("%d %s", a.Status, a.Body)
				}
				inert(t, a)
				if strings.Contains(a.Body, barb) || strings.Contains(a.Body, html.EscapeString(barb)) {
					t.Errorf("%q is shown: %s", barb, a.Body)
				}
			}
		}
	})
	t.Run("XML-12 what a person is called stays text in the assertion", func(t *testing.T) {
		for _, barb := range barbs {
			b := newBench(t, func(a *apps.App) {
				a.Settings.NameID = apps.NameIDRule{Format: saml.FormatUnspecified, Source: apps.SourceUserName}
				a.Settings.Claims = []apps.Claim{{Name: "name", Source: apps.SourceDisplayName}, {Name: barb, Source: apps.AttributeSource("x")}}
			})
			u := ada()
			u.UserName, u.DisplayName, u.Attributes = barb, barb, directory.Attributes{"x": {barb, barb}}
			r := b.fresh()
			a := b.signedIn(u).redirect(r.xml())
			got := a.granted(r.ID)
			if got.Subject.NameID.Value != barb || len(got.AttributeStatements) != 1 || len(got.AttributeStatements[0].Attributes) != 2 {
				t.Fatalf("%q became %s", barb, a.XML)
			}
			if at := got.AttributeStatements[0].Attributes; at[0].Values[0].Value != barb || at[1].Name != barb || len(at[1].Values) != 2 {
				t.Errorf("%q became %+v", barb, at)
			}
		}
	})
	t.Run("XML-12 what XML cannot carry is refused, recorded, and nobody's fault", func(t *testing.T) {
		b := newBench(t, func(a *apps.App) {
			a.Settings.Claims = []apps.Claim{{Name: "badge", Source: apps.AttributeSource("x")}}
		})
		u := ada()
		u.Attributes = directory.Attributes{"x": {"a\x00b"}}
		a := b.signedIn(u).redirect(b.fresh().xml())
		a.paged(http.StatusInternalServerError)
		if got := b.recorded(audit.ReasonInternal); got.UserName != "ada" || got.AppName != "Wiki" || !strings.Contains(got.Detail.Explanation, "badge") {
			t.Errorf("recorded %+v", got)
		}
		if strings.Contains(a.Body, "badge") {
			t.Errorf("%s", a.Body)
		}
	})
	t.Run("INJ-08 the browser is sent to registered addresses and to ourselves only", func(t *testing.T) {
		b := newBench(t)
		w := b.signedIn(ada())
		for _, target := range []string{"https://evil.example", "//evil.example", `\\evil.example`, `/\evil.example`, "https:evil.example", "https://wiki.example.com@evil.example", "https://evil.example%2f@x", "https://wiki.example.com。evil.example"} {
			for _, a := range []*answer{w.redirect(b.fresh().xml(), target), w.crossSite(b.fresh().xml(), target), w.get("/saml/start/wiki?RelayState=" + url.QueryEscape(target))} {
				if a.Action != spACS || a.Location != "" || a.Fields["RelayState"] != target {
					t.Errorf("%q leads to %q %q", target, a.Action, a.Location)
				}
			}
			for _, a := range []*answer{b.nobody().redirect(b.fresh().xml(), target), b.nobody().get("/saml/start/wiki?RelayState=" + url.QueryEscape(target) + "&next=" + url.QueryEscape(target))} {
				if back := a.asked(); !strings.HasPrefix(back, "/saml/resume/") || strings.Contains(a.Location, "evil") {
					t.Errorf("%q leads to %q", target, a.Location)
				}
			}
		}
	})
}

func TestLogsTellOneLineForEachRequestAndNoSecret(t *testing.T) {
	b := newBench(t, persistently)
	w := b.signedIn(ada())
	requests := 0
	for _, barb := range append(barbs, "\r\n{\"level\":\"INFO\"}", "\x1b[31m", "a\x00b") {
		r := b.fresh()
		r.Issuer = "urn:" + strings.ReplaceAll(strings.ReplaceAll(barb, "\x00", ""), "\x1b", "")
		hr := httptest.NewRequest(http.MethodGet, endpoint+"?"+query(r.xml(), barb), nil)
		hr.Header.Set("User-Agent", barb)
		w.do(hr)
		u := ada()
		u.UserName = barb
		b.signedIn(u).redirect(b.fresh().with("AssertionConsumerServiceURL", "x").xml())
		stranger := b.nobody()
		u.ID = "stranger"
		stranger.signIn(u)
		stranger.redirect(b.fresh().xml(), barb)
		requests += 3
	}
	t.Run("INJ-04 one record for each event, escaped", func(t *testing.T) {
		lines := 0
		for s := bufio.NewScanner(strings.NewReader(b.log.String())); s.Scan(); lines++ {
			var record map[string]any
			if err := json.Unmarshal(s.Bytes(), &record); err != nil || record["msg"] != "request" {
				t.Fatalf("%v: %s", err, s.Text())
			}
		}
		if lines != requests || len(b.store.records) != requests {
			t.Errorf("%d lines and %d records of %d requests", lines, len(b.store.records), requests)
		}
		if strings.ContainsAny(b.log.String(), "\x1b\x00\r") {
			t.Error("a control character is in the log")
		}
	})
	each(t, func(t *testing.T) {
		b.in(t)
		r := b.fresh()
		a := w.crossSite(r.xml(), "the-relay-state")
		a.granted(r.ID)
		id := a.text("Assertion/Subject/NameID")
		kept, err := json.Marshal(b.store.last())
		if err != nil {
			t.Fatal(err)
		}
		for _, where := range []string{b.log.String(), string(kept)} {
			for what, secret := range map[string]string{"the persistent identifier": id, "the cookie": w.cookie, "RelayState": "the-relay-state", "the message": a.Fields["SAMLResponse"][:200], "a signature": a.text("Signature/SignatureValue")} {
				if strings.Contains(where, secret) {
					t.Errorf("%s is in %s", what, where)
				}
			}
		}
	}, "NID-26 no persistent identifier is in logs and records", "OPS-07 no cookie, token or assertion either")
	t.Run("OPS-02 a record keeps a bounded part of what strangers send", func(t *testing.T) {
		b.in(t)
		before := b.log.Len()
		long := strings.Repeat("x", 100<<10)
		unknown := b.fresh().with("ProviderName", long)
		unknown.Issuer = "urn:x"
		for _, doc := range []string{unknown.xml(), b.fresh().with("AssertionConsumerServiceURL", "https://"+long).xml(), b.fresh().holding(class(long)).xml(), b.fresh().with("ProtocolBinding", long).xml(), strings.Repeat("<x>", 30<<10)} {
			w.redirect(doc)
			kept, err := json.Marshal(b.store.last())
			if err != nil {
				t.Fatal(err)
			}
			if len(kept) > 96<<10 { // base64 of the message among them
				t.Errorf("%d bytes", len(kept))
			}
		}
		if n := b.log.Len() - before; n > 20<<10 {
			t.Errorf("%d bytes of log", n)
		}
	})
}
