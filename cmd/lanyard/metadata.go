package main

import (
	"context"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/metadata"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

type metadataCmd struct {
	App       string `placeholder:"APP" help:"As this app reads it: with its own key and our entity ID towards it, if it has them."`
	ValidDays int    `name:"valid-days" placeholder:"N" help:"Say that the copy is good for so many days, as federations ask; what the service serves has no end."`
}

// Run prints what the service serves at /saml/metadata; it makes the first signing key when there is none, as the service
// does.
func (c *metadataCmd) Run(ctx context.Context, p *program) error {
	if c.ValidDays < 0 {
		return usage(fault.Field("valid-days", "A copy cannot be good for %d days.", c.ValidDays))
	}
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		slug := ""
		if c.App != "" {
			a, err := s.FindApp(ctx, c.App)
			if err != nil {
				return err
			}
			slug = a.Slug
		}
		d, err := p.document(ctx, s, slug)
		if err != nil {
			return err
		}
		if c.ValidDays != 0 {
			d.ValidUntil = p.now().AddDate(0, 0, c.ValidDays)
		}
		text, err := metadata.Write(d)
		if err != nil {
			return err
		}
		_, err = p.out.Write(append(text, '\n'))
		return err
	})
}

// document is made by a node that serves nobody.
func (p *program) document(ctx context.Context, s *postgres.Store, app string) (metadata.Document, error) {
	sealer, err := openSealer(ctx, p.config, s)
	if err != nil {
		return metadata.Document{}, err
	}
	node := &service{cfg: p.config, store: s, sealer: sealer, log: newLogger(p.config.Log, p.errs)}
	if err := node.openKeys(ctx); err != nil {
		return metadata.Document{}, err
	}
	if err := node.openCatalog(ctx); err != nil {
		return metadata.Document{}, err
	}
	return node.published().Document(ctx, app)
}
