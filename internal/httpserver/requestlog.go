package httpserver

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

// observe gives the request its facts and, when it is answered, writes its one log line and counts it.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := &facts{
			reference: newReference(),
			address:   clientAddress(r, s.TrustedProxies),
			plainHTTP: forwardedPlain(r, s.TrustedProxies),
		}
		begin, out := time.Now(), &writer{ResponseWriter: w}
		w.Header().Set("X-Request-Id", f.reference)
		r = r.WithContext(context.WithValue(r.Context(), factsKey{}, f))
		defer func() {
			took := time.Since(begin)
			s.log(r, f, out, took)
			s.count(r, out, took)
		}()
		next.ServeHTTP(out, r)
	})
}

func (s *Server) log(r *http.Request, f *facts, out *writer, took time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	attrs := append([]slog.Attr{
		slog.String("request", f.reference),
		slog.String("method", known(r.Method)),
		slog.String("route", route(r)),
		slog.Int("status", out.status),
		slog.Int64("bytes", out.bytes),
		slog.Duration("took", took.Round(time.Microsecond)),
		slog.String("address", f.address.String()),
	}, f.notes...)
	s.Log.LogAttrs(r.Context(), level(r, f, out.status), "request", attrs...)
}

func level(r *http.Request, f *facts, status int) slog.Level {
	switch {
	case f.loud || status == http.StatusInternalServerError:
		return slog.LevelError
	case status >= 500:
		return slog.LevelWarn
	case status < 400 && quiet(r.URL.Path):
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// quiet is what nobody wants to read about when it goes well.
func quiet(path string) bool {
	return strings.HasPrefix(path, "/static/") || path == "/favicon.ico" || path == "/healthz" || path == "/readyz" || path == "/metrics"
}

// route is the pattern that answered, never the path: /setup/{token} and /saml/resume/{id} carry secrets. Of a path that
// fits no pattern only the first step is told.
func route(r *http.Request) string {
	if c := chi.RouteContext(r.Context()); c != nil {
		if p := c.RoutePattern(); p != "" && !strings.HasSuffix(p, "*") {
			return p
		}
	}
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if rest != "" {
		rest = "/…"
	}
	return "/" + first[:min(len(first), 40)] + rest
}

// known keeps made-up methods from becoming log and metric values.
func known(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}
