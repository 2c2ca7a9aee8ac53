package signer

import (
	"crypto/x509"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

func TestGoxmldsigAcceptsBothSignatures(t *testing.T) {
	k := testKey(t, "rsa")
	for _, m := range []saml.SignatureMethod{saml.RSASHA1, saml.RSASHA256, saml.RSASHA384, saml.RSASHA512} {
		for _, typed := range []bool{false, true} {
			r := testResponse()
			r.Assertion.TypedValues = typed
			doc := etree.NewDocument()
			if err := doc.ReadFromBytes(mustAppend(t, k, r, Choice{Assertion: true, Response: true, Method: m})); err != nil {
				t.Fatal(err)
			}
			for _, el := range []*etree.Element{doc.Root(), doc.Root().SelectElement("saml:Assertion")} {
				if err := goxmldsigVerify(t, k, el); err != nil {
					t.Errorf("%s typed=%v %s: %v", m, typed, el.Tag, err)
				}
			}
		}
	}
}

func goxmldsigVerify(t *testing.T, k *Key, el *etree.Element) error {
	t.Helper()
	cert, err := x509.ParseCertificate(k.cert)
	if err != nil {
		t.Fatal(err)
	}
	_, err = dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}}).Validate(el)
	return err
}
