package signer

import (
	"encoding/base64"
	"slices"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

// Algorithms and words of an enveloped signature (XML Signature §4, §6.6.4; Exclusive XML Canonicalization §4).
const (
	excC14N   = "http://www.w3.org/2001/10/xml-exc-c14n#"
	enveloped = saml.NSDSig + "enveloped-signature"

	signatureOpen = `<ds:Signature xmlns:ds="` + saml.NSDSig + `"><ds:SignedInfo>`
	// SignedInfo is hashed alone, and alone it has to declare its prefix; where it stands, the Signature has done so.
	signedInfoAlone = `<ds:SignedInfo xmlns:ds="` + saml.NSDSig + `">`
	toMethod        = `<ds:CanonicalizationMethod Algorithm="` + excC14N + `"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="`
	toReference     = `"></ds:SignatureMethod><ds:Reference URI="#`
	toTransforms    = `"><ds:Transforms><ds:Transform Algorithm="` + enveloped + `"></ds:Transform><ds:Transform Algorithm="` + excC14N + `">`
	inclusiveXS     = `<ec:InclusiveNamespaces xmlns:ec="` + excC14N + `" PrefixList="xs"></ec:InclusiveNamespaces>`
	toDigestMethod  = `</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="`
	toDigest        = `"></ds:DigestMethod><ds:DigestValue>`
	toInfoEnd       = `</ds:DigestValue></ds:Reference></ds:SignedInfo>`
	toValue         = `<ds:SignatureValue>`
	toCertificate   = `</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>`
	signatureClose  = `</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`
)

// A seal is an enveloped signature that stands in the buffer before the element around it is complete: its length is known
// beforehand, so the digest and the value are blanks until close fills them. All fields are offsets into the buffer.
type seal struct {
	key       *Key
	algorithm *algorithm

	element    int // the signed element starts here
	start, end int // the ds:Signature
	info       int // what follows the start tag of SignedInfo
	digest     int
	infoEnd    int
	value      int
}

// open writes the Signature of the element that started at offset element and has this ID. With typed, the xs prefix that
// only attribute values mention is made part of what is signed.
func (w *writer) open(k *Key, a *algorithm, element int, id string, typed bool) seal {
	s := seal{key: k, algorithm: a, element: element, start: len(w.buf)}
	w.raw(signatureOpen)
	s.info = len(w.buf)
	w.raw(toMethod)
	w.raw(string(a.uri))
	w.raw(toReference)
	w.raw(id)
	w.raw(toTransforms)
	if typed {
		w.raw(inclusiveXS)
	}
	w.raw(toDigestMethod)
	w.raw(string(a.digest))
	w.raw(toDigest)
	s.digest = w.blank(a.hash.Size())
	w.raw(toInfoEnd)
	s.infoEnd = len(w.buf)
	w.raw(toValue)
	s.value = w.blank(k.size)
	w.raw(toCertificate)
	w.raw(k.certText)
	w.raw(signatureClose)
	s.end = len(w.buf)
	return s
}

// blank leaves room for the base64 of n octets.
func (w *writer) blank(n int) int {
	at, size := len(w.buf), base64.StdEncoding.EncodedLen(n)
	w.buf = slices.Grow(w.buf, size)[:at+size]
	return at
}

// close signs: the buffer must end with the end tag of the element that the seal is for.
func (w *writer) close(s seal) {
	if w.err != nil {
		return
	}
	h := w.hasher(s.algorithm.hash)
	h.Write(w.buf[s.element:s.start])
	h.Write(w.buf[s.end:])
	base64.StdEncoding.Encode(w.buf[s.digest:], h.Sum(w.sum[:0]))

	h.Reset()
	w.alone = append(w.alone[:0], signedInfoAlone...)
	h.Write(w.alone)
	h.Write(w.buf[s.info:s.infoEnd])
	value, err := s.key.sign(s.algorithm, h.Sum(w.sum[:0]))
	if err != nil {
		w.fail(err)
		return
	}
	base64.StdEncoding.Encode(w.buf[s.value:], value)
}
