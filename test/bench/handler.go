package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/catalog"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
	"github.com/lanyard-idp/lanyard/internal/sso"
	"github.com/lanyard-idp/lanyard/web"
)

const memoryURL = "https://idp.example.org"

// memoryStore answers as the database would for one person who is signed in and assigned everywhere.
type memoryStore struct {
	visit session.Visit
}

func (m *memoryStore) Visit(context.Context, session.VisitQuery) (*session.Visit, error) {
	v := m.visit
	return &v, nil
}

func (m *memoryStore) PersistentID(context.Context, apps.ID, directory.UserID, string, time.Time) (string, error) {
	return "", fault.New(fault.Internal, "not part of this")
}

func (m *memoryStore) Conclude(_ context.Context, c session.Conclusion) error {
	if c.Participant == nil {
		return fmt.Errorf("refused: %s", c.SignIn.Detail.Explanation)
	}
	return nil
}

func (m *memoryStore) Wait(context.Context, []byte, session.Pending, string, time.Time) error {
	return fault.New(fault.Internal, "not part of this")
}

func (m *memoryStore) Waiting(context.Context, []byte, time.Time) (session.Pending, error) {
	return session.Pending{}, fault.New(fault.NotFound, "not part of this")
}

func (m *memoryStore) RecordSignIn(_ context.Context, r audit.SignIn) error {
	return fmt.Errorf("failed: %s: %s", r.Reason, r.Detail.Explanation)
}

// memoryHandler is the real flow with the memory store.
func memoryHandler(f *fixture, sign apps.Sign) (http.Handler, error) {
	now := time.Now()
	cat, err := catalog.New(memoryURL, []apps.App{f.app(0, memoryURL, sign)}, []certs.Pair{*f.pair})
	if err != nil {
		return nil, err
	}
	pages, err := httpserver.LoadPages(web.FS, httpserver.Texts{httpserver.English: web.English, httpserver.Dutch: web.Dutch}, httpserver.Cookies{Secure: true}, time.Now)
	if err != nil {
		return nil, err
	}
	store := &memoryStore{visit: session.Visit{
		Session: session.Session{ID: "s", CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour), AuthnInstant: now, AuthnContext: saml.ClassPasswordProtected},
		User: directory.User{
			ID: "u", Email: "ada@example.org", UserName: "ada", GivenName: "Ada", FamilyName: "Lovelace", DisplayName: "Ada Lovelace",
			Attributes: directory.Attributes{"department": {"Engines"}},
		},
		Groups: []string{"analysts", "engineers", "staff"}, Assigned: true,
	}}
	h := &sso.Handler{
		PublicURL: memoryURL, Catalog: func() *catalog.Catalog { return cat }, Store: store, Pages: pages, Adapter: httpserver.Adapter{Pages: pages},
		Logger: slog.New(slog.DiscardHandler), Now: time.Now, Class: saml.ClassPasswordProtected, Stylesheet: "/static/app.css", Skew: sso.DefaultSkew,
	}
	r := chi.NewRouter()
	h.Routes(r)
	return r, nil
}

// recorder keeps an answer's body.
type recorder struct {
	header http.Header
	body   bytes.Buffer
	status int
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(b []byte) (int, error) { return w.body.Write(b) }

// benchHandler goes from the raw query to the signed form, in process.
func benchHandler(r *report) error {
	f, err := newFixture()
	if err != nil {
		return err
	}
	for _, c := range []struct {
		name       string
		sign       apps.Sign
		signatures int
	}{
		{"raw query to signed form in process, one signature", apps.SignAssertion, 1},
		{"raw query to signed form in process, both signatures", apps.SignBoth, 2},
	} {
		h, err := memoryHandler(f, c.sign)
		if err != nil {
			return err
		}
		w := &recorder{header: http.Header{}}
		ours := func(n int) (time.Duration, error) {
			requests, err := prepared(f.requests(n, 1, memoryURL+"/saml/sso"))
			if err != nil {
				return 0, err
			}
			return spend(func() error {
				for _, req := range requests {
					w.body.Reset()
					h.ServeHTTP(w, req)
				}
				return nil
			})
		}
		ratio, _, err := inTurns(200, func(n int) (time.Duration, error) { return f.bare(n * c.signatures) }, ours)
		if err != nil {
			return err
		}
		if err := f.check(w.body.Bytes(), 0, memoryURL+"/saml/metadata"); err != nil {
			return err
		}
		if c.signatures == 1 {
			r.ratio(c.name, ratio, 0.88)
		} else {
			r.note(c.name+", of two", "%.3f", ratio)
		}
	}
	return nil
}

// prepared makes the queries requests of somebody who is signed in.
func prepared(queries []string) ([]*http.Request, error) {
	out := make([]*http.Request, len(queries))
	for i, q := range queries {
		req, err := http.NewRequest(http.MethodGet, memoryURL+"/saml/sso?"+q, nil)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Cookie", "__Host-lanyard-session=x")
		out[i] = req
	}
	return out, nil
}
