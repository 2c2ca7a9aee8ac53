package metadata

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/catalog"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/web"
)

// house is a handler over a real catalog, which tests change.
type house struct {
	pairs  []certs.Pair
	apps   []apps.App
	now    time.Time
	router chi.Router
	h      *Handler
}

const wikiID = "7c0ffee0-0000-4000-8000-000000000001"

func newHouse(t *testing.T, keys ...string) *house {
	t.Helper()
	s := &house{now: now, router: chi.NewRouter()}
	for i, name := range keys {
		state := certs.Active
		if i > 0 {
			state = certs.Next
		}
		s.pairs = append(s.pairs, pair(t, name, state, ""))
	}
	wiki := Manual("https://wiki.example/saml", []string{"https://wiki.example/acs"})
	wiki.ID, wiki.Slug = wikiID, "wiki"
	wiki.Settings.NameID.Format, wiki.Settings.RequireSigned, wiki.Settings.IdPEntityID = saml.FormatPersistent, true, "https://idp.example/for-wiki"
	s.apps = []apps.App{wiki}
	pages, err := httpserver.LoadPages(web.FS, httpserver.Texts{httpserver.English: web.English}, httpserver.Cookies{}, func() time.Time { return s.now })
	if err != nil {
		t.Fatal(err)
	}
	s.h = &Handler{Source: Published{Catalog: func() *catalog.Catalog { return s.catalog(t) }}, Adapter: httpserver.Adapter{Pages: pages}}
	s.h.Routes(s.router)
	return s
}

func pair(t *testing.T, name string, state certs.State, app apps.ID) certs.Pair {
	private, cert := testPair(t, name)
	return certs.Pair{Certificate: certs.Certificate{ID: certs.ID(name), AppID: app, State: state, Certificate: cert}, Signer: private}
}

func (s *house) catalog(t *testing.T) *catalog.Catalog {
	t.Helper()
	c, err := catalog.New("https://idp.example", s.apps, s.pairs)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *house) ask(method, path, tag string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Host = "evil.example"
	r.Header.Set("X-Forwarded-Host", "evil.example")
	if tag != "" {
		r.Header.Set("If-None-Match", tag)
	}
	w := httptest.NewRecorder()
	s.router.ServeHTTP(w, r)
	return w
}

// holds says whether a document publishes the certificate of a test key.
func holds(t *testing.T, w *httptest.ResponseRecorder, name string) bool {
	_, cert := testPair(t, name)
	return bytes.Contains(w.Body.Bytes(), []byte("</ds:Signature>")) &&
		strings.Contains(strings.SplitN(w.Body.String(), "</ds:Signature>", 2)[1], base64.StdEncoding.EncodeToString(cert))
}

