package sso_test

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

// A request is an AuthnRequest as its text: what tests change is text, so that anything can be written.
type request struct {
	ID, Version, Instant, Destination, Issuer string
	Attributes                                string // more of them
	Children                                  string // behind the Issuer
}

var ids int

// fresh is a request that may be answered; each has an ID of its own.
func (b *bench) fresh() request {
	ids++
	return request{ID: fmt.Sprintf("_request%d", ids), Version: "2.0", Instant: b.now.Format(time.RFC3339), Destination: endpoint, Issuer: spID}
}

func attr(name, value string) string {
	if value == "" {
		return ""
	}
	return fmt.Sprintf(` %s="%s"`, name, html.EscapeString(value))
}

func (r request) xml() string {
	issuer := ""
	if r.Issuer != "" {
		issuer = `<saml:Issuer>` + html.EscapeString(r.Issuer) + `</saml:Issuer>`
	}
	return `<samlp:AuthnRequest xmlns:samlp="` + saml.NSProtocol + `" xmlns:saml="` + saml.NSAssertion + `"` + attr("ID", r.ID) + attr("Version", r.Version) +
		attr("IssueInstant", r.Instant) + attr("Destination", r.Destination) + r.Attributes + `>` + issuer + r.Children + `</samlp:AuthnRequest>`
}

// with adds attributes, name and value in turn.
func (r request) with(pairs ...string) request {
	for i := 0; i < len(pairs); i += 2 {
		r.Attributes += fmt.Sprintf(` %s="%s"`, pairs[i], html.EscapeString(pairs[i+1]))
	}
	return r
}

// holding adds children.
func (r request) holding(children string) request { r.Children += children; return r }

// deflated is raw DEFLATE and base64, by the standard library alone.
func deflated(doc string) string {
	var out bytes.Buffer
	w, _ := flate.NewWriter(&out, flate.BestCompression)
	_, _ = w.Write([]byte(doc))
	_ = w.Close()
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

// query is the message of a redirect; relay holds at most one RelayState.
func query(doc string, relay ...string) string {
	q := "SAMLRequest=" + url.QueryEscape(deflated(doc))
	for _, r := range relay {
		q += "&RelayState=" + url.QueryEscape(r)
	}
	return q
}

// signedQuery has it signed.
func signedQuery(t testing.TB, k keyPair, m saml.SignatureMethod, q string) string {
	t.Helper()
	signed, err := k.key(t).SignQuery(q, m)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// signedXML has the signature in the document.
func signedXML(t testing.TB, k keyPair, doc string) string {
	t.Helper()
	signed, err := k.key(t).SignDocument([]byte(doc), k.key(t).Methods()[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(signed)
}

// get is a GET of ours.
func (w *browser) get(target string) *answer {
	return w.do(httptest.NewRequest(http.MethodGet, idp+target, nil))
}

func (w *browser) redirect(doc string, relay ...string) *answer { return w.query(query(doc, relay...)) }

// query is one as it stands, whatever it is.
func (w *browser) query(q string) *answer {
	r := httptest.NewRequest(http.MethodGet, endpoint, nil)
	r.URL.RawQuery = q
	return w.do(r)
}

// post is a form that the browser submits with its cookie.
func (w *browser) post(doc string, relay ...string) *answer {
	f := url.Values{"SAMLRequest": {base64.StdEncoding.EncodeToString([]byte(doc))}}
	if len(relay) > 0 {
		f["RelayState"] = relay
	}
	return w.form(f)
}

func (w *browser) form(f url.Values) *answer {
	return w.body("/saml/sso", "application/x-www-form-urlencoded", f.Encode())
}

func (w *browser) body(target, contentType, body string) *answer {
	r := httptest.NewRequest(http.MethodPost, idp+target, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	return w.do(r)
}

// crossSite is a form that another site submits: the cookie stays at home, as it is SameSite=Lax, and comes along on the
// redirect that follows.
func (w *browser) crossSite(doc string, relay ...string) *answer {
	return w.follow((&browser{b: w.b}).post(doc, relay...))
}

// follow goes where we send the browser to, as long as that is a waiting sign-on of ours.
func (w *browser) follow(a *answer) *answer {
	for strings.HasPrefix(a.Location, "/saml/resume/") {
		a = w.get(a.Location)
	}
	return a
}

func (w *browser) do(r *http.Request) *answer {
	w.b.t.Helper()
	if w.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "__Host-lanyard-session", Value: w.cookie})
	}
	rec := httptest.NewRecorder()
	out := &watched{ResponseWriter: rec}
	w.b.store.answering = func() bool { return out.sent }
	w.b.server.ServeHTTP(out, r)
	return read(w.b.t, rec)
}

// watched knows whether anything was sent.
type watched struct {
	http.ResponseWriter
	sent bool
}

func (w *watched) Write(p []byte) (int, error) { w.sent = true; return w.ResponseWriter.Write(p) }
func (w *watched) WriteHeader(code int)        { w.sent = true; w.ResponseWriter.WriteHeader(code) }

// numbered repeats a format with 0, 1, 2 …
func numbered(n int, format string) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, format, i)
	}
	return s.String()
}

// nested are elements within elements, each with its own 30 of a numbered attribute.
func nested(depth int, format string) string {
	var open, end strings.Builder
	for i := range depth {
		open.WriteString("<a")
		for k := range 30 {
			fmt.Fprintf(&open, format, i*30+k)
		}
		open.WriteString(">")
		end.WriteString("</a>")
	}
	return open.String() + end.String()
}
