package signer

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

const testQuery = "SAMLRequest=fVHLTsMwEPyVyPc0&RelayState=a%2Fb+c"

func queryEscape(s string) string { return url.QueryEscape(s) }

func signAndVerifyQuery(t *testing.T, k *Key, m saml.SignatureMethod, trust Trust) error {
	t.Helper()
	signed, err := k.SignQuery(testQuery, m)
	if err != nil {
		t.Fatal(err)
	}
	octets, value := splitQuery(t, signed)
	return VerifyQuery(octets, m, value, trust)
}

// splitQuery takes a signed query apart as the receiver of one does.
func splitQuery(t testing.TB, signed string) (octets string, value []byte) {
	t.Helper()
	octets, escaped, _ := strings.Cut(signed, "&Signature=")
	text, err := url.QueryUnescape(escaped)
	if err != nil {
		t.Fatal(err)
	}
	value, err = base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return octets, value
}

func TestSignedQueryVerifies(t *testing.T) {
	for _, name := range []string{"rsa", "p256", "p384", "p521"} {
		k := testKey(t, name)
		for _, m := range k.Methods() {
			if err := signAndVerifyQuery(t, k, m, trustIn(testKey(t, "p521"), k)); err != nil {
				t.Errorf("%s %s: %v", name, m, err)
			}
			if err := signAndVerifyQuery(t, k, m, trustIn(testKey(t, "other"))); err == nil {
				t.Errorf("%s %s: accepted under another key", name, m)
			}
		}
	}
}

func TestQueryAttacks(t *testing.T) {
	k := testKey(t, "rsa")
	trust := trustIn(k)
	signed, err := k.SignQuery(testQuery, saml.RSASHA256)
	if err != nil {
		t.Fatal(err)
	}
	octets, value := splitQuery(t, signed)
	if err := VerifyQuery(octets, saml.RSASHA256, value, trust); err != nil {
		t.Fatal(err)
	}
	alg := "&SigAlg=" + queryEscape(string(saml.RSASHA256))
	refuse := func(t *testing.T, octets string) {
		t.Helper()
		wantInvalid(t, VerifyQuery(octets, saml.RSASHA256, value, trust))
		wantInvalid(t, VerifyQuery(octets, saml.RSASHA256, anyQuerySignature(t, k, octets), trust)) // even when signed so
	}
	t.Run("RED-S1 parameters in another order, twice, or under another name", func(t *testing.T) {
		for _, other := range []string{
			"RelayState=a%2Fb+c&SAMLRequest=fVHLTsMwEPyVyPc0" + alg, alg[1:] + "&" + testQuery, "SAMLRequest=fVHLTsMwEPyVyPc0" + alg + "&RelayState=a%2Fb+c",
			"SAMLRequest=evil&" + octets, testQuery + "&SAMLRequest=evil" + alg, octets + "&SAMLRequest=evil", octets + "&SigAlg=x", octets + alg, testQuery + alg + "&",
			"SAMLRequest=fVHLTsMwEPyVyPc0&SAMLResponse=evil&RelayState=a%2Fb+c" + alg, "SAMLRequest=fVHLTsMwEPyVyPc0&RelayState=a&RelayState=b" + alg,
			"SAMLRequest%00=fVHLTsMwEPyVyPc0&RelayState=a%2Fb+c" + alg, "SAMLReques%74=fVHLTsMwEPyVyPc0" + alg, "samlrequest=fVHLTsMwEPyVyPc0" + alg,
			testQuery + "&x=y" + alg, "x=y&" + octets, "&" + octets, "", alg, testQuery, "SAMLRequest=" + alg, testQuery + "&SigAlg=" + queryEscape(queryEscape(string(saml.RSASHA256))),
			testQuery + "&SigAlg=" + queryEscape(string(saml.RSASHA512)), testQuery + "&SigAlg=%zz",
		} {
			refuse(t, other)
		}
	})
	t.Run("RED-S1 the octets that came are the ones that count", func(t *testing.T) {
		for _, same := range []string{
			strings.Replace(octets, "%2F", "%2f", 1), strings.Replace(octets, "+", "%20", 1), strings.Replace(octets, "%2F", "/", 1),
			strings.Replace(octets, "fVHL", "%66VHL", 1),
		} {
			if same == octets {
				t.Fatal("nothing changed")
			}
			wantInvalid(t, VerifyQuery(same, saml.RSASHA256, value, trust))
			if err := VerifyQuery(same, saml.RSASHA256, anyQuerySignature(t, k, same), trust); err != nil {
				t.Errorf("%s: %v", same, err) // signed in this spelling, it is good
			}
		}
	})
	t.Run("RED-S3 RelayState stripped, changed or added under a valid signature", func(t *testing.T) {
		for _, other := range []string{"SAMLRequest=fVHLTsMwEPyVyPc0" + alg, "SAMLRequest=fVHLTsMwEPyVyPc0&RelayState=" + alg, "SAMLRequest=fVHLTsMwEPyVyPc0&RelayState=evil" + alg} {
			wantInvalid(t, VerifyQuery(other, saml.RSASHA256, value, trust))
		}
	})
	t.Run("XSW-21 a query without its signature", func(t *testing.T) {
		wantInvalid(t, VerifyQuery(octets, saml.RSASHA256, nil, trust))
		wantInvalid(t, VerifyQuery(octets, saml.RSASHA256, []byte{}, trust))
		wantInvalid(t, VerifyQuery(octets, saml.RSASHA256, value, Trust{}))
	})
}

// anyQuerySignature signs any octets, as an attacker with a careless signer could have it done.
func anyQuerySignature(t *testing.T, k *Key, octets string) []byte {
	t.Helper()
	a, _ := find(saml.RSASHA256)
	value, err := k.sign(a, hashOf(octets))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestSignQueryRefusesWhatIsNoMessage(t *testing.T) {
	k := testKey(t, "rsa")
	for _, query := range []string{"", "SAMLRequest=", "RelayState=x", "SAMLRequest=x&SigAlg=y", "SAMLRequest=x&", "a=b&SAMLRequest=x", "SAMLRequest=x&RelayState=y&z"} {
		_, err := k.SignQuery(query, saml.RSASHA256)
		wantInvalid(t, err)
	}
	_, err := k.SignQuery(testQuery, saml.ECDSASHA256)
	wantInvalid(t, err)
	for _, query := range []string{"SAMLResponse=x", "SAMLRequest=x&RelayState="} {
		if _, err := k.SignQuery(query, saml.RSASHA256); err != nil {
			t.Error(err)
		}
	}
}
