package sso_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/beevik/etree"
	crewjam "github.com/crewjam/saml"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// An answer is what the browser got: a page, a redirect, or a form with a Response in it.
type answer struct {
	t        testing.TB
	Status   int
	Header   http.Header
	Body     string
	Location string
	Action   string            // of the form
	Fields   map[string]string // of the form; nil when there is no SAMLResponse
	XML      []byte            // the Response
	Root     *etree.Element    // the same, taken apart
}

func read(t testing.TB, rec *httptest.ResponseRecorder) *answer {
	t.Helper()
	a := &answer{t: t, Status: rec.Code, Header: rec.Header(), Body: rec.Body.String(), Location: rec.Header().Get("Location")}
	page, err := html.Parse(strings.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range page.Descendants() {
		if n.DataAtom == atom.Form {
			a.readForm(n)
		}
	}
	return a
}

func (a *answer) readForm(form *html.Node) {
	a.t.Helper()
	fields := map[string]string{}
	for n := range form.Descendants() {
		if n.DataAtom == atom.Input {
			fields[attribute(n, "name")] = attribute(n, "value")
		}
	}
	if _, ok := fields["SAMLResponse"]; !ok {
		return
	}
	if attribute(form, "method") != "post" || a.Fields != nil {
		a.t.Fatalf("not one form by POST: %s", a.Body)
	}
	a.Action, a.Fields = attribute(form, "action"), fields
	doc, err := base64.StdEncoding.DecodeString(fields["SAMLResponse"])
	if err != nil {
		a.t.Fatal(err)
	}
	tree := etree.NewDocument()
	if err := tree.ReadFromBytes(doc); err != nil {
		a.t.Fatal(err)
	}
	a.XML, a.Root = doc, tree.Root()
}

func attribute(n *html.Node, name string) string {
	for _, at := range n.Attr {
		if at.Key == name {
			return at.Val
		}
	}
	return ""
}

// element finds one by its path below the Response, "" being that; it fails when there is none.
func (a *answer) element(path string) *etree.Element {
	a.t.Helper()
	if a.Root == nil {
		a.t.Fatalf("no Response: %d %s", a.Status, a.Body)
	}
	if path == "" {
		return a.Root
	}
	found := a.Root.FindElements("./" + path)
	if len(found) != 1 {
		a.t.Fatalf("%d of %s in %s", len(found), path, a.XML)
	}
	return found[0]
}

func (a *answer) text(path string) string { a.t.Helper(); return a.element(path).Text() }

func (a *answer) attr(path, name string) string {
	a.t.Helper()
	return a.element(path).SelectAttrValue(name, "")
}

// codes are the two status codes by their last words.
func (a *answer) codes() string {
	a.t.Helper()
	s := tail(a.attr("Status/StatusCode", "Value"))
	if sub := a.Root.FindElement("./Status/StatusCode/StatusCode"); sub != nil {
		s += "/" + tail(sub.SelectAttrValue("Value", ""))
	}
	return s
}

func tail(urn string) string {
	rest, ok := strings.CutPrefix(urn, "urn:oasis:names:tc:SAML:2.0:status:")
	if !ok {
		return "strange " + urn
	}
	return rest
}

// granted fails unless this is a Success that another implementation accepts: crewjam's service provider.
func (a *answer) granted(requestID string) *crewjam.Assertion {
	a.t.Helper()
	return a.grantedAt(spID, spACS, issuer, requestID)
}

func (a *answer) grantedAt(entityID, acs, issuer, requestID string) *crewjam.Assertion {
	a.t.Helper()
	if a.Root == nil {
		a.t.Fatalf("no Response: %d %s %s", a.Status, a.Location, a.Body)
	}
	if a.Action != acs {
		a.t.Fatalf("sent to %q", a.Action)
	}
	got, err := provider(a.t, entityID, acs, issuer, requestID == "").ParseXMLResponse(a.XML, []string{requestID}, *address(a.t, acs))
	if err != nil {
		a.t.Fatalf("%v: %s", err.(*crewjam.InvalidResponseError).PrivateErr, a.XML)
	}
	return got
}

func address(t testing.TB, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func provider(t testing.TB, entityID, acs, issuer string, unsolicited bool) *crewjam.ServiceProvider {
	t.Helper()
	return &crewjam.ServiceProvider{
		EntityID: entityID, AcsURL: *address(t, acs), AllowIDPInitiated: unsolicited,
		IDPMetadata: &crewjam.EntityDescriptor{EntityID: issuer, IDPSSODescriptors: []crewjam.IDPSSODescriptor{{
			SSODescriptor: crewjam.SSODescriptor{RoleDescriptor: crewjam.RoleDescriptor{KeyDescriptors: []crewjam.KeyDescriptor{{
				Use: "signing", KeyInfo: crewjam.KeyInfo{X509Data: crewjam.X509Data{X509Certificates: []crewjam.X509Certificate{{
					Data: base64.StdEncoding.EncodeToString(ourKey().cert),
				}}}},
			}}}},
			SingleSignOnServices: []crewjam.Endpoint{{Binding: crewjam.HTTPRedirectBinding, Location: endpoint}, {Binding: crewjam.HTTPPostBinding, Location: endpoint}},
		}}},
	}
}

// refused fails unless this is a Response with these codes, signed as a whole by us, without an assertion, at the app's
// address.
func (a *answer) refused(codes string) {
	a.t.Helper()
	if got := a.codes(); got != codes {
		a.t.Fatalf("status %s, want %s: %s", got, codes, a.XML)
	}
	if a.Root.FindElement("//Assertion") != nil || a.Root.FindElement("//EncryptedAssertion") != nil {
		a.t.Fatalf("a refusal with an assertion: %s", a.XML)
	}
	// crewjam checks signature, destination and InResponseTo before it looks at the status.
	_, err := provider(a.t, spID, a.Action, a.text("Issuer"), false).ParseXMLResponse(a.XML, []string{a.attr("", "InResponseTo")}, *address(a.t, a.Action))
	invalid, ok := err.(*crewjam.InvalidResponseError)
	if !ok {
		a.t.Fatalf("%v", err)
	}
	if _, ok := invalid.PrivateErr.(crewjam.ErrBadStatus); !ok {
		a.t.Fatalf("%v: %s", invalid.PrivateErr, a.XML)
	}
}

// paged fails unless this is a page of ours with this status, and nothing for any app in it.
func (a *answer) paged(status int) {
	a.t.Helper()
	if a.Root != nil || strings.Contains(a.Body, "SAMLResponse") || a.Location != "" {
		a.t.Fatalf("answered: %s%s", a.Location, a.Body)
	}
	if a.Status != status {
		a.t.Fatalf("status %d, want %d: %s", a.Status, status, a.Body)
	}
}

// asked fails unless the browser is sent to the sign-in page; it gives the address to come back to.
func (a *answer) asked() string {
	a.t.Helper()
	u, err := url.Parse(a.Location)
	if err != nil || a.Status != http.StatusSeeOther || u.Path != "/login" || u.Host != "" {
		a.t.Fatalf("%d to %q: %s", a.Status, a.Location, a.Body)
	}
	return u.Query().Get("next")
}
