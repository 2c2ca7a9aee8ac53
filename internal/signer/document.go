package signer

import (
	"bytes"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// SignDocument puts an enveloped signature on the root of metadata, in front of everything else, or of a message, behind
// its Issuer, and returns the document in canonical form. It is for what is signed now and then; AppendResponse is the
// fast way. It refuses with fault.Invalid what is not XML, a root without an ID that a signature can point at, a document
// that has a signature already, and a method that the key cannot do.
func (k *Key) SignDocument(doc []byte, m saml.SignatureMethod) ([]byte, error) {
	a, err := k.algorithm(m)
	if err != nil {
		return nil, err
	}
	canonical, err := canonicalize(doc)
	if err != nil {
		return nil, err
	}
	root, err := strictxml.Parse(canonical, metadataLimits)
	if err != nil {
		return nil, err
	}
	id, at, err := place(root)
	if err != nil {
		return nil, err
	}
	w := newWriter(make([]byte, 0, len(canonical)+4096))
	w.raw(string(canonical[:at]))
	s := w.open(k, a, 0, id, bytes.Contains(canonical, []byte(` xmlns:xs="`)))
	w.raw(string(canonical[at:]))
	w.close(s)
	return w.done(nil)
}

// canonicalize writes a document in exclusive canonical form. The xs prefix counts as used wherever it is declared, as
// types of attribute values mention it where no canonicalizer looks.
func canonicalize(doc []byte) ([]byte, error) {
	if _, err := strictxml.Parse(doc, metadataLimits); err != nil {
		return nil, err
	}
	tree := etree.NewDocument()
	if err := tree.ReadFromBytes(doc); err != nil || tree.Root() == nil {
		return nil, &fault.Error{Kind: fault.Invalid, Message: "The document to sign is not well-formed XML.", Cause: err}
	}
	canonical, err := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("xs").Canonicalize(tree.Root())
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Message: "The document to sign cannot be brought into canonical form.", Cause: err}
	}
	return canonical, nil
}

// place finds what the signature points at and the offset where it goes.
func place(root *strictxml.Element) (id string, at int, err error) {
	id, _ = root.Attr("ID")
	issuer := root.Space == saml.NSProtocol || root.Space == saml.NSAssertion
	switch {
	case !isID(id):
		return "", 0, fault.New(fault.Invalid, "The document to sign needs an ID on its outermost element.")
	case len(root.Children) == 0 || issuer && !root.Children[0].Is(saml.NSAssertion, "Issuer"):
		return "", 0, fault.New(fault.Invalid, "The document to sign has no place for a signature: a message starts with its Issuer, and metadata is not empty.")
	case count(root) > 0:
		return "", 0, fault.New(fault.Invalid, "The document to sign has a signature already.")
	case issuer:
		return id, root.Children[0].End, nil
	}
	return id, root.Children[0].Start, nil
}
