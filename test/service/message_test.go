package service

import (
	"bytes"
	"compress/flate"
	"crypto/rand"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// authnRequest is one that the wiki sends, made now.
func (o *organisation) authnRequest(id string) string {
	return fmt.Sprintf(`<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"`+
		` ID="%s" Version="2.0" IssueInstant="%s" Destination="%s/saml/sso"><saml:Issuer>%s</saml:Issuer></samlp:AuthnRequest>`,
		id, time.Now().UTC().Format(time.RFC3339), o.public, entityID)
}

func encode(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func newID() string { return "_" + rand.Text() }

// requestURL is where the wiki sends a browser, by HTTP-Redirect, with a new request.
func (o *organisation) requestURL() string { return o.redirect(o.authnRequest(newID())) }

func (o *organisation) redirect(message string) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	w.Write([]byte(message))
	w.Close()
	return o.public + "/saml/sso?" + fields("SAMLRequest", encode(b.String())).Encode()
}

// response is what a SAML Response says, as far as these tests look.
type response struct {
	Status struct {
		Code struct {
			Value string `xml:"Value,attr"`
		} `xml:"StatusCode"`
	} `xml:"Status"`
	InResponseTo string `xml:"InResponseTo,attr"`
	Assertion    *struct {
		ID          string   `xml:"ID,attr"`
		NameID      string   `xml:"Subject>NameID"`
		Certificate string   `xml:"Signature>KeyInfo>X509Data>X509Certificate"`
		Attributes  []string `xml:"AttributeStatement>Attribute>AttributeValue"`
	}

	form *form
	xml  string
}

// success says that the response lets somebody in.
func (r *response) success() bool {
	return r != nil && r.Assertion != nil && r.Status.Code.Value == "urn:oasis:names:tc:SAML:2.0:status:Success"
}

// answer is the Response that a page carries to an app, or nil.
func (p page) answer() (*response, error) {
	f := p.form()
	if f == nil || !f.fields.Has("SAMLResponse") {
		return nil, nil
	}
	text, err := base64.StdEncoding.DecodeString(f.fields.Get("SAMLResponse"))
	if err != nil {
		return nil, err
	}
	r := &response{form: f, xml: string(text)}
	return r, xml.Unmarshal(text, r)
}

// signOn opens an address that has to lead to a Response which lets the person in.
func (b *browser) signOn(address string) *response {
	b.t.Helper()
	p := b.get(address)
	r, err := p.answer()
	if err != nil || !r.success() {
		b.t.Fatalf("no assertion from %s: %v, %s", address, err, p)
	}
	return r
}

// letIn says whether an address leads to an assertion.
func (b *browser) letIn(address string) bool {
	b.t.Helper()
	r, err := b.get(address).answer()
	if err != nil {
		b.t.Fatal(err)
	}
	return r.success()
}

// form is a form of a page.
type form struct {
	action string
	fields url.Values
}

// form answers the one that asks for a password or carries a message, and nil when there is none.
func (p page) form() *form {
	root, err := html.Parse(strings.NewReader(p.body))
	if err != nil {
		return nil
	}
	for n := range root.Descendants() {
		if n.DataAtom != atom.Form {
			continue
		}
		f := &form{attribute(n, "action"), url.Values{}}
		for input := range n.Descendants() {
			if name := attribute(input, "name"); input.DataAtom == atom.Input && name != "" {
				f.fields.Set(name, attribute(input, "value"))
			}
		}
		if f.fields.Has("password") || f.fields.Has("SAMLResponse") {
			return f
		}
	}
	return nil
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// apologises says that a page is our own apology, with a reference and nothing of what happened inside.
func apologises(t *testing.T, p page) {
	t.Helper()
	if p.status != http.StatusInternalServerError && p.status != http.StatusServiceUnavailable {
		t.Errorf("want an apology, got %s", p)
	}
	reference := p.header.Get("X-Request-Id")
	if reference == "" || !strings.Contains(p.body, reference) {
		t.Errorf("the reference %q is not shown: %s", reference, p)
	}
	if strings.Contains(p.body, "SAMLResponse") {
		t.Error("the page carries a response")
	}
	revealsNothing(t, p.body)
}

// revealsNothing looks for what only we should know.
func revealsNothing(t *testing.T, body string) {
	t.Helper()
	for _, inside := range []string{
		"SQLSTATE", "SELECT", "INSERT", "relation ", "pgx", "goroutine", ".go:", "/internal/", "panic", "postgres://",
		"/run/", ".s.PGSQL", "connection refused", "go1.", "PostgreSQL", "runtime error",
	} {
		if strings.Contains(body, inside) {
			t.Errorf("the page shows %q:\n%s", inside, body)
		}
	}
}
