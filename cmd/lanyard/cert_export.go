package main

import (
	"context"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

type certExportCmd struct {
	Cert   string       `arg:"" optional:"" name:"certificate" help:"ID or fingerprint; without it the one that signs."`
	App    string       `placeholder:"APP" help:"The one that signs for this app."`
	Format certs.Format `default:"pem" enum:"pem,base64,der" help:"pem, base64 (one line) or der (binary); ${default} unless said."`
}

func (c *certExportCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		found, err := c.find(ctx, s)
		if err != nil {
			return err
		}
		text, err := found.Export(c.Format)
		if err != nil {
			return err
		}
		_, err = p.out.Write(text)
		return err
	})
}

func (c *certExportCmd) find(ctx context.Context, s *postgres.Store) (*certs.Certificate, error) {
	if c.Cert != "" {
		return (&certRef{c.Cert}).find(ctx, s)
	}
	var app apps.ID
	if c.App != "" {
		a, err := s.FindApp(ctx, c.App)
		if err != nil {
			return nil, err
		}
		app = a.ID
	}
	return signing(ctx, s, app)
}

// signing is the certificate that signs for an app: its own, else the one for all.
func signing(ctx context.Context, s *postgres.Store, app apps.ID) (*certs.Certificate, error) {
	all, err := s.SigningKeys(ctx)
	if err != nil {
		return nil, err
	}
	if c := certs.ActiveFor(all, app); c != nil {
		return c, nil
	}
	return nil, fault.New(fault.NotFound, "No certificate signs yet: start the service once, or make one with lanyard cert create and lanyard cert activate.")
}
