package signer

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// testKey reads one of the keys of testdata: rsa, other (RSA too), p256, p384, p521. They sign nothing but tests.
func testKey(t testing.TB, name string) *Key {
	t.Helper()
	private, err := x509.ParsePKCS8PrivateKey(testPEM(t, name+".key"))
	if err != nil {
		t.Fatal(err)
	}
	k, err := NewKey(name, private.(crypto.Signer), testPEM(t, name+".crt"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func testPEM(t testing.TB, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	return block.Bytes
}

// trustIn is what a receiver with these keys in its metadata believes.
func trustIn(keys ...*Key) Trust {
	var t Trust
	for _, k := range keys {
		t.Keys = append(t.Keys, k.signer.Public())
	}
	return t
}

var testNow = time.Date(2026, 3, 14, 15, 9, 26, 535_000_000, time.FixedZone("", 2*3600))

// testResponse has something in every field; eight attributes with ten values, as in the measured prototype.
func testResponse() *saml.Response {
	return &saml.Response{
		ID: "_4c0f3a6f8d1b4e5a9c7d2e1f0a3b5c7d", InResponseTo: "id-9f8e7d6c5b4a", Destination: "https://sp.example.com/saml/acs?a=1&b=2",
		Issuer: "https://idp.example.com/saml/metadata", IssueInstant: testNow,
		Assertion: &saml.Assertion{
			ID: "_0a1b2c3d4e5f60718293a4b5c6d7e8f9", Issuer: "https://idp.example.com/saml/metadata", IssueInstant: testNow,
			Subject: saml.NameID{
				Value: "anna@example.com", Format: saml.FormatEmail, NameQualifier: "https://idp.example.com/saml/metadata",
				SPNameQualifier: "https://sp.example.com/metadata", SPProvidedID: "a<b",
			},
			Recipient: "https://sp.example.com/saml/acs?a=1&b=2", InResponseTo: "id-9f8e7d6c5b4a",
			NotBefore: testNow.Add(-3 * time.Minute), NotOnOrAfter: testNow.Add(5 * time.Minute), Audience: "https://sp.example.com/metadata",
			AuthnInstant: testNow.Add(-time.Hour), SessionIndex: "_s1", SessionNotOnOrAfter: testNow.Add(8 * time.Hour),
			Context: saml.ClassPasswordProtected,
			Attributes: []saml.Attribute{
				{Name: "urn:oid:0.9.2342.19200300.100.1.3", NameFormat: saml.NameURI, FriendlyName: "mail", Values: []string{"anna@example.com"}},
				{Name: "urn:oid:2.5.4.42", NameFormat: saml.NameURI, FriendlyName: "givenName", Values: []string{"Änne-Łucja"}},
				{Name: "urn:oid:2.5.4.4", NameFormat: saml.NameURI, FriendlyName: "sn", Values: []string{`O'Neil & "Sons" <x> ]]>`}},
				{Name: "urn:oid:2.16.840.1.113730.3.1.241", NameFormat: saml.NameURI, FriendlyName: "displayName", Values: []string{"Änne O'Neil"}},
				{Name: "groups", NameFormat: saml.NameBasic, Values: []string{"staff", "admins", "tab\there"}},
				{Name: "empty", NameFormat: saml.NameBasic, Values: []string{""}},
				{Name: "none", NameFormat: saml.NameBasic},
				{Name: "lines", NameFormat: saml.NameUnspecified, Values: []string{"a\r\nb", "𝛑 \u0085\u2028"}},
			},
		},
	}
}

func testRefusal() *saml.Response {
	return &saml.Response{
		ID: "_4c0f3a6f8d1b4e5a9c7d2e1f0a3b5c7d", InResponseTo: "id-9f8e7d6c5b4a", Destination: "https://sp.example.com/saml/acs",
		Issuer: "https://idp.example.com/saml/metadata", IssueInstant: testNow,
		Status: saml.Refusal(saml.StatusResponder, saml.StatusNoPassive, "You are not signed in & may not be asked."),
	}
}

func mustAppend(t testing.TB, k *Key, r *saml.Response, c Choice) []byte {
	t.Helper()
	doc, err := k.AppendResponse(nil, r, c)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// wantInvalid fails the test unless err is what a person may read: Invalid, with a sentence.
func wantInvalid(t testing.TB, err error) {
	t.Helper()
	if !fault.Is(err, fault.Invalid) || fault.From(err).Message == "" {
		t.Fatalf("got %v, want a refusal", err)
	}
}

func TestAppendKeepsWhatWasInTheBuffer(t *testing.T) {
	k := testKey(t, "rsa")
	c := Choice{Assertion: true, Response: true, Method: saml.RSASHA256}
	want := mustAppend(t, k, testResponse(), c)
	got, err := k.AppendResponse([]byte("before"), testResponse(), c)
	if err != nil || !bytes.Equal(got, append([]byte("before"), want...)) {
		t.Fatalf("got %.40q…, %v", got, err)
	}
	r := testResponse()
	r.Assertion.Attributes[0].Values[0] = "\x00"
	if got, err = k.AppendResponse([]byte("before"), r, c); string(got) != "before" {
		t.Fatalf("after a refusal the buffer holds %.40q", got)
	}
	wantInvalid(t, err)
}

func TestAKeySignsForManyAtOnce(t *testing.T) {
	k, ec := testKey(t, "rsa"), testKey(t, "p256")
	want := mustAppend(t, k, testResponse(), choices["both"].with(saml.RSASHA256))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 5 {
				got, err := k.AppendResponse(nil, testResponse(), choices["both"].with(saml.RSASHA256))
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("%v: another document", err)
				}
				if _, err := ec.AppendResponse(nil, testRefusal(), choices["both"].with(saml.ECDSASHA512)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}
