package signer

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

const testQuery = "SAMLRequest=fVHLTsMwEPyVyPc0&RelayState=a%2Fb+c"

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
func splitQuery(t *testing.T, signed string) (octets string, value []byte) {
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
