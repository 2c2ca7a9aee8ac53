package main

import (
	"context"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/metadata"
)

// published is what we say about ourselves.
func (s *service) published() metadata.Published {
	return metadata.Published{
		Catalog: s.live.Current,
		About:   metadata.Document{DisplayNames: []apps.Localized{{Lang: "en", Value: s.cfg.Organization}}, WantAuthnRequestsSigned: s.cfg.RequireSigned},
	}
}

func (s *service) metadata() *metadata.Handler {
	return &metadata.Handler{Source: s.published(), Adapter: httpserver.Adapter{Pages: s.pages}}
}

// ownMetadata is our metadata as the test app reads it.
func (s *service) ownMetadata() ([]byte, error) {
	d, err := s.published().Document(context.Background(), "")
	if err != nil {
		return nil, err
	}
	d.Key = nil // it does not leave the process: no signature to pay for
	return metadata.Write(d)
}
