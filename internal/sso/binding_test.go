package sso_test

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// folded is base64 in lines of 76, as RFC 2045 has it.
func folded(doc string) string {
	s := base64.StdEncoding.EncodeToString([]byte(doc))
	var lines []string
	for len(s) > 76 {
		lines, s = append(lines, s[:76]), s[76:]
	}
	return strings.Join(append(lines, s), "\r\n")
}

func TestRedirectBinding(t *testing.T) {
	b := newBench(t)
	w := b.signedIn(ada())
	malformed := func(t *testing.T, q string) {
		t.Helper()
		b.in(t)
		w.query(q).paged(http.StatusBadRequest)
		b.recorded(audit.ReasonMalformedRequest)
	}
	const deflate = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"
	t.Run("RED-02 SAMLEncoding is DEFLATE or absent", func(t *testing.T) {
		r := b.fresh()
		b.in(t)
		w.query(query(r.xml()) + "&SAMLEncoding=" + url.QueryEscape(deflate)).granted(r.ID)
		for _, e := range []string{"", "urn:x", deflate + "x", "%zz"} {
			malformed(t, query(b.fresh().xml())+"&SAMLEncoding="+e)
		}
	})
	relays := []string{"", "a b", "a+b", `"quoted" 'twice' <b>&amp;`, "https://wiki.example.com/?a=b&c=d#e", "é漢𝄞", "line\r\nbreak", "\ttab", "%25%00", "ss:mem:" + strings.Repeat("f", 73)}
	each(t, func(t *testing.T) {
		b.in(t)
		for _, relay := range relays {
			r := b.fresh()
			a := w.query(signedQuery(t, spKey(), saml.RSASHA256, query(r.xml(), relay)))
			a.granted(r.ID)
			if got, there := a.Fields["RelayState"]; got != relay || !there {
				t.Errorf("%q became %q", relay, got)
			}
		}
		malformed(t, query(b.fresh().xml())+"&RelayState=%00") // HTML cannot carry it back
		malformed(t, query(b.fresh().xml())+"&RelayState=%ff")
	}, "RED-07 RelayState comes back byte for byte", "RED-08 80 bytes of it", "RED-10 by a binding that carries it")
	t.Run("POST-04 also when it came by POST", func(t *testing.T) {
		b.in(t)
		for _, relay := range relays {
			r := b.fresh()
			a := w.crossSite(r.xml(), relay)
			a.granted(r.ID)
			if got, there := a.Fields["RelayState"]; got != relay || !there {
				t.Errorf("%q became %q", relay, got)
			}
		}
	})
	t.Run("RED-09 a longer RelayState is taken up to a bound", func(t *testing.T) {
		b.in(t)
		for _, n := range []int{155, 1000, 4096} {
			if got := w.redirect(b.fresh().xml(), strings.Repeat("x", n)).Fields["RelayState"]; len(got) != n {
				t.Errorf("%d became %d", n, len(got))
			}
		}
		malformed(t, query(b.fresh().xml(), strings.Repeat("x", 4097)))
		malformed(t, query(b.fresh().xml(), strings.Repeat("x", 100_000)))
	})
	t.Run("RED-14 a parameter that comes twice is refused", func(t *testing.T) {
		q := signedQuery(t, spKey(), saml.RSASHA256, query(b.fresh().xml(), "r"))
		for _, twice := range []string{"SAMLRequest", "RelayState", "SigAlg", "Signature", "SAML%52equest", "%52elayState"} {
			name, _ := url.QueryUnescape(twice)
			values, _ := url.ParseQuery(q)
			more := twice + "=" + url.QueryEscape(values.Get(name))
			malformed(t, q+"&"+more)
			malformed(t, more+"&"+q)
		}
		malformed(t, query(b.fresh().xml())+"&SAMLEncoding="+deflate+"&SAMLEncoding="+deflate)
	})
	t.Run("RED-15 SAMLRequest and SAMLResponse together are refused", func(t *testing.T) {
		malformed(t, query(b.fresh().xml())+"&SAMLResponse="+url.QueryEscape(deflated("<x/>")))
		malformed(t, "SAMLResponse="+url.QueryEscape(deflated(b.fresh().xml())))
	})
	t.Run("HTTP-08 8 KB of query are taken", func(t *testing.T) {
		b.in(t)
		r := b.fresh().holding("<samlp:Extensions><a>" + numbered(4000, "%x.") + "</a></samlp:Extensions>")
		q := query(r.xml())
		if len(q) < 8<<10 {
			t.Fatalf("only %d", len(q))
		}
		w.query(q).granted(r.ID)
	})
	t.Run("XML-05 a message that inflates beyond its bound is refused", func(t *testing.T) {
		malformed(t, "SAMLRequest="+url.QueryEscape(deflated(strings.Repeat(" ", 64<<20))))
		malformed(t, "SAMLRequest="+url.QueryEscape(deflated(b.fresh().xml()+strings.Repeat(" ", 256<<10))))
	})
	t.Run("XML-09 octets behind the compressed message are refused", func(t *testing.T) {
		raw, _ := base64.StdEncoding.DecodeString(deflated(b.fresh().xml()))
		malformed(t, "SAMLRequest="+url.QueryEscape(base64.StdEncoding.EncodeToString(append(raw, 'x'))))
		malformed(t, "SAMLRequest="+url.QueryEscape(base64.StdEncoding.EncodeToString(raw[:len(raw)-3])))
	})
	t.Run("what is no message is refused", func(t *testing.T) {
		for _, q := range []string{"", "x=y", "SAMLRequest=", "SAMLRequest=%00", "SAMLRequest=!!!", "samlrequest=" + url.QueryEscape(deflated(b.fresh().xml())), "SAMLRequest%00=x", "SAMLRequest=" + strings.Repeat("A", 130<<10)} {
			malformed(t, q)
		}
	})
}

