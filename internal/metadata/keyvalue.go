package metadata

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"math/big"
	"slices"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// fromKeyValue reads a key that stands in no container: RSA (XML Signature §4.5.2.2), EC (XML Signature 1.1 §4.5.2.3), and
// EC in the older form of RFC 4050. Curves must be named: parameters of their own have been used to forge.
func fromKeyValue(e *strictxml.Element) (crypto.PublicKey, error) {
	for _, c := range e.Children {
		switch {
		case c.Is(saml.NSDSig, "RSAKeyValue"):
			return fromRSA(c)
		case c.Is(nsDSig11, "ECKeyValue"):
			return fromEC(c)
		case c.Is(nsDSigMore, "ECDSAKeyValue"):
			return fromRFC4050(c)
		}
	}
	return nil, errKind
}

func fromRSA(e *strictxml.Element) (crypto.PublicKey, error) {
	modulus, exponent := e.Child(saml.NSDSig, "Modulus"), e.Child(saml.NSDSig, "Exponent")
	if modulus == nil || exponent == nil {
		return nil, fault.New(fault.Invalid, "its RSAKeyValue lacks the Modulus or the Exponent.")
	}
	n, x := new(big.Int).SetBytes(octets(modulus)), new(big.Int).SetBytes(octets(exponent))
	if n.Sign() == 0 || x.BitLen() > 31 {
		return nil, fault.New(fault.Invalid, "this is no sound RSA key; ask the app for a new one.")
	}
	return &rsa.PublicKey{N: n, E: int(x.Int64())}, nil
}

func fromEC(e *strictxml.Element) (crypto.PublicKey, error) {
	name, point := e.Child(nsDSig11, "NamedCurve"), e.Child(nsDSig11, "PublicKey")
	if name == nil || point == nil {
		return nil, fault.New(fault.Invalid, "its ECKeyValue lacks the NamedCurve or the PublicKey.")
	}
	return onCurve(text(name, "URI"), octets(point))
}

// fromRFC4050 reads decimal coordinates.
func fromRFC4050(e *strictxml.Element) (crypto.PublicKey, error) {
	domain, point := e.Child(nsDSigMore, "DomainParameters"), e.Child(nsDSigMore, "PublicKey")
	if domain == nil || point == nil || domain.Child(nsDSigMore, "NamedCurve") == nil {
		return nil, fault.New(fault.Invalid, "its ECDSAKeyValue lacks the NamedCurve or the PublicKey.")
	}
	var xy []byte
	for _, axis := range []string{"X", "Y"} {
		n, ok := new(big.Int), false
		if c := point.Child(nsDSigMore, axis); c != nil {
			if v := text(c, "Value"); len(v) <= 160 {
				n, ok = n.SetString(v, 10)
			}
		}
		if !ok || n.Sign() < 0 {
			return nil, fault.New(fault.Invalid, "its ECDSAKeyValue lacks a coordinate.")
		}
		xy = append(xy, n.FillBytes(make([]byte, 67))...)
	}
	return padded(text(domain.Child(nsDSigMore, "NamedCurve"), "URN"), xy)
}

// padded cuts two coordinates of 67 octets to the width of the curve.
func padded(curve string, xy []byte) (crypto.PublicKey, error) {
	c, ok := curves[curve]
	if !ok {
		return onCurve(curve, nil)
	}
	width := (c.Params().BitSize + 7) / 8
	return onCurve(curve, slices.Concat([]byte{4}, xy[67-width:67], xy[134-width:]))
}

var curves = map[string]elliptic.Curve{
	"urn:oid:1.2.840.10045.3.1.7": elliptic.P256(),
	"urn:oid:1.3.132.0.34":        elliptic.P384(),
	"urn:oid:1.3.132.0.35":        elliptic.P521(),
}

// onCurve reads an uncompressed point and refuses one that is not on its curve.
func onCurve(curve string, point []byte) (crypto.PublicKey, error) {
	c, ok := curves[curve]
	if !ok {
		return nil, fault.New(fault.Invalid, "its elliptic curve %q is not supported; ask the app for a key on P-256, P-384 or P-521.", short(curve))
	}
	public, err := ecdsa.ParseUncompressedPublicKey(c, point)
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Message: "this is no sound elliptic curve key; ask the app for a new one.", Cause: err}
	}
	return public, nil
}
