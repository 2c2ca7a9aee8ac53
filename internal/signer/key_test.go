package signer

import (
	"bytes"
	"crypto"
	cryptoecdsa "crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// selfSigned makes a certificate for a key, however weak.
func selfSigned(t testing.TB, s crypto.Signer) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now()}, &x509.Certificate{}, s.Public(), s)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestWeakOrForeignKeysAreRefused(t *testing.T) {
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	p224, err := cryptoecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good, other := testKey(t, "rsa"), testKey(t, "other")
	for name, try := range map[string]struct {
		s    crypto.Signer
		cert []byte
	}{
		"1024 bits": {short, selfSigned(t, short)}, "P-224": {p224, selfSigned(t, p224)}, "Ed25519": {ed, selfSigned(t, ed)},
		"certificate of another key": {good.signer, other.cert}, "certificate of another kind": {good.signer, testKey(t, "p256").cert}, "no certificate": {good.signer, nil}, "garbage": {good.signer, []byte("x")},
	} {
		k, err := NewKey("x", try.s, try.cert)
		if k != nil {
			t.Errorf("%s: accepted", name)
		}
		wantInvalid(t, err)
	}
}

func TestMethodsStartWithWhatFitsTheKey(t *testing.T) {
	for name, want := range map[string]saml.SignatureMethod{"rsa": saml.RSASHA256, "p256": saml.ECDSASHA256, "p384": saml.ECDSASHA384, "p521": saml.ECDSASHA512} {
		methods := testKey(t, name).Methods()
		if methods[0] != want || name == "rsa" && len(methods) != 6 || name != "rsa" && len(methods) != 3 {
			t.Errorf("%s: %q", name, methods)
		}
	}
}

func TestAKeyCannotBeChangedFromOutside(t *testing.T) {
	k := testKey(t, "rsa")
	k.Certificate()[0], k.Methods()[0] = 0, ""
	if k.Certificate()[0] == 0 || k.Methods()[0] == "" || !bytes.Equal(k.Certificate(), testPEM(t, "rsa.crt")) {
		t.Error("changed")
	}
}

func TestAKeyHandBuiltWithoutPrecomputationIsPrecomputed(t *testing.T) {
	from := testKey(t, "rsa").signer.(*rsa.PrivateKey)
	bare := &rsa.PrivateKey{PublicKey: from.PublicKey, D: from.D, Primes: from.Primes}
	if _, err := NewKey("bare", bare, testPEM(t, "rsa.crt")); err != nil || bare.Precomputed.Dp == nil {
		t.Errorf("%v, %v", err, bare.Precomputed.Dp)
	}
}

// broken is a key device on a bad day.
type broken struct {
	public crypto.PublicKey
	value  []byte
	err    error
}

func (b broken) Public() crypto.PublicKey { return b.public }

func (b broken) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return b.value, b.err }

func TestASignerThatFailsIsOurTrouble(t *testing.T) {
	for _, name := range []string{"rsa", "p256"} {
		real := testKey(t, name)
		for i, b := range []broken{
			{err: errors.New("no device")},
			{},
			{value: []byte("short")},
			{value: make([]byte, 257)},
			{value: make([]byte, 65)},
			{value: []byte{0x30, 0x06, 0x02, 0x01, 0xFF, 0x02, 0x01, 0x01}},
			{value: []byte{0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01, 0x00}},
		} {
			b.public = real.signer.Public()
			k, err := NewKey("broken", b, real.cert)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := k.AppendResponse([]byte("kept"), testResponse(), choices["both"].with(k.Methods()[0]))
			if string(doc) != "kept" || !fault.Is(err, fault.Internal) {
				t.Errorf("%s %d: %v", name, i, err)
			}
		}
	}
}

// Small r or s must not make a shorter value.
func TestSideBySideKeepsItsWidth(t *testing.T) {
	for _, size := range []int{64, 96, 132} {
		got := sideBySide(der(big.NewInt(1), big.NewInt(255)), size)
		if len(got) != size || got[size/2-1] != 1 || got[size-1] != 255 {
			t.Errorf("%x", got)
		}
	}
}

func TestAKeyPrintsNoSecret(t *testing.T) {
	k := testKey(t, "rsa")
	d := k.signer.(*rsa.PrivateKey).D
	if got := fmt.Sprint(k); got != "signing key rsa" {
		t.Error(got)
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, k); bytes.Contains([]byte(text), []byte(d.String())) {
			t.Errorf("%s shows the private key", format)
		}
	}
}
