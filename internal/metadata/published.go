package metadata

import (
	"context"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/catalog"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/signer"
)

// Published makes the documents out of the current catalog.
type Published struct {
	Catalog func() *catalog.Catalog
	// About is what every document says of us: names, logos, organisation, contact, error address, logout addresses.
	About Document
}

// Document is for one app, by its slug or ID, or for everybody when app is empty. It is NotFound when there is no such app,
// and Unavailable while there is no active signing certificate.
func (s Published) Document(_ context.Context, app string) (Document, error) {
	c, d := s.Catalog(), s.About
	d.SSO = c.PublicURL + "/saml/sso"
	if app == "" {
		d.EntityID = catalog.EntityID(c.PublicURL)
		d.NameIDFormats = IssuedFormats(&apps.Settings{})
		active, published := c.Common()
		return d.with(active, published)
	}
	a, ok := c.BySlug(app)
	if !ok {
		return Document{}, fault.New(fault.NotFound, "There is no app of this name; the metadata for everybody is at /saml/metadata.")
	}
	d.EntityID = a.Issuer
	d.WantAuthnRequestsSigned = a.Settings.RequireSigned
	d.NameIDFormats = IssuedFormats(&a.Settings)
	return d.with(a.Key, a.Published)
}

func (d Document) with(active *signer.Key, published []*signer.Key) (Document, error) {
	if active == nil {
		return Document{}, fault.New(fault.Unavailable, "There is no active signing certificate yet; create one and activate it.")
	}
	d.Key = active
	d.Certificates = nil
	for _, k := range published {
		d.Certificates = append(d.Certificates, k.Certificate())
	}
	return d, nil
}
