package saml

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// seed gives a fuzzer the vectors of one binding.
func seed(f *testing.F, binding string) {
	for _, v := range vectors(f) {
		if v.binding == binding {
			f.Add(v.body)
		}
	}
}

// bounded fails when a message is larger than we said it may be, or a refusal is none.
func bounded(t *testing.T, in *Inbound, err error) {
	t.Helper()
	if err != nil {
		if !fault.Is(err, fault.Invalid) {
			t.Fatalf("refused with %v", err)
		}
		return
	}
	if len(in.XML) == 0 || len(in.XML) > MaxMessage || len(in.RelayState) > maxRelayState || !utf8.ValidString(in.RelayState) || in.RelayState != "" && !in.HasRelayState {
		t.Fatalf("read %d bytes, RelayState %q", len(in.XML), in.RelayState)
	}
}

func FuzzReadRedirect(f *testing.F) {
	seed(f, "redirect")
	f.Fuzz(func(t *testing.T, query string) {
		in, err := ReadRedirect(query)
		bounded(t, in, err)
		if err != nil || in.Signature == nil {
			return
		}
		// Whoever reads the signed octets alone reads the same message.
		again, err := ReadRedirect(in.Signature.Octets + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(in.Signature.Value)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(in, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzReadPOST(f *testing.F) {
	seed(f, "post")
	f.Fuzz(func(t *testing.T, body string) {
		form, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		in, err := ReadPOST(form, "")
		bounded(t, in, err)
		if err != nil {
			return
		}
		if in.Signature != nil {
			t.Fatal("a signature beside a form")
		}
		field := "SAMLRequest"
		if in.Response {
			field = "SAMLResponse"
		}
		plain := url.Values{field: {base64.StdEncoding.EncodeToString(in.XML)}}
		if in.HasRelayState {
			plain.Set("RelayState", in.RelayState)
		}
		again, err := ReadPOST(plain, "")
		if err != nil && looksDeflated(in.XML) {
			return // it was deflated twice, and the inside is no XML
		}
		if err != nil || !looksDeflated(in.XML) && cmp.Diff(in, again) != "" {
			t.Fatalf("%v: %s", err, cmp.Diff(in, again))
		}
	})
}

func looksDeflated(doc []byte) bool { return !strings.ContainsRune("< \t\r\n", rune(doc[0])) }

func FuzzReadAuthnRequest(f *testing.F) {
	seed(f, "xml")
	f.Fuzz(func(t *testing.T, doc string) {
		r, err := ReadAuthnRequest([]byte(doc))
		if err != nil {
			if r != nil || !fault.Is(err, fault.Invalid) {
				t.Fatalf("%v with %+v", err, r)
			}
			return
		}
		if r.Issuer == "" || !validID(r.ID) || r.IssueInstant.IsZero() && !strings.Contains(doc, "0001-01-01") {
			t.Fatalf("read %+v", r)
		}
		again, err := ReadAuthnRequest([]byte(written(r)))
		if err != nil {
			t.Fatalf("%v: %s", err, written(r))
		}
		again.Signed = r.Signed
		if diff := cmp.Diff(r, again); diff != "" {
			t.Fatal(diff)
		}
		// A waiting sign-on is kept as JSON.
		kept, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var back AuthnRequest
		if err := json.Unmarshal(kept, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, &back); diff != "" {
			t.Fatal(diff)
		}
	})
}

// written is a request as a document again.
func written(r *AuthnRequest) string {
	var b strings.Builder
	attr := func(name, value string) {
		b.WriteString(" " + name + `="`)
		_ = xml.EscapeText(&b, []byte(value))
		b.WriteString(`"`)
	}
	some := func(name, value string) {
		if value != "" {
			attr(name, value)
		}
	}
	leaf := func(open, value, end string) {
		b.WriteString(open)
		_ = xml.EscapeText(&b, []byte(value))
		b.WriteString(end)
	}
	index := func(name string, i *int) {
		if i != nil {
			attr(name, strconv.Itoa(*i))
		}
	}
	b.WriteString(`<p:AuthnRequest xmlns:p="` + NSProtocol + `" xmlns:a="` + NSAssertion + `"`)
	attr("ID", r.ID)
	some("Version", r.Version)
	attr("IssueInstant", r.IssueInstant.Format(time.RFC3339Nano))
	some("Destination", r.Destination)
	attr("ForceAuthn", strconv.FormatBool(r.ForceAuthn))
	attr("IsPassive", strconv.FormatBool(r.IsPassive))
	some("AssertionConsumerServiceURL", r.ACSURL)
	index("AssertionConsumerServiceIndex", r.ACSIndex)
	some("ProtocolBinding", string(r.ProtocolBinding))
	index("AttributeConsumingServiceIndex", r.AttributeIndex)
	some("ProviderName", r.ProviderName)
	leaf(`><a:Issuer>`, r.Issuer, `</a:Issuer>`)
	if s := r.Subject; s != nil {
		b.WriteString(`<a:Subject>`)
		if s.Encrypted {
			b.WriteString(`<a:EncryptedID/>`)
		}
		if n := s.NameID; n != nil {
			b.WriteString(`<a:NameID`)
			some("Format", string(n.Format))
			some("NameQualifier", n.NameQualifier)
			some("SPNameQualifier", n.SPNameQualifier)
			some("SPProvidedID", n.SPProvidedID)
			leaf(`>`, n.Value, `</a:NameID>`)
		}
		for _, m := range s.Confirmation {
			b.WriteString(`<a:SubjectConfirmation`)
			attr("Method", m)
			b.WriteString(`/>`)
		}
		b.WriteString(`</a:Subject>`)
	}
	if p := r.NameIDPolicy; p != nil {
		b.WriteString(`<p:NameIDPolicy`)
		some("Format", string(p.Format))
		some("SPNameQualifier", p.SPNameQualifier)
		attr("AllowCreate", strconv.FormatBool(p.AllowCreate))
		b.WriteString(`/>`)
	}
	if c := r.RequestedAuthn; c != nil {
		b.WriteString(`<p:RequestedAuthnContext`)
		attr("Comparison", c.Comparison)
		b.WriteString(`>`)
		for _, v := range c.Classes {
			leaf(`<a:AuthnContextClassRef>`, string(v), `</a:AuthnContextClassRef>`)
		}
		for _, v := range c.Decls {
			leaf(`<a:AuthnContextDeclRef>`, v, `</a:AuthnContextDeclRef>`)
		}
		b.WriteString(`</p:RequestedAuthnContext>`)
	}
	if s := r.Scoping; s != nil {
		b.WriteString(`<p:Scoping`)
		index("ProxyCount", s.ProxyCount)
		b.WriteString(`>`)
		if len(s.IDPs) > 0 {
			b.WriteString(`<p:IDPList>`)
			for _, id := range s.IDPs {
				b.WriteString(`<p:IDPEntry`)
				attr("ProviderID", id)
				b.WriteString(`/>`)
			}
			b.WriteString(`</p:IDPList>`)
		}
		b.WriteString(`</p:Scoping>`)
	}
	b.WriteString(`</p:AuthnRequest>`)
	return b.String()
}

func FuzzInflate(f *testing.F) {
	for _, s := range []string{"", "x", strings.Repeat("x", 5000), "<samlp:AuthnRequest/>"} {
		f.Add(Deflate([]byte(s)), 4096)
	}
	f.Add([]byte{0x03, 0x00}, 0)
	f.Add([]byte{0x01, 0x01, 0x00, 0xfe, 0xff, 'x', 'y'}, 10)
	f.Fuzz(func(t *testing.T, packed []byte, limit int) {
		limit = max(0, min(limit, 1<<20))
		out, err := Inflate(packed, limit)
		if err != nil {
			if out != nil || !fault.Is(err, fault.Invalid) {
				t.Fatalf("%d bytes and %v", len(out), err)
			}
			return
		}
		if len(out) > limit {
			t.Fatalf("%d bytes, limit %d", len(out), limit)
		}
		again, err := Inflate(Deflate(out), limit)
		if err != nil || !bytes.Equal(out, again) {
			t.Fatalf("%v", err)
		}
	})
}
