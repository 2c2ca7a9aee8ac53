package metadata

import (
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// Namespaces of what stands inside of metadata.
const (
	nsUI        = "urn:oasis:names:tc:SAML:metadata:ui"
	nsAlgorithm = "urn:oasis:names:tc:SAML:metadata:algsupport"
	nsAttribute = "urn:oasis:names:tc:SAML:metadata:attribute"
	nsDSig11    = "http://www.w3.org/2009/xmldsig11#"
	nsDSigMore  = "http://www.w3.org/2001/04/xmldsig-more#"
	nsXML       = "http://www.w3.org/XML/1998/namespace"
)

// limits fit a federation's aggregate of some thousand entities.
var limits = strictxml.Limits{Bytes: 10 << 20, Depth: 64, Elements: 500_000, Attributes: 64, Mixed: true}

// maxKept is the largest document that an app keeps, in bytes: one entity, not a federation.
const maxKept = 1 << 20

// Options say how to read.
type Options struct {
	EntityID  string    // which service provider to take from a document that describes several
	Now       time.Time // what is valid until earlier is refused
	AllowHTTP bool      // take plain-http endpoints beyond loopback
}

// Imported is what a document became.
type Imported struct {
	App           apps.App      // without ID; nobody is assigned
	Warnings      []string      // sentences for the administrator; each names its line
	CacheDuration time.Duration // how long to go without a fresh copy; 0 when not said
}

// Import reads the metadata of one service provider (Metadata §2). Every refusal is a fault.Invalid with the line.
func Import(doc []byte, o Options) (Imported, error) {
	root, err := strictxml.Parse(doc, limits)
	if err != nil {
		return Imported{}, err
	}
	r := &reader{o: o}
	path := r.find(root)
	if r.err != nil {
		return Imported{}, r.err
	}
	role := r.role(path[len(path)-1])
	if r.err != nil {
		return Imported{}, r.err
	}
	app := r.app(path, role)
	if err := app.Validate(); err != nil {
		r.refuse(role, "%s", fault.From(err).Message)
	}
	if r.err != nil {
		return Imported{}, r.err
	}
	if len(doc) <= maxKept {
		app.MetadataXML = doc
	}
	return Imported{App: app, Warnings: r.warnings, CacheDuration: r.cache}, nil
}

// app puts together what the path to the entity, the entity and its role say.
func (r *reader) app(path []*strictxml.Element, role *strictxml.Element) apps.App {
	entity := path[len(path)-1]
	a := apps.App{EntityID: r.entityID(entity), Enabled: true}
	a.Settings.AllowHTTP = r.o.AllowHTTP
	a.Settings.MetadataValidUntil = r.validity(append(path, role))
	r.order(entity, entityOrder)
	r.order(role, roleOrder)
	r.endpoints(role, &a.Settings)
	a.Settings.Keys = r.keys(role)
	a.Settings.RequireSigned = r.boolean(role, "AuthnRequestsSigned")
	a.Settings.Metadata = r.described(entity, role)
	r.defaults(role, &a)
	return a
}

// defaults chooses what the document leaves to us.
func (r *reader) defaults(role *strictxml.Element, a *apps.App) {
	s := &a.Settings
	s.NameID = r.nameID(role, s.Metadata.NameIDFormats)
	s.Claims = r.claims(role, s.Metadata.AttributeServices)
	s.SignatureMethod = r.signatureMethod(role, &s.Metadata)
	a.Name = nameOf(a)
	a.Slug = apps.SlugFrom(a.Name)
	if s.RequireSigned && !signs(s.Keys) {
		r.refuse(role, "the app says that it signs its requests (AuthnRequestsSigned), but gives no usable key to check them with; ask for metadata with a signing key.%s", r.badKey)
	}
}

func signs(keys []apps.Key) bool {
	for _, k := range keys {
		if k.Use != "encryption" {
			return true
		}
	}
	return false
}

// is says whether e is an element of the metadata namespace.
func is(e *strictxml.Element, local string) bool { return e.Is(saml.NSMetadata, local) }

func all(e *strictxml.Element, local string) []*strictxml.Element {
	return e.All(saml.NSMetadata, local)
}
