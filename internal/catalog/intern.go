package catalog

import (
	"unique"

	"github.com/lanyard-idp/lanyard/internal/apps"
)

// intern lets apps share the texts that most of them have in common: bindings, and the names and sources of claims. With
// thousands of apps it is a third of the snapshot.
func intern(s *apps.Settings) {
	for _, endpoints := range [][]apps.Endpoint{s.ACS, s.SLO} {
		for i := range endpoints {
			share(&endpoints[i].Binding)
		}
	}
	for i := range s.Claims {
		c := &s.Claims[i]
		share(&c.Name)
		share(&c.NameFormat)
		share(&c.FriendlyName)
		share(&c.Source)
	}
	for i := range s.Metadata.NameIDFormats {
		share(&s.Metadata.NameIDFormats[i])
	}
}

func share[T ~string](s *T) { *s = unique.Make(*s).Value() }
