package main

import (
	"net/url"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/catalog"
	"github.com/lanyard-idp/lanyard/internal/config"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
)

func TestSwitchForAllAppsHoldsForEach(t *testing.T) {
	t.Run("SSO-05 one setting makes every app sign its requests, and our metadata says so", func(t *testing.T) { checkSwitch(t, true) })
	t.Run("without it each app decides", func(t *testing.T) { checkSwitch(t, false) })
}

func checkSwitch(t *testing.T, on bool) {
	s := &service{store: postgres.New(postgrestest.Tx(t)), cfg: config.Config{PublicURL: mustURL(t, "https://login.example.org"), RequireSigned: on}}
	app := testApp("https://wiki.example.org")
	if err := s.store.CreateApp(t.Context(), &app); err != nil {
		t.Fatal(err)
	}
	c, err := s.loadCatalog(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := c.ByID(app.ID); !ok || got.Settings.RequireSigned != on {
		t.Errorf("in force: %+v", got)
	}
	if kept, err := s.store.App(t.Context(), app.ID); err != nil || kept.Settings.RequireSigned {
		t.Errorf("the app itself was changed: %v", err)
	}
	s.live = &catalog.Live{}
	if d := s.published().About; d.WantAuthnRequestsSigned != on {
		t.Errorf("metadata says %t", d.WantAuthnRequestsSigned)
	}
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
