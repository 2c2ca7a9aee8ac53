package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/session"
)

type adminCmd struct {
	Link adminLinkCmd `cmd:"" help:"Print a one-time link that makes an administrator; it is good for 24 hours."`
}

type adminLinkCmd struct{ output }

// Run prints the link; the database keeps only its hash, so it cannot be shown again.
func (c *adminLinkCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		url, until, err := p.setupLink(ctx, s)
		if err != nil {
			return err
		}
		return c.print(p, map[string]any{"url": url, "expiresAt": until}, func(w io.Writer) {
			fmt.Fprintln(w, url)
			fmt.Fprintln(p.errs, "Open it once within 24 hours to become an administrator.")
		})
	})
}

// setupLink makes a one-time link and answers until when it is good.
func (p *program) setupLink(ctx context.Context, s *postgres.Store) (url string, until time.Time, err error) {
	token, now := session.NewToken(), p.now()
	if err := s.CreateSetupLink(ctx, token.Hash(), now); err != nil {
		return "", time.Time{}, err
	}
	return p.config.BaseURL() + "/setup/" + token.Reveal(), now.Add(postgres.SetupLinkLimit).UTC().Truncate(time.Second), nil
}
