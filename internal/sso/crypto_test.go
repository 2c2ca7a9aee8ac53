package sso_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"testing"

	"github.com/beevik/etree"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

// rawSignature is rsa-sha256 over any octets, by the standard library alone.
func rawSignature(t testing.TB, k keyPair, octets string) string {
	t.Helper()
	h := sha256.Sum256([]byte(octets))
	return signHash(t, k, h[:], crypto.SHA256)
}

func signHash(t testing.TB, k keyPair, hash []byte, of crypto.Hash) string {
	t.Helper()
	value, err := k.signer.Sign(rand.Reader, hash, of)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(value)
}

// anySignature is what a careless verifier would take for a good one by this method: the hash is right, and HMAC's key is
// the public key that everybody knows.
func anySignature(t testing.TB, method, octets string) string {
	t.Helper()
	switch method {
	case string(saml.RSASHA1):
		h := sha1.Sum([]byte(octets))
		return signHash(t, spKey(), h[:], crypto.SHA1)
	case "http://www.w3.org/2001/04/xmldsig-more#rsa-md5":
		h := md5.Sum([]byte(octets))
		return signHash(t, spKey(), h[:], crypto.MD5)
	case "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256":
		m := hmac.New(sha256.New, spKey().public())
		m.Write([]byte(octets))
		return base64.StdEncoding.EncodeToString(m.Sum(nil))
	case "http://www.w3.org/2000/09/xmldsig#hmac-sha1":
		m := hmac.New(sha1.New, spKey().public())
		m.Write([]byte(octets))
		return base64.StdEncoding.EncodeToString(m.Sum(nil))
	}
	return rawSignature(t, spKey(), octets)
}

// ecDER is a true ECDSA signature in the encoding that XML Signature does not have.
func ecDER(t testing.TB, octets string) string {
	t.Helper()
	h := sha256.Sum256([]byte(octets))
	value, err := spECKey().signer.Sign(rand.Reader, h[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return string(value)
}

// shortRSA has 1024 bits, the least that the standard library still makes.
func shortRSA(t testing.TB) keyPair {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	return keyPair{signer: k}
}

func mustParse(t testing.TB, der []byte) *x509.Certificate {
	t.Helper()
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func text(t testing.TB, e *etree.Element) string {
	t.Helper()
	doc := etree.NewDocument()
	doc.SetRoot(e)
	s, err := doc.WriteToString()
	if err != nil {
		t.Fatal(err)
	}
	return s
}
