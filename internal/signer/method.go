package signer

import (
	"crypto"
	"crypto/rsa"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

// A scheme is how a signature value is made out of a hash.
type scheme int

const (
	pkcs1 scheme = iota // RSASSA-PKCS1-v1_5
	pss                 // RSASSA-PSS with MGF1 of the same hash and a salt of the hash's length (RFC 6931 §2.3.10)
	ecdsa               // r and s side by side, fixed width (RFC 6931 §2.3.6)
)

// An algorithm is everything a signature method URI stands for.
type algorithm struct {
	uri    saml.SignatureMethod
	scheme scheme
	hash   crypto.Hash
	digest saml.DigestMethod
	opts   crypto.SignerOpts // what the crypto.Signer is told
}

func pssOf(h crypto.Hash) *rsa.PSSOptions {
	return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: h}
}

// algorithms is the allow list, for making and for checking. There is no HMAC, DSA or MD5 in it on purpose.
var algorithms = []algorithm{
	{saml.RSASHA256, pkcs1, crypto.SHA256, saml.DigestSHA256, crypto.SHA256},
	{saml.RSASHA384, pkcs1, crypto.SHA384, saml.DigestSHA384, crypto.SHA384},
	{saml.RSASHA512, pkcs1, crypto.SHA512, saml.DigestSHA512, crypto.SHA512},
	{saml.RSAPSS256, pss, crypto.SHA256, saml.DigestSHA256, pssOf(crypto.SHA256)},
	{saml.RSAPSS384, pss, crypto.SHA384, saml.DigestSHA384, pssOf(crypto.SHA384)},
	{saml.RSAPSS512, pss, crypto.SHA512, saml.DigestSHA512, pssOf(crypto.SHA512)},
	{saml.ECDSASHA256, ecdsa, crypto.SHA256, saml.DigestSHA256, crypto.SHA256},
	{saml.ECDSASHA384, ecdsa, crypto.SHA384, saml.DigestSHA384, crypto.SHA384},
	{saml.ECDSASHA512, ecdsa, crypto.SHA512, saml.DigestSHA512, crypto.SHA512},
	{saml.RSASHA1, pkcs1, crypto.SHA1, saml.DigestSHA1, crypto.SHA1},
}

func find(m saml.SignatureMethod) (*algorithm, bool) {
	for i := range algorithms {
		if algorithms[i].uri == m {
			return &algorithms[i], true
		}
	}
	return nil, false
}

// Digest is the digest method that goes with a signature method: the same hash. It is empty for a method we do not know,
// and SHA-1 only for RSASHA1.
func Digest(m saml.SignatureMethod) saml.DigestMethod {
	if a, ok := find(m); ok {
		return a.digest
	}
	return ""
}
