package interop

import (
	"encoding/json"
	"slices"
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
		if part == "response" && s.wantsAssertionsSigned {
			continue // which it always says, so there is no such setting for it
		}
		t.Run("RESP-14 signature on "+part, func(t *testing.T) { s.testSignedPart(t, part) })
	}
	t.Run("RESP-15 the metadata's wish for signed assertions goes before the setting", s.testWantedSignature)
	for _, algorithm := range s.algorithms {
		t.Run("SIG-15 the library verifies "+algorithm, func(t *testing.T) { s.testAlgorithm(t, algorithm) })
	}
	if s.ecdsa {
		t.Run("SIG-08 signature by ecdsa-sha256, with a key of the app's own", s.testECDSA)
	}
	t.Run("SIG-15 xmlsec1 agrees that both signatures are ours", func(t *testing.T) {
		s.idp.set(t, s.sp, "sign=both")
		mustBeSigned(t, s.fresh(t).xml, s.idp.metadata(), "/*/*[local-name()='Signature']",
			"/*/*[local-name()='Assertion']/*[local-name()='Signature']")
	})
}

func algorithmID(algorithm string) string {
	if algorithm == "rsa-sha256" {
		return "SIG-07" // which everybody has to know
	}
	return "SIG-09"
}

// testSignedPart has one part signed, and the service provider insist on just that, and see when it is changed.
func (s suite) testSignedPart(t *testing.T, part string) {
	response, assertion := part != "assertion", part != "response"
	s.sp.with(t, func(c *config) { c.WantResponseSigned, c.WantAssertionsSigned = &response, &assertion })
	s.idp.set(t, s.sp, "sign="+part)
	d := s.fresh(t)
	s.mustKnowAda(t, d.deliver(t))
	if got := signedParts(t, d.xml); got != part {
		t.Errorf("the signature is on %s", got)
	}
	s.fresh(t).deliverChanged(t, "Lovelace", "Lovelacf").mustBeRefused(t, "signature")
}

func (s suite) testWantedSignature(t *testing.T) {
	wanted := true
	s.sp.with(t, func(c *config) { c.WantAssertionsSigned = &wanted })
	s.idp.set(t, s.sp, "sign=response")
	t.Cleanup(func() { s.idp.set(t, s.sp, "sign=both") })
	d := s.fresh(t)
	s.mustKnowAda(t, d.deliver(t))
	if got := signedParts(t, d.xml); got != "both" {
		t.Errorf("the signature is on %s", got)
	}
}

func (s suite) testAlgorithm(t *testing.T, algorithm string) {
	s.idp.set(t, s.sp, "sign=both", "signature-algorithm="+algorithm)
	t.Cleanup(func() { s.idp.set(t, s.sp, "signature-algorithm=rsa-sha256") })
	s.mustBeSignedBy(t, algorithm)
}

// testECDSA gives an app of the same service provider a key of its own, and the service provider the metadata with it.
func (s suite) testECDSA(t *testing.T) {
	s.sp.with(t, func(c *config) { c.EntityID += "/ecdsa" })
	s.idp.keep(t, s.sp)
	app := s.sp.config.EntityID
	t.Cleanup(func() { s.idp.run(t, "", "app", "remove", app) })
	s.idp.assign(t, app)
	var made struct{ ID string }
	mustNot(t, json.Unmarshal([]byte(s.idp.run(t, "", "cert", "create", "--app", app, "--algorithm", "ec-p256", "--json")), &made))
	s.idp.run(t, "", "cert", "activate", made.ID)
	s.idp.set(t, s.sp, "sign=both")
	s.sp.with(t, func(c *config) { c.IDPMetadata = s.idp.metadata() + "/" + s.sp.slug })
	s.mustBeSignedBy(t, "ecdsa-sha256")
}

func (s suite) mustBeSignedBy(t *testing.T, algorithm string) {
	t.Helper()
	d := s.fresh(t)
	s.mustKnowAda(t, d.deliver(t))
	want := []string{algorithmURIs[algorithm], algorithmURIs[algorithm]}
	if got := signatureAlgorithms(t, d.xml); !slices.Equal(got, want) {
		t.Errorf("signed by %v", got)
	}
}
