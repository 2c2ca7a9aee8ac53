package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/catalog"
	"github.com/lanyard-idp/lanyard/internal/config"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/pgembed"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/seal"
)

// serveConnections bounds what one node takes of the database; the embedded one has 40 connections for everybody.
const serveConnections = 20

// service is one running node: what serve opens and closes again.
type service struct {
	cfg     config.Config
	demo    bool
	log     *slog.Logger
	say     io.Writer // the console: for the person who started us
	cluster *pgembed.Cluster
	pool    *pgxpool.Pool
	store   *postgres.Store
	sealer  *seal.Sealer
	live    *catalog.Live
	metrics *prometheus.Registry
	pages   *httpserver.Pages
}

// serve runs the service until ctx ends, then stops it: requests under way finish, the database goes last.
func serve(ctx context.Context, cfg config.Config, demo bool, log *slog.Logger, say io.Writer) (err error) {
	s := &service{cfg: cfg, demo: demo, log: log, say: say, metrics: prometheus.NewRegistry()}
	// The address is taken first: a second service on it should say so before it touches anything.
	l, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w; choose another address with LANYARD_LISTEN", cfg.Listen, err)
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.open(ctx); err != nil {
		return errors.Join(err, l.Close())
	}
	server, err := s.build()
	if err != nil {
		return errors.Join(err, l.Close())
	}
	if err := s.greet(ctx); err != nil {
		return errors.Join(err, l.Close())
	}
	return s.run(ctx, server, l)
}

// run owns every goroutine of the service. All but the server go on until the last request is answered: a node that is
// stopping must not serve an app that is switched off meanwhile.
func (s *service) run(ctx context.Context, server *httpserver.Server, l net.Listener) error {
	work, done := context.WithCancel(context.WithoutCancel(ctx))
	defer done()
	g, work := errgroup.WithContext(work)
	serving, stop := context.WithCancel(ctx)
	defer stop()
	context.AfterFunc(work, stop) // a node that lost a part of itself stops
	g.Go(func() error { defer done(); return server.Run(serving, l) })
	g.Go(func() error { return s.live.Run(work) })
	sweeper := &auth.Sweeper{Store: s.store, Now: time.Now, Logger: s.log}
	g.Go(func() error { return sweeper.Run(work) })
	if s.cluster != nil {
		g.Go(func() error {
			select {
			case <-work.Done():
				return nil
			case err := <-s.cluster.Done():
				return fmt.Errorf("the embedded database has gone for good: %w", err)
			}
		})
	}
	return g.Wait()
}

// open makes everything ready that is not HTTP.
func (s *service) open(ctx context.Context) error {
	for _, step := range []func(context.Context) error{s.openDatabase, s.openKeys, s.seed, s.openCatalog} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// close undoes open, as far as it came.
func (s *service) close() error {
	if s.pool != nil {
		s.pool.Close()
	}
	if s.cluster != nil {
		return s.cluster.Stop()
	}
	return nil
}
