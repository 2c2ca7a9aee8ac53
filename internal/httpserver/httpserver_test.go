package httpserver_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
)

// routes is a part made of a function.
type routes func(r chi.Router)

func (f routes) Routes(r chi.Router) { f(r) }

// secret is what no page may show.
const secret = "hunter2-in-the-cause"

// bench is a server with one route for each kind of trouble, and its log.
type bench struct {
	server *httpserver.Server
	log    bytes.Buffer
	posted int // forms that reached a handler
}

func newBench(t *testing.T, change ...func(*httpserver.Server)) (*bench, http.Handler) {
	t.Helper()
	b := &bench{}
	b.server = &httpserver.Server{
		Pages: loadPages(t), Log: slog.New(slog.NewJSONHandler(&b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		PublicURL: &url.URL{Scheme: "http", Host: "idp.example"}, Metrics: prometheus.NewRegistry(),
	}
	for _, c := range change {
		c(b.server)
	}
	b.server.Mount(httpserver.ForPages, routes(b.pages))
	b.server.Mount(httpserver.ForSAML, routes(b.saml))
	return b, b.server.Handler()
}

func (b *bench) pages(r chi.Router) {
	page := httpserver.Adapter{Pages: b.server.Pages}.Handle
	fail := func(err error) http.HandlerFunc {
		return page(func(http.ResponseWriter, *http.Request) error { return err })
	}
	r.Get("/fine/{token}", page(func(w http.ResponseWriter, r *http.Request) error {
		httpserver.Note(r.Context(), slog.String("app", "wiki"))
		_, err := io.WriteString(w, "fine from "+httpserver.Address(r.Context()))
		return err
	}))
	for _, k := range []fault.Kind{fault.Invalid, fault.NotFound, fault.Conflict, fault.Unauthenticated, fault.Forbidden, fault.Unavailable} {
		r.Get("/"+strings.ReplaceAll(k.String(), " ", ""), fail(&fault.Error{Kind: k, Message: "What to do.", Cause: errors.New(secret)}))
	}
	r.Get("/internal", fail(&fault.Error{Message: secret, Cause: errors.New(secret)}))
	r.Get("/foreign", fail(errors.New(secret)))
	r.Get("/panic", func(http.ResponseWriter, *http.Request) { panic(secret) })
	r.Get("/half", page(func(w http.ResponseWriter, _ *http.Request) error {
		io.WriteString(w, "half")
		return errors.New(secret)
	}))
	r.Post("/form", page(func(_ http.ResponseWriter, r *http.Request) error {
		b.posted++
		return httpserver.ParseForm(r)
	}))
}

func (b *bench) saml(r chi.Router) {
	r.Get("/saml/act", func(http.ResponseWriter, *http.Request) { b.posted++ })
	r.Post("/saml/act", func(http.ResponseWriter, *http.Request) { b.posted++ })
}

// ask makes one request; header holds names and values in turn.
func ask(h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "idp.example"
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func from(address string) func(*httpserver.Server) {
	return func(s *httpserver.Server) { s.TrustedProxies = []netip.Prefix{netip.MustParsePrefix(address)} }
}

func overTLS(s *httpserver.Server) { s.PublicURL = &url.URL{Scheme: "https", Host: "idp.example"} }
