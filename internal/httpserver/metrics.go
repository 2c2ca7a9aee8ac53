package httpserver

import (
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// newRequests is how long answers took, by route and status.
func newRequests() *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "lanyard_http_request_seconds",
		Help:    "Time to answer HTTP requests.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
	}, []string{"method", "route", "status"})
}

// count records one answer. A path without a route counts under one name: a stranger must not be able to fill the memory
// with series.
func (s *Server) count(r *http.Request, out *writer, took time.Duration) {
	if s.requests == nil {
		return
	}
	name := "none"
	if c := chi.RouteContext(r.Context()); c != nil && c.RoutePattern() != "" && out.status != http.StatusNotFound {
		name = c.RoutePattern()
	}
	s.requests.WithLabelValues(known(r.Method), name, strconv.Itoa(out.status)).Observe(took.Seconds())
}

// metrics answers this machine and the addresses of MetricsFrom; to everybody else the page does not exist.
func (s *Server) metrics() HandlerFunc {
	page := promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{})
	return func(w http.ResponseWriter, r *http.Request) error {
		if !s.mayReadMetrics(r) {
			return fault.New(fault.NotFound, notFound)
		}
		page.ServeHTTP(w, r)
		return nil
	}
}

// mayReadMetrics looks at the browser's address. A request that was forwarded by a proxy which we were not told of comes
// from anywhere, even when that proxy runs on this machine; so does one that names this machine as only others do.
func (s *Server) mayReadMetrics(r *http.Request) bool {
	if forwarded(r) && !within(remoteAddress(r), s.TrustedProxies) {
		return false
	}
	address := factsOf(r.Context()).address
	return address.IsLoopback() && loopbackName(r.Host) || within(address, s.MetricsFrom)
}

// forwarded says whether a proxy left a trace.
func forwarded(r *http.Request) bool {
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}

// loopbackName says whether a Host header names this machine as nobody outside does.
func loopbackName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && address.IsLoopback()
}
