package signer

import (
	"bytes"
	"crypto"
	cryptoecdsa "crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1" // legacy apps and service providers, by explicit choice only
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// A Key signs for us. The private half stays behind a crypto.Signer, so it may live in OpenSSL, a security module or a
// cloud service as well as in memory. A Key is safe for concurrent use if its crypto.Signer is.
type Key struct {
	ID string

	signer   crypto.Signer
	cert     []byte // DER
	certText string // base64 of cert, as KeyInfo carries it
	scheme   scheme // pkcs1 stands for RSA, which can do pss as well
	size     int    // octets of one signature value
	methods  []saml.SignatureMethod
}

// NewKey joins a private key with its certificate (DER). It refuses with fault.Invalid an RSA key under 2048 bits, a curve
// other than P-256, P-384 and P-521, any other kind of key, and a certificate of another key. The dates of the certificate
// do not matter here: they are the business of whoever chooses the key.
func NewKey(id string, s crypto.Signer, certDER []byte) (*Key, error) {
	cert, err := x509.ParseCertificate(certDER)
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Message: "The certificate cannot be read; give it in DER or PEM form.", Cause: err}
	}
	k := &Key{ID: id, signer: s, cert: bytes.Clone(certDER), certText: base64.StdEncoding.EncodeToString(certDER)}
	if err := k.classify(s.Public()); err != nil {
		return nil, err
	}
	if same, ok := cert.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); !ok || !same.Equal(s.Public()) {
		return nil, fault.New(fault.Invalid, "The certificate belongs to another key; give the one that was made for this private key.")
	}
	if r, ok := s.(*rsa.PrivateKey); ok {
		r.Precompute() // without it each signature costs two thirds more
	}
	return k, nil
}

// classify finds what a public key can do and refuses the weak ones.
func (k *Key) classify(public crypto.PublicKey) error {
	switch p := public.(type) {
	case *rsa.PublicKey:
		k.scheme, k.size = pkcs1, p.Size()
		k.methods = methodsOf(pkcs1, crypto.SHA256)
		return strongRSA(p)
	case *cryptoecdsa.PublicKey:
		size, hash, ok := curve(p)
		if !ok {
			return fault.New(fault.Invalid, "This elliptic curve is not supported; use P-256, P-384 or P-521.")
		}
		k.scheme, k.size, k.methods = ecdsa, 2*size, methodsOf(ecdsa, hash)
		return nil
	}
	return fault.New(fault.Invalid, "This kind of key is not supported; use RSA with 2048 bits or more, or ECDSA on P-256, P-384 or P-521.")
}

// strongRSA refuses moduli that can be factored and exponents that are no exponents. A small one such as 3 is harmless
// with the strict padding check of crypto/rsa, and old service providers have it.
func strongRSA(p *rsa.PublicKey) error {
	if p == nil || p.N == nil || p.N.BitLen() < 2048 {
		return fault.New(fault.Invalid, "The RSA key is too short; use one of at least 2048 bits.")
	}
	if p.E < 3 || p.E%2 == 0 {
		return fault.New(fault.Invalid, "The RSA key has an impossible exponent; make a new key.")
	}
	return nil
}

// curve gives the octets of one coordinate and the hash that fits.
func curve(p *cryptoecdsa.PublicKey) (size int, hash crypto.Hash, ok bool) {
	if p == nil || p.Curve == nil {
		return 0, 0, false
	}
	switch p.Curve.Params().Name {
	case "P-256":
		return 32, crypto.SHA256, true
	case "P-384":
		return 48, crypto.SHA384, true
	case "P-521":
		return 66, crypto.SHA512, true
	}
	return 0, 0, false
}

// methodsOf lists what a kind of key can do, those with the preferred hash first. SHA-1 is never offered.
func methodsOf(s scheme, preferred crypto.Hash) []saml.SignatureMethod {
	var first, rest []saml.SignatureMethod
	for _, a := range algorithms {
		switch {
		case a.hash == crypto.SHA1 || (s == ecdsa) != (a.scheme == ecdsa):
		case a.hash == preferred && a.scheme == s:
			first = append(first, a.uri)
		default:
			rest = append(rest, a.uri)
		}
	}
	return append(first, rest...)
}

// Certificate is the key's certificate in DER.
func (k *Key) Certificate() []byte { return bytes.Clone(k.cert) }

// Methods lists what this key can do, preferred first. RSASHA1 is not among them: it works when it is asked for by name.
func (k *Key) Methods() []saml.SignatureMethod { return slices.Clone(k.methods) }

// String names the key, so that nothing of it gets into a log.
func (k *Key) String() string { return "signing key " + k.ID }

// algorithm refuses with fault.Invalid a method that this key cannot do.
func (k *Key) algorithm(m saml.SignatureMethod) (*algorithm, error) {
	a, ok := find(m)
	if !ok || (a.scheme == ecdsa) != (k.scheme == ecdsa) {
		return nil, fault.Field("signatureMethod", "The signing key cannot sign with %q; choose one of the methods that fit the key.", m)
	}
	return a, nil
}

// sign makes the signature value of a hash, in the form that XML Signature and the SAML query signature share. It is always
// k.size octets long.
func (k *Key) sign(a *algorithm, hashed []byte) ([]byte, error) {
	value, err := k.signer.Sign(rand.Reader, hashed, a.opts)
	if err != nil {
		return nil, &fault.Error{Kind: fault.Internal, Message: "The signing key does not answer.", Cause: err}
	}
	if a.scheme == ecdsa {
		value = sideBySide(value, k.size)
	}
	if len(value) != k.size {
		return nil, fault.New(fault.Internal, "The signing key gave a signature of the wrong length.")
	}
	return value, nil
}

// sideBySide turns an ECDSA signature from DER, as crypto.Signer makes it, into r and s of half the size each. It gives nil
// for anything that is not such a signature.
func sideBySide(der []byte, size int) []byte {
	var r, s []byte
	in := cryptobyte.String(der)
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, asn1.SEQUENCE) || !in.Empty() ||
		!seq.ReadASN1Integer(&r) || !seq.ReadASN1Integer(&s) || !seq.Empty() || len(r) > size/2 || len(s) > size/2 {
		return nil
	}
	value := make([]byte, size)
	copy(value[size/2-len(r):], r)
	copy(value[size-len(s):], s)
	return value
}
