package apps_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/apps"
)

func TestKeysThatProtectNothingAreRefusedHoweverTheyCome(t *testing.T) {
	curve := func(c elliptic.Curve) crypto.PublicKey {
		k, err := ecdsa.GenerateKey(c, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k.Public()
	}
	modulus := func(bits uint) *big.Int {
		n := new(big.Int).Lsh(big.NewInt(1), bits-1)
		return n.SetBit(n, 0, 1)
	}
	for what, c := range map[string]struct {
		key  crypto.PublicKey
		fine bool
	}{
		"P-224":                     {curve(elliptic.P224()), false},
		"P-256":                     {curve(elliptic.P256()), true},
		"P-521":                     {curve(elliptic.P521()), true},
		"RSA of 1024 bits":          {&rsa.PublicKey{N: modulus(1024), E: 65537}, false},
		"RSA of 2048 bits":          {&rsa.PublicKey{N: modulus(2048), E: 65537}, true},
		"RSA of 16385 bits":         {&rsa.PublicKey{N: modulus(16385), E: 65537}, false},
		"RSA with the exponent 1":   {&rsa.PublicKey{N: modulus(2048), E: 1}, false},
		"RSA with an even exponent": {&rsa.PublicKey{N: modulus(2048), E: 65536}, false},
		"RSA with an even modulus":  {&rsa.PublicKey{N: new(big.Int).Lsh(modulus(2047), 1), E: 65537}, false},
		"neither RSA nor ECDSA":     {"key", false},
	} {
		if err := apps.CheckKey(c.key); (err == nil) != c.fine {
			t.Errorf("%s: %v", what, err)
		}
		der, err := x509.MarshalPKIXPublicKey(c.key)
		if err != nil {
			continue // cannot come in a certificate
		}
		if err := (&apps.Key{PublicKey: der}).Validate(); (err == nil) != c.fine {
			t.Errorf("%s in DER: %v", what, err)
		}
	}
}
