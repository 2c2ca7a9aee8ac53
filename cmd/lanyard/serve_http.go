package main

import (
	"context"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/time/rate"

	"github.com/lanyard-idp/lanyard/internal/admin"
	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/gallery"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/outgoing"
	"github.com/lanyard-idp/lanyard/internal/portal"
	"github.com/lanyard-idp/lanyard/internal/sso"
	"github.com/lanyard-idp/lanyard/internal/testsp"
	"github.com/lanyard-idp/lanyard/web"
)

// How many sign-ons may begin to wait, and how many messages of strangers are kept: anybody can send an unsigned request. A
// flood of them writes some gigabytes a day at most.
const (
	waitsPerSecond   = 200
	waitsAtOnce      = 2000
	recordsPerSecond = 5
	recordsAtOnce    = 5000
)

// fetchTimeout is for a document that an administrator waits for: well below what a page may take.
const fetchTimeout = 10 * time.Second

// build wires every part that answers HTTP.
func (s *service) build() (*httpserver.Server, error) {
	cookies := httpserver.Cookies{Secure: s.cfg.PublicURL.Scheme == "https"}
	texts := httpserver.Texts{httpserver.English: web.English, httpserver.Dutch: web.Dutch}
	pages, err := httpserver.LoadPages(web.FS, texts, cookies, time.Now)
	if err != nil {
		return nil, err
	}
	s.pages = pages
	stylesheet, err := pages.Asset("app.css")
	if err != nil {
		return nil, err
	}
	s.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), poolCollector{s.pool})
	server := &httpserver.Server{
		Pages: pages, Log: s.log, PublicURL: s.cfg.PublicURL, TrustedProxies: s.cfg.TrustedProxies, Metrics: s.metrics, Checks: s.checks(),
		Drain: s.drain(),
	}
	adapter := httpserver.Adapter{Pages: pages}
	hasher := auth.NewHasher()
	people := s.portal(pages, hasher)
	server.Mount(httpserver.ForPages, people)
	server.Mount(httpserver.ForConsole, &admin.Handler{
		Pages: pages, Store: s.store, PublicURL: s.cfg.BaseURL(), Gallery: &gallery.Folder{Dir: filepath.Join(s.cfg.DataDir, "gallery")},
		Fetch:   &outgoing.Client{AllowLoopback: apps.Loopback(s.cfg.PublicURL.Hostname()), Timeout: fetchTimeout},
		Visitor: people.Visitor, Hasher: hasher, Now: time.Now,
	})
	server.Mount(httpserver.ForSAML, s.metadata(), &sso.Handler{
		PublicURL: s.cfg.BaseURL(), Catalog: s.live.Current, Store: s.store, Pages: pages, Adapter: adapter, Metrics: sso.NewMetrics(s.metrics),
		Logger: s.log, Now: time.Now, Class: auth.ContextAt(s.cfg.PublicURL), Stylesheet: stylesheet, Skew: s.cfg.ClockSkew,
		Waits:   &sso.Crowd{All: rate.NewLimiter(waitsPerSecond, waitsAtOnce), PerSecond: waitsPerSecond / 10, Burst: waitsAtOnce / 4},
		Records: &sso.Crowd{All: rate.NewLimiter(recordsPerSecond, recordsAtOnce), PerSecond: 1, Burst: recordsAtOnce / 20},
	})
	if s.demo {
		server.Mount(httpserver.ForSAML, &testsp.App{
			PublicURL: s.cfg.BaseURL(), Metadata: s.ownMetadata, Stylesheet: stylesheet, Cookies: cookies, Adapter: adapter, Now: time.Now,
		})
	}
	return server, nil
}

// drain is how long a node that stops goes on taking requests while /readyz says no, so that a balancer sends them
// elsewhere. With a private database there is nowhere else.
func (s *service) drain() time.Duration {
	if s.cluster != nil {
		return 0
	}
	return 3 * time.Second
}

// portal is what people see: sign-in, the panel, sign-out, the set-up link.
func (s *service) portal(pages *httpserver.Pages, hasher *auth.Hasher) *portal.Handler {
	signIn := &auth.Authenticator{Store: s.store, Hasher: hasher, Context: auth.ContextAt(s.cfg.PublicURL), Now: time.Now, Logger: s.log}
	return &portal.Handler{
		Pages: pages, Auth: signIn, Sessions: &auth.Sessions{Store: s.store, Now: time.Now},
		Setup: &auth.Setup{Store: s.store, Auth: signIn, Hasher: hasher, Now: time.Now},
		Store: s.store, AppName: s.appName,
	}
}

// appName is what the sign-in page calls an app; only of one that is there and on.
func (s *service) appName(slug string) string {
	app, ok := s.live.Current().BySlug(slug)
	if !ok || !app.Enabled {
		return ""
	}
	return app.Name
}

// checks are what must work before this node takes requests.
func (s *service) checks() []httpserver.Check {
	return []httpserver.Check{
		{Name: "database", Run: s.store.Writable},
		{Name: "apps and keys", Run: s.live.Check},
		{Name: "signing key", Run: func(context.Context) error {
			if key, _ := s.live.Current().Common(); key == nil {
				return fault.New(fault.Unavailable, "There is no active signing certificate: lanyard cert create, then lanyard cert activate.")
			}
			return nil
		}},
	}
}
