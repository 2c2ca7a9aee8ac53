package httpserver

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
)

// Routes is a part of the program that answers at paths of its own.
type Routes interface{ Routes(r chi.Router) }

// Server holds what all answers need. Fill it, Mount the parts, Run it.
type Server struct {
	Pages          *Pages
	Log            *slog.Logger
	PublicURL      *url.URL             // where browsers find us; https switches HSTS on
	TrustedProxies []netip.Prefix       // whose forwarding headers we believe
	Metrics        *prometheus.Registry // nil: no /metrics
	MetricsFrom    []netip.Prefix       // who may read /metrics besides this machine
	Checks         []Check              // what /readyz asks
	Drain          time.Duration        // how long /readyz says no before we stop taking requests
	Grace          time.Duration        // how long requests may take to finish when we stop; 0 means 10 s

	mounts   []mount
	requests *prometheus.HistogramVec
	stopping atomic.Bool
}

// Check is one thing that must work before we are ready.
type Check struct {
	Name string
	Run  func(ctx context.Context) error
}

type mount struct {
	policy Policy
	parts  []Routes
}

// Mount adds parts whose answers are under one policy: ForPages or ForSAML.
func (s *Server) Mount(p Policy, parts ...Routes) {
	s.mounts = append(s.mounts, mount{p, parts})
}

// Handler is the whole service. It is made once, after the last Mount.
func (s *Server) Handler() http.Handler {
	adapter := Adapter{s.Pages}
	r := chi.NewRouter()
	r.Use(s.observe, bounded, s.lastOnConnection, s.common, s.recover, s.secureOnly, headIsGet)
	r.NotFound(adapter.Handle(nowhere))
	r.MethodNotAllowed(adapter.Handle(wrongMethod))
	r.Get("/static/{file}", adapter.Handle(s.Pages.static))
	r.Get("/favicon.ico", adapter.Handle(s.Pages.favicon))
	r.Get("/healthz", healthz)
	r.Get("/readyz", s.readyz)
	if s.Metrics != nil {
		s.requests = newRequests()
		s.Metrics.MustRegister(s.requests)
		r.Get("/metrics", adapter.Handle(s.metrics()))
	}
	for _, m := range s.mounts {
		r.Group(func(r chi.Router) {
			r.Use(s.under(m.policy))
			for _, part := range m.parts {
				part.Routes(r)
			}
		})
	}
	return r
}
