package metadata

import (
	"context"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// Manual makes an app without metadata, from the two things that every app tells: its entity ID and where it takes
// responses (HTTP-POST), the default first. They are as good as what was typed: check the app before it is kept.
func Manual(entityID string, acs []string) apps.App {
	a := apps.App{EntityID: entityID, Enabled: true}
	a.Name = nameOf(&a)
	a.Slug = apps.SlugFrom(a.Name)
	a.Settings.Claims = basicClaims()
	for i, location := range acs {
		a.Settings.ACS = append(a.Settings.ACS, apps.Endpoint{Binding: saml.BindingPOST, Location: location, Index: i})
	}
	return a
}

// Getter fetches one document; package outgoing has the careful one.
type Getter interface {
	Get(ctx context.Context, url string) ([]byte, error)
}

// Fetch imports from a URL and remembers it. Nothing but TLS vouches for what is fetched, so plain http is refused beyond
// loopback unless the administrator allows it.
func Fetch(ctx context.Context, g Getter, address string, o Options) (Imported, error) {
	if err := apps.CheckURL("metadata", address, o.AllowHTTP); err != nil {
		return Imported{}, err
	}
	doc, err := g.Get(ctx, address)
	if err != nil {
		return Imported{}, err
	}
	got, err := Import(doc, o)
	if err != nil {
		return Imported{}, err
	}
	got.App.Settings.MetadataURL = address
	return got, nil
}
