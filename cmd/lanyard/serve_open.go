package main

import (
	"context"
	"fmt"
	"time"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/catalog"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/pgembed"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

// openDatabase starts the embedded PostgreSQL or takes the one that is named, and brings the schema up to date.
func (s *service) openDatabase(ctx context.Context) error {
	dsn := s.cfg.DatabaseURL.Reveal()
	if s.cfg.Embedded() {
		cluster, err := pgembed.Start(ctx, pgembed.Config{DataDir: s.cfg.DataDir, BinDir: s.cfg.PGBin, Logger: s.log})
		if err != nil {
			return err
		}
		s.cluster, dsn = cluster, cluster.DSN()
	}
	if err := migrate(ctx, dsn); err != nil {
		return err
	}
	pool, err := postgres.Open(ctx, dsn, serveConnections)
	if err != nil {
		return err
	}
	s.pool, s.store = pool, postgres.New(pool)
	return nil
}

// openKeys reads the master key and makes sure that there is a signing key.
func (s *service) openKeys(ctx context.Context) error {
	sealer, err := openSealer(ctx, s.cfg, s.store)
	if err != nil {
		return err
	}
	s.sealer = sealer
	now := time.Now()
	return s.store.FirstSigningKey(audit.WithActor(ctx, "service", ""), now, func() (*certs.Sealed, error) {
		pair, err := certs.Create(certs.RSA2048, commonName(s.cfg), certs.DefaultValidity, now)
		if err != nil {
			return nil, err
		}
		return pair.Seal(sealer)
	})
}

// openCatalog loads apps and keys for the first time; a node that cannot is not started.
func (s *service) openCatalog(ctx context.Context) error {
	s.live = &catalog.Live{
		Load:   s.loadCatalog,
		Listen: func(ctx context.Context, changed func()) error { return postgres.ListenSnapshot(ctx, s.pool, changed) },
		Logger: s.log,
	}
	return s.live.Reload(ctx)
}

func (s *service) loadCatalog(ctx context.Context) (*catalog.Catalog, error) {
	all, err := s.store.Apps(ctx)
	if err != nil {
		return nil, err
	}
	for i := range all { // the switch for all apps, as if each of them had it
		all[i].Settings.RequireSigned = all[i].Settings.RequireSigned || s.cfg.RequireSigned
	}
	sealed, err := s.store.SealedKeys(ctx)
	if err != nil {
		return nil, err
	}
	pairs := make([]certs.Pair, 0, len(sealed))
	for i := range sealed {
		pair, err := sealed[i].Open(s.sealer)
		if err != nil && sealed[i].State == certs.Next {
			// It signs nothing yet. Another node may have a newer keyset; that must not keep this one from seeing apps change.
			s.log.ErrorContext(ctx, "a signing key cannot be opened with this keyset; it is not published", "key", sealed[i].ID, "error", err)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("open signing key %s: %w", sealed[i].ID, err)
		}
		pairs = append(pairs, *pair)
	}
	return catalog.New(s.cfg.BaseURL(), all, pairs)
}
