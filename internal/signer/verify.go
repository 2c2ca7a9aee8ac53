package signer

import (
	"bytes"
	"crypto"
	cryptoecdsa "crypto/ecdsa"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"math/big"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/beevik/etree"
	validator "github.com/mattermost/xml-roundtrip-validator"
	dsig "github.com/russellhaering/goxmldsig"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// metadataLimits fit the aggregate of a national federation. Messages have strictxml.MessageLimits.
var metadataLimits = strictxml.Limits{Bytes: 64 << 20, Depth: 64, Elements: 1_000_000, Attributes: 64, Mixed: true}

// maxNamespaces bounds the namespace declarations in force at any element, as canonicalization looks at all of them for
// each element below.
const maxNamespaces = 64

// VerifyDocument checks the enveloped signature on the root of a message or of metadata (Core §5, Metadata §3) and returns
// the octets that were verified, canonical and without the signature. They are to be parsed and read instead of doc: then
// nothing can be read that nobody signed. The dates of certificates play no part, as metadata lists keys, not people.
//
// Every failure is fault.Invalid, and says no more than that when the cryptography did not fit. RSA-PSS is refused here
// (VerifyQuery knows it), as is UTF-16.
func VerifyDocument(doc []byte, t Trust) ([]byte, error) {
	doc = bytes.TrimPrefix(doc, []byte("\ufeff"))
	if !utf8.Valid(doc) || bytes.IndexByte(doc, 0) >= 0 {
		return nil, fault.New(fault.Invalid, "A signed document must be in UTF-8.") // so that offsets mean the same to all readers
	}
	root, err := strictxml.Parse(doc, limitsOf(doc))
	if err != nil {
		return nil, err
	}
	p, err := inspect(root, t)
	if err != nil {
		return nil, err
	}
	tree, err := treeOf(doc, root)
	if err != nil {
		return nil, err
	}
	var verified []byte
	err = t.each(p.algorithm, func(key crypto.PublicKey) bool {
		verified = p.verify(tree, key)
		return verified != nil
	})
	return verified, err
}

// limitsOf looks at the first element: metadata may be large, messages may not.
func limitsOf(doc []byte) strictxml.Limits {
	dec := xml.NewDecoder(bytes.NewReader(doc))
	for {
		tok, err := dec.Token()
		if err != nil {
			return strictxml.MessageLimits
		}
		if start, ok := tok.(xml.StartElement); ok {
			if start.Name.Space == saml.NSMetadata {
				return metadataLimits
			}
			return strictxml.MessageLimits
		}
	}
}

// treeOf builds the tree that goxmldsig works on from the octets of the root element alone, once they are known to read
// the same however often they are written and read again.
func treeOf(doc []byte, root *strictxml.Element) (*etree.Document, error) {
	text := doc[root.Start:root.End]
	if err := validator.Validate(bytes.NewReader(text)); err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Message: "The document can be read in more than one way.", Cause: err}
	}
	tree := etree.NewDocument()
	if err := tree.ReadFromBytes(text); err != nil || tree.Root() == nil {
		return nil, &fault.Error{Kind: fault.Invalid, Message: "The document is not well-formed XML in UTF-8.", Cause: err}
	}
	dropComments(tree.Root())
	return tree, namespaces(tree.Root(), 0)
}

// dropComments takes out what a reference of the form "#ID" never covers, whatever the canonicalization (XML Signature
// §4.4.3.3): goxmldsig would keep it. The Signature is left as it is; its own canonicalization decides there.
func dropComments(e *etree.Element) {
	if e.Tag == "Signature" {
		return
	}
	for i := len(e.Child) - 1; i >= 0; i-- {
		switch c := e.Child[i].(type) {
		case *etree.Comment:
			e.RemoveChildAt(i)
		case *etree.Element:
			dropComments(c)
		}
	}
}

// namespaces refuses too many declarations, and relative ones, on which canonicalizers disagree or fail.
func namespaces(e *etree.Element, inForce int) error {
	for _, a := range e.Attr {
		if a.Space != "xmlns" && (a.Space != "" || a.Key != "xmlns") {
			continue
		}
		if inForce++; inForce > maxNamespaces {
			return fault.New(fault.Invalid, "More than %d namespace declarations are in force at one element.", maxNamespaces)
		}
		if a.Value != "" && !strings.Contains(a.Value, ":") {
			return fault.New(fault.Invalid, "A namespace name is relative; it must be an absolute URI.")
		}
	}
	for _, c := range e.ChildElements() {
		if err := namespaces(c, inForce); err != nil {
			return err
		}
	}
	return nil
}

// verify tries one key and gives the octets it signed, or nil. KeyInfo is taken out beforehand: nothing signs it, and with
// it goxmldsig would look for a certificate instead of using the only key it is given here.
func (p *profile) verify(tree *etree.Document, key crypto.PublicKey) []byte {
	value, ok := p.valueFor(key)
	if !ok {
		return nil
	}
	root := tree.Root().Copy()
	sig := root.ChildElements()[p.position]
	children := sig.ChildElements()
	children[1].SetText(base64.StdEncoding.EncodeToString(value))
	if p.hasKey {
		sig.RemoveChild(children[2])
	}
	found, err := dsig.NewDefaultValidationContext(onlyKey(key)).Validate(root)
	if err != nil {
		return nil
	}
	return p.octets(found)
}

// onlyKey wraps a key as the certificate that goxmldsig wants: a container that is never out of date.
func onlyKey(key crypto.PublicKey) dsig.X509CertificateStore {
	return &dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{{
		PublicKey: key, NotAfter: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	}}}
}

// valueFor is the signature value as goxmldsig wants it: DER for ECDSA, where XML Signature has r and s side by side.
func (p *profile) valueFor(key crypto.PublicKey) ([]byte, bool) {
	public, isEC := key.(*cryptoecdsa.PublicKey)
	if !isEC {
		return p.value, true
	}
	r, s, ok := split(public, p.value)
	if !ok {
		return nil, false
	}
	return der(r, s), true
}

func der(r, s *big.Int) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(r)
		b.AddASN1BigInt(s)
	})
	return b.BytesOrPanic()
}

// octets writes what goxmldsig verified and makes sure that these are the very octets whose digest was signed.
func (p *profile) octets(verified *etree.Element) []byte {
	doc := etree.NewDocument()
	doc.SetRoot(verified)
	doc.WriteSettings = etree.WriteSettings{CanonicalAttrVal: true, CanonicalEndTags: true, CanonicalText: true}
	octets, err := doc.WriteToBytes()
	if err != nil {
		return nil
	}
	h := p.digestOf.New()
	h.Write(octets)
	if subtle.ConstantTimeCompare(h.Sum(nil), p.digest) != 1 {
		return nil
	}
	return octets
}
