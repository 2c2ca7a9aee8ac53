package metadata

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"fmt"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// keys reads the KeyDescriptors (Metadata §2.4.1.1). One that cannot be used is left out with a warning: another may do,
// and without any nothing that the app signs is accepted.
func (r *reader) keys(role *strictxml.Element) []apps.Key {
	var out []apps.Key
	for _, e := range all(role, "KeyDescriptor") {
		k, err := readKey(e)
		if err != nil {
			why := fault.From(err).Message
			r.warn(e, "this key was left out: %s", why)
			r.badKey = fmt.Sprintf(" Of the one in line %d: %s", e.Line, why)
			continue
		}
		out = append(out, k)
	}
	return out
}

func readKey(e *strictxml.Element) (k apps.Key, err error) {
	k.Use = text(e, "use")
	if k.Use != "" && k.Use != "signing" && k.Use != "encryption" {
		return k, fault.New(fault.Invalid, "its use %q is neither signing nor encryption.", short(k.Use))
	}
	info := e.Child(saml.NSDSig, "KeyInfo")
	if info == nil {
		return k, fault.New(fault.Invalid, "it has no KeyInfo.")
	}
	public, cert, err := publicKey(info)
	if err != nil {
		return k, err
	}
	if err = judge(public); err != nil {
		return k, err
	}
	k.Certificate = cert
	k.PublicKey, err = x509.MarshalPKIXPublicKey(public)
	for _, m := range all(e, "EncryptionMethod") {
		k.Methods = append(k.Methods, text(m, "Algorithm"))
	}
	return k, err
}

// Sizes of RSA keys in bits: below the first a key can be broken, and above the last checking a signature costs more than
// it proves.
const (
	minRSA = 2048
	maxRSA = 16384
)

// judge refuses keys that protect nothing.
func judge(public crypto.PublicKey) error {
	switch p := public.(type) {
	case *rsa.PublicKey:
		return judgeRSA(p)
	case *ecdsa.PublicKey:
		if bits := p.Params().BitSize; bits < 256 {
			return fault.New(fault.Invalid, "an elliptic curve of %d bits is too weak; ask the app for a P-256 or RSA key.", bits)
		}
		return nil
	}
	return errKind
}

var errKind = fault.New(fault.Invalid, "keys of this kind are not supported; ask the app for an RSA or ECDSA key.")

func judgeRSA(p *rsa.PublicKey) error {
	bits := p.N.BitLen()
	switch {
	case bits < minRSA:
		return fault.New(fault.Invalid, "an RSA key of %d bits is too weak; ask the app for one of %d.", bits, minRSA)
	case bits > maxRSA:
		return fault.New(fault.Invalid, "an RSA key of %d bits is too large; ask the app for one of 2048 to 4096.", bits)
	case p.E < 3 || p.E%2 == 0 || p.N.Bit(0) == 0:
		return fault.New(fault.Invalid, "this is no sound RSA key; ask the app for a new one.")
	}
	return nil
}
