package metadata

import (
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
	if err = apps.CheckKey(public); err != nil {
		return k, err
	}
	k.Certificate = cert
	k.PublicKey, err = x509.MarshalPKIXPublicKey(public)
	for _, m := range all(e, "EncryptionMethod") {
		k.Methods = append(k.Methods, text(m, "Algorithm"))
	}
	return k, err
}

var errKind = fault.New(fault.Invalid, "Keys of this kind are not supported; ask the app for an RSA or ECDSA key.")
