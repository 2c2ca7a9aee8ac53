package interop

import (
	"slices"
	"strings"
	"testing"
)

var algorithmURIs = map[string]string{
	"rsa-sha256":     "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
	"rsa-sha384":     "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
	"rsa-sha512":     "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
	"rsa-pss-sha256": "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
	"ecdsa-sha256":   "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
}

func (s suite) testResponses(t *testing.T) {
	for _, part := range []string{"assertion", "response", "both"} {
		t.Run("RESP-14 signature on "+part, func(t *testing.T) { s.testSignedPart(t, part) })
	}
	for _, algorithm := range s.algorithms {
		t.Run(algorithmID(algorithm)+" signature by "+algorithm, func(t *testing.T) { s.testAlgorithm(t, algorithm) })
	}
	t.Run("SIG-15 xmlsec1 agrees that both signatures are ours", func(t *testing.T) {
		s.idp.set(t, s.sp, "sign=both")
		mustBeSigned(t, s.fresh(t).xml, s.idp.metadata(), "/*/*[local-name()='Signature']",
			"/*/*[local-name()='Assertion']/*[local-name()='Signature']")
	})
	t.Run("RESP-22 the assertion is encrypted for who publishes a key, and opens", s.testEncryption)
}

func algorithmID(algorithm string) string {
	switch algorithm {
	case "rsa-sha256":
		return "SIG-07"
	case "ecdsa-sha256":
		return "SIG-08"
	}
	return "SIG-09"
}

// testSignedPart has one part signed, and the service provider insist on just that.
func (s suite) testSignedPart(t *testing.T, part string) {
	response, assertion := part != "assertion", part != "response"
	s.publish(t, func(c *config) { c.WantResponseSigned, c.WantAssertionsSigned = &response, &assertion })
	s.idp.set(t, s.sp, "sign="+part)
	d := s.fresh(t)
	s.mustKnowAda(t, d.deliver(t))
	if got := signedParts(t, d.xml); got != part {
		t.Errorf("the signature is on %s", got)
	}
}

func (s suite) testAlgorithm(t *testing.T, algorithm string) {
	s.idp.set(t, s.sp, "sign=both", "signature-algorithm="+algorithm)
	t.Cleanup(func() { s.idp.set(t, s.sp, "signature-algorithm=rsa-sha256") })
	d := s.fresh(t)
	s.mustKnowAda(t, d.deliver(t))
	want := []string{algorithmURIs[algorithm], algorithmURIs[algorithm]}
	if got := signatureAlgorithms(t, d.xml); !slices.Equal(got, want) {
		t.Errorf("signed by %v", got)
	}
}

func (s suite) testEncryption(t *testing.T) {
	s.publish(t, func(c *config) { c.Decrypt = true })
	d := s.fresh(t)
	if strings.Contains(d.xml, "Lovelace") || !strings.Contains(d.xml, "EncryptedAssertion") {
		t.Errorf("not encrypted:\n%s", d.xml)
	}
	s.mustKnowAda(t, d.deliver(t))
}
