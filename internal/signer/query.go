package signer

import (
	"crypto"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// SignQuery appends SigAlg and Signature to a query of the redirect binding, "SAMLRequest=…" or "SAMLResponse=…", with
// "&RelayState=…" if there is one, already escaped. The signature covers just these octets and SigAlg (Bindings §3.4.4.1).
// It refuses with fault.Invalid any other query, and a method that the key cannot do.
func (k *Key) SignQuery(query string, m saml.SignatureMethod) (string, error) {
	a, err := k.algorithm(m)
	if err != nil {
		return "", err
	}
	octets := query + "&SigAlg=" + url.QueryEscape(string(m))
	if err := checkQuery(octets, m); err != nil {
		return "", err
	}
	h := a.hash.New()
	h.Write([]byte(octets))
	value, err := k.sign(a, h.Sum(nil))
	if err != nil {
		return "", err
	}
	return octets + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(value)), nil
}

// VerifyQuery checks the signature of the redirect binding (Bindings §3.4.4.1). Octets are the raw, still escaped query as
// it came, put in the order message, RelayState if given, SigAlg; value is the decoded Signature. They must name m, and
// each parameter once: whoever reads a message must read it out of these octets. Every failure is fault.Invalid.
func VerifyQuery(octets string, m saml.SignatureMethod, value []byte, t Trust) error {
	a, err := t.algorithm(m)
	if err != nil {
		return err
	}
	if err := checkQuery(octets, m); err != nil {
		return err
	}
	h := a.hash.New()
	h.Write([]byte(octets))
	hashed := h.Sum(nil)
	return t.each(a, func(key crypto.PublicKey) bool { return verify(key, a, hashed, value) })
}

// checkQuery refuses all but message[&RelayState]&SigAlg, with just these names and the SigAlg that is meant.
func checkQuery(octets string, m saml.SignatureMethod) error {
	rest, ok := strings.CutPrefix(octets, "SAMLRequest=")
	if !ok {
		rest, ok = strings.CutPrefix(octets, "SAMLResponse=")
	}
	message, rest, more := strings.Cut(rest, "&")
	if relayState, found := strings.CutPrefix(rest, "RelayState="); found {
		_, rest, more = strings.Cut(relayState, "&")
	}
	escaped, found := strings.CutPrefix(rest, "SigAlg=")
	alg, err := url.QueryUnescape(escaped)
	if !ok || message == "" || !more || !found || err != nil || alg != string(m) {
		return fault.New(fault.Invalid, "The signed query is not made of a SAML message, an optional RelayState and a SigAlg, in this order and once each.")
	}
	return nil
}
