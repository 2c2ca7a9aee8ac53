package signer

import (
	"crypto"
	"io"
	"testing"
)

// free is a crypto.Signer that costs nothing: what remains is what we do around a signature.
type free struct {
	public crypto.PublicKey
	value  []byte
}

func (f free) Public() crypto.PublicKey { return f.public }

func (f free) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return f.value, nil }

func freeKey(t testing.TB) *Key {
	t.Helper()
	real := testKey(t, "rsa")
	k, err := NewKey("free", free{real.signer.Public(), make([]byte, 256)}, real.cert)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
