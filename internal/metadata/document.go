package metadata

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/signer"
)

// Document is what we say about ourselves, to everybody or to one app. It holds what works and nothing else: a service
// provider believes that everything it reads here will be answered (SAML2Int SDP-MD04).
type Document struct {
	EntityID                string
	SSO                     string // takes requests by redirect and by POST
	SLO                     []apps.Endpoint
	Certificates            [][]byte               // DER, of every published signing key, the active one first
	NameIDFormats           []saml.NameIDFormat    // those that are issued, the usual one first
	WantAuthnRequestsSigned bool                   // unsigned requests are refused
	SignatureMethods        []saml.SignatureMethod // accepted ones, preferred first; empty: all that are accepted by default
	ErrorURL                string                 // where a service provider may send people when something went wrong
	DisplayNames            []apps.Localized
	Logos                   []apps.Logo
	Organization            *Organization
	TechnicalContact        *apps.Contact
	ValidUntil              time.Time   // zero: not said
	Key                     *signer.Key // signs the document; nil: it is not signed
}

// Organization is who runs this identity provider (Metadata §2.3.2.1).
type Organization struct {
	Name, DisplayName string // DisplayName may be empty: it is Name then
	URL               string
	Lang              string // BCP 47; empty: en
}

// accepted are the methods that package signer verifies without being asked to.
var accepted = []saml.SignatureMethod{
	saml.RSASHA256, saml.RSASHA384, saml.RSASHA512, saml.ECDSASHA256, saml.ECDSASHA384, saml.ECDSASHA512,
	saml.RSAPSS256, saml.RSAPSS384, saml.RSAPSS512,
}

// IssuedFormats are the NameID formats that an app can get: that of its rule, or the first of its own list that we serve,
// and those that anybody gets who asks.
func IssuedFormats(s *apps.Settings) []saml.NameIDFormat {
	everybody := []saml.NameIDFormat{saml.FormatEmail, saml.FormatUnspecified, saml.FormatPersistent, saml.FormatTransient}
	usual := s.NameID.Format
	if usual == "" {
		usual = saml.FormatEmail
		if i := slices.IndexFunc(s.Metadata.NameIDFormats, func(f saml.NameIDFormat) bool { return slices.Contains(everybody, f) }); i >= 0 {
			usual = s.Metadata.NameIDFormats[i]
		}
	}
	if usual == apps.FormatNone {
		return everybody
	}
	rest := slices.DeleteFunc(everybody, func(f saml.NameIDFormat) bool { return f == usual })
	return append([]saml.NameIDFormat{usual}, rest...)
}

// Write makes the EntityDescriptor (Metadata §2.3.2), signed if there is a key. Its ID comes from its content: the same
// content has the same ID. It refuses with fault.Invalid a document without entity ID, sign-on address or certificate.
func Write(d Document) ([]byte, error) {
	switch {
	case d.EntityID == "":
		return nil, fault.New(fault.Invalid, "Our metadata needs an entity ID.")
	case d.SSO == "":
		return nil, fault.New(fault.Invalid, "Our metadata needs the address of the sign-on service.")
	case len(d.Certificates) == 0:
		return nil, fault.New(fault.Invalid, "Our metadata needs a signing certificate; create and activate one.")
	}
	doc := d.render("_" + d.digest())
	if d.Key == nil {
		return doc, nil
	}
	return d.Key.SignDocument(doc, d.Key.Methods()[0])
}

// ETag is the same for the same content, and weak: with an ECDSA key two signatures of one content differ (RFC 9110
// §8.8.1).
func ETag(d Document) string { return `W/"` + d.digest() + `"` }

// digest is over all content and the certificate of the key that signs, in hex.
func (d *Document) digest() string {
	h := sha256.New()
	h.Write(d.render(""))
	if d.Key != nil {
		h.Write(d.Key.Certificate())
	}
	return hex.EncodeToString(h.Sum(nil)[:20])
}
