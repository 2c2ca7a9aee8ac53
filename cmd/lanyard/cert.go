package main

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

type certCmd struct {
	List     certListCmd     `cmd:"" help:"List signing certificates."`
	Create   certCreateCmd   `cmd:"" help:"Make a key with a certificate: published at once, signing only when activated."`
	Activate certActivateCmd `cmd:"" help:"Sign with this certificate from now on. The former one stays published: activate it to go back."`
	Retire   certRetireCmd   `cmd:"" help:"Take a certificate out of our metadata for good."`
	Export   certExportCmd   `cmd:"" help:"Write a certificate, never its private key, to standard output."`
}

// certRef is how people name a certificate.
type certRef struct {
	Cert string `arg:"" name:"certificate" help:"ID or SHA-256 fingerprint of the certificate, or how one of them begins."`
}

// minRef is how many characters name a certificate at least.
const minRef = 4

func (c *certRef) find(ctx context.Context, s *postgres.Store) (*certs.Certificate, error) {
	all, err := s.SigningKeys(ctx)
	if err != nil {
		return nil, err
	}
	wanted := strings.ToLower(strings.ReplaceAll(c.Cert, ":", ""))
	var found []*certs.Certificate
	for i := range all {
		if len(wanted) >= minRef && (strings.HasPrefix(string(all[i].ID), wanted) || strings.HasPrefix(all[i].SHA256(), wanted)) {
			found = append(found, &all[i])
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, fault.New(fault.NotFound, "There is no certificate %q: see lanyard cert list.", c.Cert)
	}
	return nil, fault.New(fault.Conflict, "%d certificates begin with %q: write more of it.", len(found), c.Cert)
}

type certListCmd struct{ output }

func (c *certListCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		all, err := s.SigningKeys(ctx)
		if err != nil {
			return err
		}
		views, rows := make([]certView, len(all)), make([][]string, len(all))
		for i := range all {
			v, err := p.viewCert(ctx, s, &all[i])
			if err != nil {
				return err
			}
			views[i], rows[i] = v, v.row()
		}
		return c.print(p, views, func(w io.Writer) {
			table(w, []string{"ID", "FOR", "STATE", "KEY", "EXPIRES", "DAYS LEFT", "SHA-256"}, rows)
		})
	})
}

type certCreateCmd struct {
	App       string          `placeholder:"APP" help:"Make it this app's own instead of everybody's."`
	Algorithm certs.Algorithm `default:"rsa-2048" placeholder:"KIND" help:"Kind of key (${default}): rsa-2048, rsa-3072, rsa-4096, ec-p256 or ec-p384. Many apps know only RSA."`
	Days      int             `default:"3650" help:"How long the certificate is valid (${default})."`
	Name      string          `placeholder:"NAME" help:"Name in the certificate; without it our host name."`
	output
}

func (c *certCreateCmd) Run(ctx context.Context, p *program) error {
	if c.Name == "" {
		c.Name = commonName(p.config)
	}
	pair, err := certs.Create(c.Algorithm, c.Name, time.Duration(c.Days)*24*time.Hour, p.now())
	if err != nil {
		return err
	}
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		if c.App != "" {
			a, err := s.FindApp(ctx, c.App)
			if err != nil {
				return err
			}
			pair.AppID = a.ID
		}
		key, err := openSealer(ctx, p.config, s)
		if err != nil {
			return err
		}
		sealed, err := pair.Seal(key)
		if err != nil {
			return err
		}
		if err := s.CreateSigningKey(ctx, sealed); err != nil {
			return err
		}
		return p.showCert(ctx, s, c.output, pair.ID, "Our metadata shows it now; give your apps time to read it, then: lanyard cert activate "+string(pair.ID))
	})
}

type certActivateCmd struct {
	certRef
	output
}

func (c *certActivateCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		found, err := c.find(ctx, s)
		if err != nil {
			return err
		}
		if err := s.ActivateSigningKey(ctx, found.ID, p.now()); err != nil {
			return err
		}
		return p.showCert(ctx, s, c.output, found.ID, "It signs from now on.")
	})
}

type certRetireCmd struct {
	certRef
	output
}

func (c *certRetireCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		found, err := c.find(ctx, s)
		if err != nil {
			return err
		}
		if err := s.RetireSigningKey(ctx, found.ID, p.now()); err != nil {
			return err
		}
		return p.showCert(ctx, s, c.output, found.ID, "It is out of our metadata.")
	})
}
