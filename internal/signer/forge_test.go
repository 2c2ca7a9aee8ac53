package signer

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

// What service providers send, and what an attacker makes of it.

const (
	goodACS = "https://sp.example.com/acs"
	evilACS = "https://evil.example/acs"

	declareSAMLP = ` xmlns:samlp="` + saml.NSProtocol + `"`
	declareSAML  = ` xmlns:saml="` + saml.NSAssertion + `"`
)

// request is an unsigned AuthnRequest with a place for anything inside, in a form that all canonicalizations leave alone.
func request(id, acs, inside string) string {
	return `<samlp:AuthnRequest` + declareSAMLP + ` AssertionConsumerServiceURL="` + acs + `" ID="` + id + `" IssueInstant="2026-03-14T15:09:26Z" Version="2.0">` +
		`<saml:Issuer` + declareSAML + `>https://sp.example.com/metadata</saml:Issuer>` + inside +
		`<samlp:NameIDPolicy AllowCreate="true"></samlp:NameIDPolicy></samlp:AuthnRequest>`
}

func logout(nameID, inside string) string {
	return `<samlp:LogoutRequest` + declareSAMLP + ` ID="_req" IssueInstant="2026-03-14T15:09:26Z" Version="2.0">` +
		`<saml:Issuer` + declareSAML + `>https://sp.example.com/metadata</saml:Issuer>` + inside + `<saml:NameID` + declareSAML + `>` + nameID + `</saml:NameID><samlp:SessionIndex>_s1</samlp:SessionIndex></samlp:LogoutRequest>`
}

func signed(t testing.TB, k *Key, doc string) string {
	t.Helper()
	m := k.Methods()[0]
	out, err := k.SignDocument([]byte(doc), m)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// goodRequest is the honest message that the attacks start from.
func goodRequest(t testing.TB, k *Key) string { return signed(t, k, request("_req", goodACS, "")) }

// accepted runs the positive control: doc verifies, and what comes back is the message without its signature.
func accepted(t testing.TB, doc string, trust Trust) string {
	t.Helper()
	got, err := VerifyDocument([]byte(doc), trust)
	if err != nil {
		t.Fatalf("%v\n%s", err, doc)
	}
	if len(got) == 0 || strings.Contains(string(got), "Signature") {
		t.Fatalf("verified octets: %q", got)
	}
	return string(got)
}

func rejected(t testing.TB, name, doc string, trust Trust) {
	t.Helper()
	got, err := VerifyDocument([]byte(doc), trust)
	if got != nil {
		t.Fatalf("%s: accepted\n%s", name, doc)
	}
	wantInvalid(t, err)
}

// swap replaces once, and fails when there is nothing to replace: an attack has to do something.
func swap(t testing.TB, doc, from, to string) string {
	t.Helper()
	if !strings.Contains(doc, from) {
		t.Fatalf("no %q in %s", from, doc)
	}
	return strings.Replace(doc, from, to, 1)
}

func signatureOf(t testing.TB, doc string) string {
	t.Helper()
	return string(cut(t, []byte(doc), "<ds:Signature", "</ds:Signature>"))
}

func unsigned(t testing.TB, doc string) string {
	t.Helper()
	return swap(t, doc, signatureOf(t, doc), "")
}

var valuePattern = regexp.MustCompile(`<ds:SignatureValue>[^<]*</ds:SignatureValue>`)

// resign signs the SignedInfo of doc again, as it now is: the attacker has got hold of a signer, or found a signature that
// says just this. Only the shape of the signature can give it away.
func resign(t testing.TB, k *Key, doc string) string {
	t.Helper()
	value := base64.StdEncoding.EncodeToString(signInfo(t, k, infoOf(t, doc)))
	return valuePattern.ReplaceAllLiteralString(doc, "<ds:SignatureValue>"+value+"</ds:SignatureValue>")
}

// infoOf is the SignedInfo of doc in the form that is hashed.
func infoOf(t testing.TB, doc string) string {
	t.Helper()
	return swap(t, string(cut(t, []byte(doc), "<ds:SignedInfo>", "</ds:SignedInfo>")), "<ds:SignedInfo>", signedInfoAlone)
}

func signInfo(t testing.TB, k *Key, info string) []byte {
	t.Helper()
	a, _ := find(k.Methods()[0])
	h := a.hash.New()
	h.Write([]byte(info))
	value, err := k.sign(a, h.Sum(nil))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

var digestPattern = regexp.MustCompile(`<ds:DigestValue>[^<]*</ds:DigestValue>`)

// redigest puts the digest of these octets into doc and signs again.
func redigest(t testing.TB, k *Key, doc, octets string) string {
	t.Helper()
	a, _ := find(k.Methods()[0])
	h := a.hash.New()
	h.Write([]byte(octets))
	return resign(t, k, digestPattern.ReplaceAllLiteralString(doc, "<ds:DigestValue>"+base64.StdEncoding.EncodeToString(h.Sum(nil))+"</ds:DigestValue>"))
}
