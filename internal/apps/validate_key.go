package apps

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// Sizes of RSA keys in bits: below the first a key can be broken, and above the last checking a signature costs more than
// it proves.
const (
	minRSA = 2048
	maxRSA = 16384
)

// Validate refuses a key that is unreadable, or protects nothing.
func (k *Key) Validate() error {
	if k.Use != "" && k.Use != "signing" && k.Use != "encryption" {
		return fault.Field("key", "Its use %q is neither signing nor encryption.", k.Use)
	}
	public, err := x509.ParsePKIXPublicKey(k.PublicKey)
	if err != nil {
		return fault.Field("key", "A key of the app cannot be read; ask the app for an RSA or ECDSA key.")
	}
	return CheckKey(public)
}

// CheckKey refuses keys that protect nothing.
func CheckKey(public crypto.PublicKey) error {
	switch k := public.(type) {
	case *rsa.PublicKey:
		return checkRSA(k)
	case *ecdsa.PublicKey:
		if bits := k.Params().BitSize; bits < 256 {
			return fault.Field("key", "An elliptic curve of %d bits is too weak; ask the app for a P-256 or RSA key.", bits)
		}
		return nil
	}
	return fault.Field("key", "Keys of this kind are not supported; ask the app for an RSA or ECDSA key.")
}

// checkRSA also looks at the exponent: with a tiny one signatures can be forged where padding is checked carelessly.
func checkRSA(k *rsa.PublicKey) error {
	switch bits := k.N.BitLen(); {
	case bits < minRSA:
		return fault.Field("key", "An RSA key of %d bits is too weak; ask the app for one of %d.", bits, minRSA)
	case bits > maxRSA:
		return fault.Field("key", "An RSA key of %d bits is too large; ask the app for one of 2048 to 4096.", bits)
	case k.E < 3 || k.E%2 == 0 || k.N.Bit(0) == 0:
		return fault.Field("key", "This is no sound RSA key; ask the app for a new one.")
	}
	return nil
}
