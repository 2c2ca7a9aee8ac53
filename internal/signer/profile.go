package signer

import (
	"crypto"
	"encoding/base64"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// Canonicalizations that are taken beside the exclusive one: at the root of a document nothing is inherited, so they mean
// the same, and a widely used service provider library signs its requests with C14N 1.1.
const (
	c14N10         = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	c14N11         = "http://www.w3.org/2006/12/xml-c14n11"
	excC14NComment = excC14N + "WithComments"
)

// A profile is a signature that has the shape SAML allows (Core §5.4): what it says, and where it stands.
type profile struct {
	position  int // of the Signature among the children of the root
	algorithm *algorithm
	digestOf  crypto.Hash
	digest    []byte
	value     []byte
	hasKey    bool // a KeyInfo is there, as the last child
}

// inspect finds the one signature of a document and checks its shape, before anything is hashed. What does not fit is
// refused, not ignored: each rule answers a known way to have one thing signed and another read.
func inspect(root *strictxml.Element, t Trust) (*profile, error) {
	sig, position, err := locate(root)
	if err != nil {
		return nil, err
	}
	id, err := rootID(root)
	if err != nil {
		return nil, err
	}
	p := &profile{position: position, hasKey: len(sig.Children) == 3}
	if err := p.signature(sig); err != nil {
		return nil, err
	}
	if err := p.signedInfo(sig.Children[0], t); err != nil {
		return nil, err
	}
	return p, p.reference(sig.Children[0].Children[2], "#"+id, t)
}

// locate wants one Signature in the whole document, at its place in the schema: behind the Issuer of a message (Core
// §3.2.1), in front of everything else in metadata (Metadata §2.3). A Signature of some other namespace is there to confuse.
func locate(root *strictxml.Element) (sig *strictxml.Element, position int, err error) {
	if count(root) != 1 {
		return nil, 0, fault.New(fault.Invalid, "The document must have exactly one signature, on its outermost element.")
	}
	switch root.Space {
	case saml.NSProtocol, saml.NSAssertion:
		position = 1
	case saml.NSMetadata:
	default:
		return nil, 0, fault.New(fault.Invalid, "This is neither a SAML message nor metadata.")
	}
	if len(root.Children) <= position || !root.Children[position].Is(saml.NSDSig, "Signature") ||
		position == 1 && !root.Children[0].Is(saml.NSAssertion, "Issuer") {
		return nil, 0, fault.New(fault.Invalid, "The signature is not where SAML wants it: right after the Issuer of a message, or first in metadata.")
	}
	return root.Children[position], position, nil
}

func count(e *strictxml.Element) int {
	n := 0
	if e.Local == "Signature" {
		n++
	}
	for _, c := range e.Children {
		n += count(c)
	}
	return n
}

// rootID is the value of the root's unqualified ID, which no other attribute that anybody could take for an ID may repeat
// or stand beside on the root.
func rootID(root *strictxml.Element) (string, error) {
	id, _ := root.Attr("ID")
	if id == "" {
		return "", fault.New(fault.Invalid, "The signed element has no ID.")
	}
	if !onlyID(root, id, true, map[string]bool{}) {
		return "", fault.New(fault.Invalid, "The IDs in the document are not unique, or written in another way than SAML's ID attribute.")
	}
	return id, nil
}

func onlyID(e *strictxml.Element, id string, root bool, seen map[string]bool) bool {
	for _, a := range e.Attrs {
		if !strings.EqualFold(a.Local, "ID") {
			continue
		}
		genuine := a.Local == "ID" && a.Space == ""
		if root && !genuine || !root && a.Value == id || genuine && seen[a.Value] {
			return false
		}
		seen[a.Value] = seen[a.Value] || genuine
	}
	for _, c := range e.Children {
		if !onlyID(c, id, false, seen) {
			return false
		}
	}
	return true
}

// signature wants SignedInfo, SignatureValue, perhaps KeyInfo, and nothing else: no Object, no Manifest.
func (p *profile) signature(sig *strictxml.Element) error {
	want := []string{"SignedInfo", "SignatureValue", "KeyInfo"}
	if !p.hasKey {
		want = want[:2]
	}
	if !holds(sig, want...) {
		return errShape
	}
	var ok bool
	if p.value, ok = octetsOf(sig.Children[1]); !ok || len(p.value) == 0 {
		return errShape
	}
	if p.hasKey && !harmless(sig.Children[2]) {
		return fault.New(fault.Invalid, "The signature's KeyInfo points elsewhere or is malformed; leave it out, the key is known from metadata.")
	}
	return nil
}

var errShape = fault.New(fault.Invalid, "The signature is not built the way SAML allows: one SignedInfo with one Reference, one SignatureValue, and at most a KeyInfo.")

// harmless looks for what would be fetched, or read in two ways, by somebody who uses KeyInfo. We do not: keys come from
// metadata alone.
func harmless(e *strictxml.Element) bool {
	if e.Local == "RetrievalMethod" || e.Local == "KeyInfoReference" || e.Local == "X509Certificate" && len(e.Children) > 0 {
		return false
	}
	for _, c := range e.Children {
		if !harmless(c) {
			return false
		}
	}
	return true
}

func (p *profile) signedInfo(info *strictxml.Element, t Trust) error {
	if !holds(info, "CanonicalizationMethod", "SignatureMethod", "Reference") {
		return errShape
	}
	if c14n := info.Children[0]; !canonicalization(c14n) {
		return errTransform
	}
	method := info.Children[1]
	uri, _ := method.Attr("Algorithm")
	var err error
	if p.algorithm, err = t.algorithm(saml.SignatureMethod(uri)); err != nil {
		return err
	}
	if len(method.Children) > 0 {
		return errShape // HMACOutputLength and the like: they only ever made signatures weaker
	}
	if p.algorithm.scheme == pss {
		return fault.New(fault.Invalid, "RSA-PSS is not accepted in XML signatures; sign with RSA and SHA-256 (rsa-sha256), or use the redirect binding.")
	}
	return nil
}

// reference wants the root element itself, whole but for the signature.
func (p *profile) reference(ref *strictxml.Element, want string, t Trust) error {
	if !holds(ref, "Transforms", "DigestMethod", "DigestValue") {
		return errShape
	}
	if uri, ok := ref.Attr("URI"); !ok || uri != want {
		return fault.New(fault.Invalid, "The signature covers something else than the whole document.")
	}
	if !transforms(ref.Children[0]) {
		return errTransform
	}
	uri, _ := ref.Children[1].Attr("Algorithm")
	if p.digestOf = digestHash(uri); p.digestOf == 0 || len(ref.Children[1].Children) > 0 {
		return fault.New(fault.Invalid, "The digest algorithm %.100q is not accepted; use SHA-256.", uri)
	}
	if p.digestOf == crypto.SHA1 && !t.AllowSHA1 {
		return fault.New(fault.Invalid, "Digests with SHA-1 are not accepted from this sender; use SHA-256, or allow SHA-1 for this app.")
	}
	var ok bool
	if p.digest, ok = octetsOf(ref.Children[2]); !ok || len(p.digest) != p.digestOf.Size() {
		return errShape
	}
	return nil
}

var errTransform = fault.New(fault.Invalid, "The signature uses a transform or canonicalization that is not accepted; use enveloped-signature and exclusive canonicalization.")

// transforms wants the enveloped-signature transform, then perhaps one canonicalization. Anything else could leave content
// out of what is signed (Core §5.4.4).
func transforms(e *strictxml.Element) bool {
	n := len(e.Children)
	if n == 0 || n > 2 || !holds(e, []string{"Transform", "Transform"}[:n]...) {
		return false
	}
	first := e.Children[0]
	algorithm, _ := first.Attr("Algorithm")
	return algorithm == enveloped && len(first.Children) == 0 && (n == 1 || canonicalization(e.Children[1]))
}

// canonicalization allows a PrefixList for the exclusive kinds only.
func canonicalization(e *strictxml.Element) bool {
	switch algorithm, _ := e.Attr("Algorithm"); algorithm {
	case excC14N, excC14NComment:
		return len(e.Children) == 0 || len(e.Children) == 1 && e.Children[0].Is(excC14N, "InclusiveNamespaces") && len(e.Children[0].Children) == 0
	case c14N10, c14N11:
		return len(e.Children) == 0
	}
	return false
}

func digestHash(uri string) crypto.Hash {
	for _, a := range algorithms {
		if string(a.digest) == uri {
			return a.hash
		}
	}
	return 0
}

// holds says whether the children of e are just these, of the signature namespace and in this order, without text between.
func holds(e *strictxml.Element, names ...string) bool {
	if len(e.Children) != len(names) || e.Trimmed() != "" {
		return false
	}
	for i, name := range names {
		if !e.Children[i].Is(saml.NSDSig, name) {
			return false
		}
	}
	return true
}

// octetsOf reads base64, with the line breaks and indentation that people's tools put in.
func octetsOf(e *strictxml.Element) ([]byte, bool) {
	octets, err := base64.StdEncoding.Strict().DecodeString(strings.Join(strings.Fields(e.Text), ""))
	return octets, err == nil && len(e.Children) == 0
}