func TestMetadataIsServed(t *testing.T) {
	t.Run("MDP-07 the entity ID resolves to the metadata, with its content type", func(t *testing.T) {
		s := newHouse(t, "rsa")
		w := s.ask("GET", "/saml/metadata", "")
		if w.Code != 200 || w.Header().Get("Content-Type") != ContentType || !strings.Contains(w.Body.String(), `entityID="https://idp.example/saml/metadata"`) {
			t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
		}
		if err := xmlsec(t, testKey(t, "rsa"), w.Body.Bytes()); err != nil {
			t.Error(err)
		}
	})
	t.Run("MDP-11 addresses come from the configuration, not from the request", func(t *testing.T) {
		w := newHouse(t, "rsa").ask("GET", "/saml/metadata", "")
		if !strings.Contains(w.Body.String(), `Location="https://idp.example/saml/sso"`) || strings.Contains(w.Body.String(), "evil") {
			t.Error(w.Body)
		}
	})
	t.Run("an app has its own entity ID, formats and want", func(t *testing.T) {
		s := newHouse(t, "rsa")
		bySlug, byID := s.ask("GET", "/saml/metadata/wiki", ""), s.ask("GET", "/saml/metadata/"+wikiID, "")
		body := bySlug.Body.String()
		if body != byID.Body.String() || !strings.Contains(body, `entityID="https://idp.example/for-wiki"`) || !strings.Contains(body, `WantAuthnRequestsSigned="true"`) ||
			strings.Index(body, string(saml.FormatPersistent)) > strings.Index(body, string(saml.FormatEmail)) {
			t.Error(body)
		}
		if w := s.ask("GET", "/saml/metadata/nobody", ""); w.Code != 404 {
			t.Errorf("an unknown app: %d", w.Code)
		}
	})
	t.Run("MDP-23 HEAD, ETag and If-None-Match work", func(t *testing.T) {
		s := newHouse(t, "p256")
		server := httptest.NewServer(s.router)
		t.Cleanup(server.Close)
		res, err := http.Head(server.URL + "/saml/metadata")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		get := s.ask("GET", "/saml/metadata", "")
		tag := get.Header().Get("ETag")
		if res.StatusCode != 200 || res.Header.Get("ETag") != tag || res.ContentLength != int64(get.Body.Len()) || tag == "" || get.Header().Get("Cache-Control") != "public, no-cache" {
			t.Errorf("%v, %v", res.Header, get.Header())
		}
		for _, header := range []string{tag, strings.TrimPrefix(tag, "W/"), `"x", ` + tag, "*"} {
			if w := s.ask("GET", "/saml/metadata", header); w.Code != 304 || w.Body.Len() != 0 || w.Header().Get("ETag") != tag {
				t.Errorf("%s: %d", header, w.Code)
			}
		}
		if w := s.ask("GET", "/saml/metadata", `"x"`); w.Code != 200 {
			t.Errorf("another tag: %d", w.Code)
		}
	})
	t.Run("MDP-13 the document stays the same from request to request and over days", func(t *testing.T) {
		s := newHouse(t, "p256") // two signatures of an ECDSA key are never the same
		before := s.ask("GET", "/saml/metadata", "").Body.String()
		s.now = s.now.Add(40 * 24 * time.Hour)
		if after := s.ask("GET", "/saml/metadata", "").Body.String(); after != before {
			t.Error("it changed")
		}
	})
	t.Run("MDP-12 a next key is published beside the active one, and stays through the change until it is retired", func(t *testing.T) {
		s := newHouse(t, "rsa", "other")
		w := s.ask("GET", "/saml/metadata", "")
		if !holds(t, w, "rsa") || !holds(t, w, "other") || xmlsec(t, testKey(t, "rsa"), w.Body.Bytes()) != nil {
			t.Error("before the change")
		}
		tag := w.Header().Get("ETag")
		s.pairs[0].State, s.pairs[1].State = certs.Next, certs.Active
		w = s.ask("GET", "/saml/metadata", tag)
		if w.Code != 200 || !holds(t, w, "rsa") || !holds(t, w, "other") || xmlsec(t, testKey(t, "other"), w.Body.Bytes()) != nil {
			t.Error("after the change")
		}
		s.pairs[0].State = certs.Retired
		if w = s.ask("GET", "/saml/metadata", ""); holds(t, w, "rsa") || !holds(t, w, "other") {
			t.Error("after the old key was retired")
		}
	})
	t.Run("without a certificate there is a page and no document", func(t *testing.T) {
		w := newHouse(t).ask("GET", "/saml/metadata", "")
		if w.Code != 503 || strings.Contains(w.Body.String(), "EntityDescriptor") || w.Header().Get("ETag") != "" {
			t.Errorf("%d %v", w.Code, w.Header())
		}
	})
}

// broken is a Source whose documents cannot be written.
type broken struct{}

func (broken) Document(context.Context, string) (Document, error) { return Document{}, nil }

func TestUnwritableDocumentIsNotCached(t *testing.T) {
	s := newHouse(t, "rsa")
	s.h.Source = broken{}
	if w := s.ask("GET", "/saml/metadata", ""); w.Code == 200 || w.Header().Get("ETag") != "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if _, err := s.h.write("x", Document{}); !fault.Is(err, fault.Invalid) || len(s.h.written) != 0 {
		t.Error(err)
	}
}
