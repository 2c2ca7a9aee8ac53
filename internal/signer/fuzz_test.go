package signer

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

// FuzzText: what is written parses back to the same value, and only what XML cannot carry is refused. The committed corpus
// is in testdata/fuzz.
func FuzzText(f *testing.F) {
	k := freeKey(f)
	f.Fuzz(func(t *testing.T, s string) {
		r := testResponse()
		r.Destination, r.InResponseTo, r.Issuer, r.Status.Message = s, s, "x"+s, s
		a := r.Assertion
		a.Issuer, a.Audience, a.Recipient, a.SessionIndex, a.Subject.Value, a.Subject.SPProvidedID = "x"+s, "x"+s, "x"+s, s, "x"+s, s
		a.Attributes = []saml.Attribute{{Name: s, NameFormat: "x", FriendlyName: s, Values: []string{s, "x" + s}}}
		doc, err := k.AppendResponse(nil, r, choices["both"].with(saml.RSASHA256))
		bad := strings.IndexFunc(s, func(r rune) bool { return !xmlChar(r) }) >= 0
		if bad || !utf8.ValidString(s) {
			wantInvalid(t, err)
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		r.Status.Code = saml.StatusSuccess
		if diff := cmp.Diff(r, readBack(t, doc), cmp.Comparer(time.Time.Equal)); diff != "" {
			t.Fatalf("%q: %s", s, diff)
		}
	})
}

// signedSet is all that the test key ever signed for the fuzzer, by the octets that verify.
func signedSet(t testing.TB) (trust Trust, documents []string, octets map[string]bool) {
	k, ec := testKey(t, "rsa"), testKey(t, "p256")
	trust = trustIn(k, ec)
	trust.AllowSHA1 = true
	for _, doc := range []string{
		request("_req", goodACS, ""), logout("anna@example.com", ""), testMetadata,
		request("_req", goodACS, `<samlp:Extensions><x xmlns="urn:x" a="&quot;&#xA;">&amp;<![CDATA[<]]></x></samlp:Extensions>`),
	} {
		documents = append(documents, signed(t, k, doc))
	}
	documents = append(documents, string(mustAppend(t, k, testRefusal(), choices["both"].with(saml.RSASHA1))),
		string(mustAppend(t, k, testResponse(), choices["response"].with(saml.RSASHA256))))
	octets = map[string]bool{}
	for _, doc := range documents {
		octets[accepted(t, doc, trust)] = true
	}
	return trust, documents, octets
}

// FuzzVerifyDocument: it never panics, and whatever verifies under our key is what our key signed.
func FuzzVerifyDocument(f *testing.F) {
	trust, documents, octets := signedSet(f)
	for _, doc := range documents {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		got, err := VerifyDocument(doc, trust)
		if err == nil && !octets[string(got)] {
			t.Fatalf("verified, but never signed: %q\nfrom %q", got, doc)
		}
		if err != nil {
			wantInvalid(t, err)
		}
	})
}

// FuzzVerifyQuery: it never panics, and accepts the one query that was signed.
func FuzzVerifyQuery(f *testing.F) {
	k := testKey(f, "rsa")
	query, err := k.SignQuery(testQuery, saml.RSASHA256)
	if err != nil {
		f.Fatal(err)
	}
	good, value := splitQuery(f, query)
	f.Add(good, string(saml.RSASHA256), value)
	f.Fuzz(func(t *testing.T, octets, method string, other []byte) {
		if err := VerifyQuery(octets, saml.SignatureMethod(method), other, trustIn(k)); err == nil && (octets != good || string(other) != string(value)) {
			t.Fatalf("accepted %q", octets)
		}
	})
}
