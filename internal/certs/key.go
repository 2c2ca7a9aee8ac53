package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// Algorithms is what a key can be, the usual choice first.
var Algorithms = []Algorithm{RSA2048, RSA3072, RSA4096, ECP256, ECP384}

// Validate says whether keys of this kind can be made.
func (a Algorithm) Validate() error {
	for _, known := range Algorithms {
		if a == known {
			return nil
		}
	}
	return fault.Field("algorithm", "%q is no kind of key: use rsa-2048, rsa-3072, rsa-4096, ec-p256 or ec-p384.", a)
}

// generate makes a key pair.
func (a Algorithm) generate() (crypto.Signer, error) {
	switch a {
	case RSA2048:
		return rsa.GenerateKey(rand.Reader, 2048)
	case RSA3072:
		return rsa.GenerateKey(rand.Reader, 3072)
	case RSA4096:
		return rsa.GenerateKey(rand.Reader, 4096)
	case ECP256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case ECP384:
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	}
	return nil, a.Validate()
}

// AlgorithmOf says what kind a public key is. RSA below 2048 bits, RSA sizes in between, and other curves are refused.
func AlgorithmOf(key crypto.PublicKey) (Algorithm, error) {
	switch k := key.(type) {
	case *rsa.PublicKey:
		switch k.N.BitLen() {
		case 2048:
			return RSA2048, nil
		case 3072:
			return RSA3072, nil
		case 4096:
			return RSA4096, nil
		}
		return "", fault.Field("key", "An RSA key of %d bits cannot sign here: use 2048, 3072 or 4096.", k.N.BitLen())
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P256():
			return ECP256, nil
		case elliptic.P384():
			return ECP384, nil
		}
		return "", fault.Field("key", "An elliptic-curve key must be on P-256 or P-384.")
	}
	return "", fault.Field("key", "A key of this kind (%T) cannot sign here: use RSA or ECDSA.", key)
}

// parseKey reads PKCS#8 DER and refuses what is too weak or does not belong to the certificate.
func parseKey(der []byte, certificate *x509.Certificate) (crypto.Signer, Algorithm, error) {
	k, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, "", fmt.Errorf("the private key is no PKCS#8 DER") // the cause might quote key material
	}
	signer, ok := k.(crypto.Signer)
	if !ok {
		return nil, "", fault.Field("key", "A key of this kind cannot sign.")
	}
	algorithm, err := AlgorithmOf(signer.Public())
	if err != nil {
		return nil, "", err
	}
	public, ok := signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(certificate.PublicKey) {
		return nil, "", fault.Field("key", "The private key does not belong to the certificate.")
	}
	return signer, algorithm, nil
}
