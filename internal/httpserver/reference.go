package httpserver

import (
	"crypto/rand"
	"encoding/base32"
)

// readable is Crockford's alphabet: no I, L, O or U, so that a reference survives the telephone.
var readable = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// newReference is 50 random bits in ten characters.
func newReference() string {
	var b [7]byte
	rand.Read(b[:])
	return readable.EncodeToString(b[:])[:10]
}
