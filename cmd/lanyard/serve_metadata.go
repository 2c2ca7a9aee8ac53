package main

import (
	"context"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/metadata"
)

// metadataValid is how long a copy of our metadata may be used. Apps that read it by hand never look again, so it is long.
const metadataValid = 365 * 24 * time.Hour

// published is what we say about ourselves.
func (s *service) published() metadata.Published {
	return metadata.Published{
		Catalog: s.live.Current,
		About:   metadata.Document{DisplayNames: []apps.Localized{{Lang: "en", Value: s.cfg.Organization}}},
	}
}

func (s *service) metadata() *metadata.Handler {
	return &metadata.Handler{Source: s.published(), Adapter: httpserver.Adapter{Pages: s.pages}, Now: time.Now, ValidFor: metadataValid}
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