func TestPOSTBinding(t *testing.T) {
	b := newBench(t)
	w := b.signedIn(ada())
	encoded := func() string { return base64.StdEncoding.EncodeToString([]byte(b.fresh().xml())) }
	malformed := func(t *testing.T, a *answer) {
		t.Helper()
		a.paged(http.StatusBadRequest)
		b.recorded(audit.ReasonMalformedRequest)
	}
	t.Run("POST-01 base64 with or without line breaks", func(t *testing.T) {
		b.in(t)
		for _, encode := range []func(string) string{folded, func(d string) string { return base64.StdEncoding.EncodeToString([]byte(d)) }, func(d string) string { return " \n" + folded(d) + "\n\t" }} {
			r := b.fresh()
			w.form(url.Values{"SAMLRequest": {encode(r.xml())}}).granted(r.ID)
		}
	})
	t.Run("a library that deflates what it posts is understood", func(t *testing.T) {
		b.in(t)
		for _, level := range []int{flate.DefaultCompression, flate.NoCompression, flate.HuffmanOnly} {
			r := b.fresh()
			var out bytes.Buffer
			z, _ := flate.NewWriter(&out, level)
			_, _ = z.Write([]byte(r.xml()))
			_ = z.Close()
			if level == flate.NoCompression {
				continue // its first octet is NUL, as UTF-16 may begin; nobody does this
			}
			w.form(url.Values{"SAMLRequest": {base64.StdEncoding.EncodeToString(out.Bytes())}}).granted(r.ID)
		}
		malformed(t, w.form(url.Values{"SAMLRequest": {deflated(strings.Repeat(" ", 8<<20))}}))
	})
	t.Run("POST-02 the form leads exactly to the address, whatever is in it", func(t *testing.T) {
		for _, location := range []string{"https://wiki.example.com/acs?a=b&c=d", "https://wiki.example.com/acs?q='%22&lt;=1", "https://wiki.example.com/a+b;c,d"} {
			b := newBench(t, func(a *apps.App) { a.Settings.ACS[0].Location = location })
			r := b.fresh()
			if a := b.signedIn(ada()).redirect(r.xml()); a.Action != location {
				t.Errorf("%q became %q", location, a.Action)
			}
		}
	})
	each(t, func(t *testing.T) {
		b.in(t)
		for _, a := range []*answer{w.redirect(b.fresh().xml()), w.redirect(b.fresh().with("ProtocolBinding", "urn:x").xml()), w.get("/saml/start/wiki")} {
			h := a.Header
			if !strings.Contains(h.Get("Cache-Control"), "no-store") || !strings.Contains(h.Get("Cache-Control"), "no-cache") || h.Get("Pragma") != "no-cache" || h.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("%v", h)
			}
			if h.Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(a.Body, `<meta charset="utf-8">`) {
				t.Errorf("%v", h)
			}
			if !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") || h.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%v", h)
			}
		}
		w.redirect("").paged(http.StatusBadRequest)
	}, "POST-03 the page is not to be kept", "HTTP-04 it is UTF-8", "HTTP-05 it cannot be framed")
	t.Run("POST-05 the signature in the document is verified", func(t *testing.T) {
		b.in(t)
		r := b.fresh()
		doc := signedXML(t, spKey(), r.xml())
		w.post(strings.Replace(doc, r.ID+`" `, r.ID+`" ForceAuthn="true" `, 1)).paged(http.StatusForbidden)
		b.recorded(audit.ReasonRequestSignatureInvalid)
		w.post(doc).granted(r.ID)
	})
	t.Run("POST-07 nothing but a URL-encoded form", func(t *testing.T) {
		b.in(t)
		malformed(t, w.body("/saml/sso", "application/json", `{"SAMLRequest":"`+encoded()+`"}`))
		malformed(t, w.body("/saml/sso", "text/plain", "SAMLRequest="+url.QueryEscape(encoded())))
		malformed(t, w.body("/saml/sso", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"SAMLRequest\"\r\n\r\n"+encoded()+"\r\n--x--\r\n"))
		malformed(t, w.body("/saml/sso", "", "SAMLRequest="+url.QueryEscape(encoded())))
	})
	each(t, func(t *testing.T) {
		b.in(t)
		for _, f := range []url.Values{{"SAMLRequest": {encoded()}, "SigAlg": {string(saml.RSASHA256)}, "Signature": {"AAAA"}}, {"SAMLRequest": {encoded()}, "Signature": {"AAAA"}}, {"SAMLRequest": {encoded()}, "SigAlg": {""}}} {
			malformed(t, w.form(f))
		}
	}, "POST-08 SimpleSign is not advertised and not taken", "RED-S4 whatever its signature")
	t.Run("a field that comes twice is refused", func(t *testing.T) {
		b.in(t)
		malformed(t, w.form(url.Values{"SAMLRequest": {encoded(), encoded()}}))
		malformed(t, w.form(url.Values{"SAMLRequest": {encoded()}, "RelayState": {"a", "b"}}))
		malformed(t, w.form(url.Values{"SAMLRequest": {encoded()}, "SAMLResponse": {encoded()}}))
		malformed(t, w.form(url.Values{"SAMLResponse": {encoded()}}))
	})
	t.Run("XML-06 a huge form is refused early", func(t *testing.T) {
		b.in(t)
		counted := &endless{}
		r := httptest.NewRequest(http.MethodPost, endpoint, counted)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w.do(r).paged(http.StatusBadRequest)
		if counted.n > 2<<20 {
			t.Errorf("%d bytes were read", counted.n)
		}
		malformed(t, w.body("/saml/sso", "application/x-www-form-urlencoded", "SAMLRequest="+strings.Repeat("A", 600<<10)))
		malformed(t, w.body("/saml/sso", "application/x-www-form-urlencoded", numbered(100_000, "f%d=&")))
	})
}

// endless is a form without an end.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'A'
	}
	e.n += len(p)
	return len(p), nil
}

func TestOtherMethodsDoNothing(t *testing.T) {
	t.Run("HTTP-07 HEAD and OPTIONS have no effect, others are refused", func(t *testing.T) {
		b := newBench(t)
		w := b.signedIn(ada())
		back := b.nobody().redirect(b.fresh().xml()).asked()
		before := len(b.store.records)
		for _, target := range []string{"/saml/sso?" + query(b.fresh().xml()), "/saml/start/wiki", back} {
			for method, status := range map[string]int{"HEAD": 405, "PUT": 405, "DELETE": 405, "PATCH": 405, "TRACE": 405, "OPTIONS": 204} {
				if a := w.do(httptest.NewRequest(method, idp+target, nil)); a.Status != status || a.Root != nil {
					t.Errorf("%s %s: %d", method, target, a.Status)
				}
			}
		}
		if len(b.store.records) != before || len(b.store.pending) != 1 {
			t.Error("something happened")
		}
		if w.get(back).Root == nil {
			t.Error("the link was spent")
		}
	})
}
