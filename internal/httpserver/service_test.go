package httpserver_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/httpserver"
)

func TestForwardedAddressIsBelievedFromTrustedProxiesOnly(t *testing.T) {
	for _, c := range []struct{ name, trusted, forwarded, want string }{
		{"stranger's header is ignored", "10.0.0.0/8", "203.0.113.9", "192.0.2.1"},
		{"proxy's header counts", "192.0.2.0/24", "203.0.113.9", "203.0.113.9"},
		{"what the stranger wrote before it does not", "192.0.2.0/24", "1.2.3.4, 203.0.113.9", "203.0.113.9"},
		{"chain of proxies is followed", "192.0.2.0/24", "203.0.113.9, 192.0.2.77", "203.0.113.9"},
		{"garbage ends the walk", "192.0.2.0/24", "203.0.113.9, <script>", "192.0.2.1"},
		{"mapped address is the plain one", "192.0.2.0/24", "::ffff:203.0.113.9", "203.0.113.9"},
		{"nothing forwarded", "192.0.2.0/24", "", "192.0.2.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, h := newBench(t, from(c.trusted))
			if got := ask(h, "GET", "/fine/x", "", "X-Forwarded-For", c.forwarded).Body.String(); got != "fine from "+c.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestLogHasFactsAndNoSecretsOfTheAddress(t *testing.T) {
	b, h := newBench(t)
	ask(h, "GET", "/fine/SECRETTOKEN?SAMLRequest=SECRETTOKEN", "", "Referer", "http://x/SECRETTOKEN")
	ask(h, "GET", "/setup/SECRETTOKEN/", "")
	log := b.log.String()
	if !strings.Contains(log, `"app":"wiki"`) || !strings.Contains(log, `"route":"/fine/{token}"`) || strings.Contains(log, "SECRETTOKEN") {
		t.Errorf("log:\n%s", log)
	}
}

func TestStaticFilesAreKeptForEverUnderANameThatChangesWithThem(t *testing.T) {
	_, h := newBench(t)
	page := ask(h, "GET", "/nowhere", "").Body.String()
	for _, c := range []struct{ pattern, contentType string }{
		{`/static/app\.[0-9a-f]{12}\.css`, "text/css; charset=utf-8"},
		{`/static/icon\.[0-9a-f]{12}\.svg`, "image/svg+xml"},
	} {
		w := ask(h, "GET", regexp.MustCompile(c.pattern).FindString(page), "")
		if w.Code != 200 || w.Header().Get("Content-Type") != c.contentType || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", c.pattern, w.Code, w.Header())
		}
	}
	if w := ask(h, "GET", "/favicon.ico", ""); !strings.HasPrefix(w.Header().Get("Location"), "/static/icon.") {
		t.Errorf("favicon: %d to %q", w.Code, w.Header().Get("Location"))
	}
	for _, p := range []string{"/static/app.css", "/static/app.000000000000.css", "/static/", "/static/..%2fweb.go"} {
		if w := ask(h, "GET", p, ""); w.Code != 404 || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, %s", p, w.Code, w.Header().Get("Cache-Control"))
		}
	}
}

func TestReadyNamesWhatIsNotAndWhyGoesToTheLog(t *testing.T) {
	b, h := newBench(t, func(s *httpserver.Server) {
		s.Checks = []httpserver.Check{
			{"key", func(context.Context) error { return nil }},
			{"database", func(context.Context) error { return errors.New(secret) }},
		}
	})
	w := ask(h, "GET", "/readyz", "")
	if w.Code != 503 || w.Body.String() != "not ready: database\n" || !strings.Contains(b.log.String(), secret) {
		t.Errorf("%d %q, log %s", w.Code, w.Body, b.log.String())
	}
	if w := ask(h, "GET", "/healthz", ""); w.Code != 200 {
		t.Errorf("healthz %d", w.Code)
	}
}

func TestMetricsAreForThisMachineAndWhoIsNamed(t *testing.T) {
	named := func(s *httpserver.Server) { s.MetricsFrom = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} }
	_, h := newBench(t)
	if w := ask(h, "GET", "/metrics", ""); w.Code != 404 {
		t.Errorf("stranger: %d", w.Code)
	}
	_, h = newBench(t, named)
	ask(h, "GET", "/fine/x", "")
	if w := ask(h, "GET", "/metrics", ""); w.Code != 200 || !strings.Contains(w.Body.String(), `route="/fine/{token}"`) {
		t.Errorf("named: %d\n%s", w.Code, w.Body)
	}
	if w := ask(h, "GET", "/metrics", "", "X-Forwarded-For", "192.0.2.5"); w.Code != 404 {
		t.Errorf("through a proxy that nobody named: %d", w.Code)
	}
}

func TestMetricsAreNotForWhoComesThroughAProxyOnThisMachine(t *testing.T) {
	_, h := newBench(t)
	metrics := func(host string, header ...string) int {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.Host, r.RemoteAddr = host, "127.0.0.1:40000"
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	t.Run("KEY-12 what a proxy forwarded is not from this machine", func(t *testing.T) {
		for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"} {
			if got := metrics("127.0.0.1:8080", name, "x"); got != 404 {
				t.Errorf("with %s: %d", name, got)
			}
		}
		for _, host := range []string{"idp.example", "idp.example:8080", "192.0.2.1", "localhost.evil.example", "", "[2001:db8::1]:8080"} {
			if got := metrics(host); got != 404 {
				t.Errorf("as %q: %d", host, got)
			}
		}
	})
	for _, host := range []string{"127.0.0.1:8080", "localhost:8080", "localhost", "[::1]:8080", "[::1]"} {
		if got := metrics(host); got != 200 {
			t.Errorf("as %s: %d", host, got)
		}
	}
}

func TestStopFinishesWhatWasBegun(t *testing.T) {
	inside, release := make(chan struct{}), make(chan struct{})
	b, _ := newBench(t)
	s := &httpserver.Server{Pages: b.server.Pages, Log: b.server.Log, PublicURL: b.server.PublicURL}
	s.Mount(httpserver.ForPages, routes(func(r chi.Router) {
		r.Get("/slow", func(w http.ResponseWriter, _ *http.Request) {
			close(inside)
			<-release
			io.WriteString(w, "finished")
		})
	}))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stopped, answer := make(chan error, 1), make(chan string, 1)
	go func() { stopped <- s.Run(ctx, l) }()
	go func() { answer <- fetch("http://" + l.Addr().String() + "/slow") }()
	<-inside
	stop()
	for { // until the port is closed nobody new is sent away
		c, err := net.DialTimeout("tcp", l.Addr().String(), time.Second)
		if err != nil {
			break
		}
		c.Close()
	}
	close(release)
	if got := <-answer; got != "finished" {
		t.Errorf("answer %q", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func fetch(url string) string {
	resp, err := http.Get(url)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error()
	}
	return string(body)
}
