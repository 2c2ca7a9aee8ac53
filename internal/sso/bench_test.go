package sso_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	crewjam "github.com/crewjam/saml"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/catalog"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
	"github.com/lanyard-idp/lanyard/internal/signer"
	"github.com/lanyard-idp/lanyard/internal/sso"
	"github.com/lanyard-idp/lanyard/web"
)

const (
	idp      = "https://idp.example.org"
	endpoint = idp + "/saml/sso"
	issuer   = idp + "/saml/metadata"
	spID     = "https://wiki.example.com/metadata"
	spACS    = "https://wiki.example.com/acs"
	appID    = apps.ID("5a0c1f7e-0000-4000-8000-000000000001")
)

// nine is when every test begins.
var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func init() { crewjam.TimeNow = func() time.Time { return nine } }

// keyPair is a private key with a certificate, made once for all tests.
type keyPair struct {
	signer crypto.Signer
	cert   []byte
}

func newPair(make func() (crypto.Signer, error)) func() keyPair {
	return sync.OnceValue(func() keyPair {
		s, err := make()
		if err != nil {
			panic(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: nine.AddDate(-10, 0, 0), NotAfter: nine.AddDate(10, 0, 0)}
		cert, err := x509.CreateCertificate(rand.Reader, template, template, s.Public(), s)
		if err != nil {
			panic(err)
		}
		return keyPair{s, cert}
	})
}

func makeRSA() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) }
func makeEC() (crypto.Signer, error)  { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// Whose keys: ours, the app's, and somebody else's.
var ourKey, spKey, spECKey, evilKey = newPair(makeRSA), newPair(makeRSA), newPair(makeEC), newPair(makeRSA)

func (k keyPair) key(t testing.TB) *signer.Key {
	t.Helper()
	key, err := signer.NewKey("test", k.signer, k.cert)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (k keyPair) public() []byte {
	der, err := x509.MarshalPKIXPublicKey(k.signer.Public())
	if err != nil {
		panic(err)
	}
	return der
}

// A bench is the whole single sign-on on an in-memory store, with one app and nobody signed in.
type bench struct {
	t       *testing.T
	now     time.Time
	store   *fake
	handler *sso.Handler
	server  http.Handler
	log     bytes.Buffer
	logger  *slog.Logger
	live    atomic.Pointer[catalog.Catalog]
	all     []apps.App
	pairs   []certs.Pair
}

// wiki is the app that tests begin with.
func wiki() apps.App {
	return apps.App{
		ID: appID, Slug: "wiki", Name: "Wiki", EntityID: spID, Enabled: true, Version: 3,
		Settings: apps.Settings{
			ACS:    []apps.Endpoint{{Binding: saml.BindingPOST, Location: spACS, Index: 0}},
			Keys:   []apps.Key{{Use: "signing", PublicKey: spKey().public()}, {Use: "signing", PublicKey: spECKey().public()}},
			Claims: []apps.Claim{{Name: "mail", Source: apps.SourceEmail}},
		},
	}
}

// newBench starts with wiki, changed as told.
func newBench(t *testing.T, change ...func(*apps.App)) *bench {
	t.Helper()
	b := &bench{t: t, now: nine, store: newFake(), all: []apps.App{wiki()}}
	b.pairs = []certs.Pair{{Certificate: certs.Certificate{ID: "our-key", State: certs.Active, Certificate: ourKey().cert, NotAfter: nine.AddDate(1, 0, 0)}, Signer: ourKey().signer}}
	for _, c := range change {
		c(&b.all[0])
	}
	b.logger = slog.New(slog.NewJSONHandler(&b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b.reload()
	b.serve()
	return b
}

// in makes t the test that fails from now on.
func (b *bench) in(t *testing.T) *bench { b.t = t; return b }

// each runs f as one test that shows several things, each by its name.
func each(t *testing.T, f func(t *testing.T), names ...string) {
	t.Helper()
	t.Run(names[0], func(t *testing.T) {
		if len(names) == 1 {
			f(t)
			return
		}
		each(t, f, names[1:]...)
	})
}

func (b *bench) serve() {
	b.t.Helper()
	now := func() time.Time { return b.now }
	pages, err := httpserver.LoadPages(web.FS, httpserver.Texts{httpserver.English: web.English, httpserver.Dutch: web.Dutch}, httpserver.Cookies{Secure: true}, now)
	if err != nil {
		b.t.Fatal(err)
	}
	b.handler = &sso.Handler{
		Skew:      sso.DefaultSkew,
		PublicURL: idp, Catalog: b.live.Load, Store: b.store, Pages: pages, Adapter: httpserver.Adapter{Pages: pages}, Logger: b.logger, Now: now,
		Class: saml.ClassPasswordProtected, Stylesheet: "/static/app.css",
	}
	s := &httpserver.Server{Pages: pages, Log: b.logger, PublicURL: &url.URL{Scheme: "https", Host: "idp.example.org"}}
	s.Mount(httpserver.ForSAML, b.handler)
	b.server = s.Handler()
}

// reload makes the catalog anew from b.all, as after a change in the database.
func (b *bench) reload() {
	b.t.Helper()
	c, err := catalog.New(idp, append([]apps.App(nil), b.all...), b.pairs)
	if err != nil {
		b.t.Fatal(err)
	}
	b.live.Store(c)
}

// change edits the app and reloads.
func (b *bench) change(f func(*apps.App)) {
	f(&b.all[0])
	b.reload()
}

// another adds a second app, for everybody who is there.
func (b *bench) another(name string, change ...func(*apps.App)) apps.ID {
	a := wiki()
	a.ID, a.Slug, a.Name = apps.ID(fmt.Sprintf("5a0c1f7e-0000-4000-8000-0000000001%02d", len(b.all))), name, name
	a.EntityID = "https://" + name + ".example.com/metadata"
	a.Settings.ACS = []apps.Endpoint{{Binding: saml.BindingPOST, Location: "https://" + name + ".example.com/acs"}}
	for _, c := range change {
		c(&a)
	}
	b.all = append(b.all, a)
	b.reload()
	for _, p := range b.store.people {
		b.store.assigned[a.ID] = append(b.store.assigned[a.ID], p.user.ID)
	}
	return a.ID
}

// A browser holds at most one session.
type browser struct {
	b      *bench
	cookie string
}

func ada() directory.User {
	return directory.User{ID: "5a0c1f7e-0000-4000-8000-0000000000a1", Email: "ada@example.org", UserName: "ada", GivenName: "Ada", FamilyName: "Lovelace", Attributes: directory.Attributes{}}
}

func bob() directory.User {
	return directory.User{ID: "5a0c1f7e-0000-4000-8000-0000000000b0", Email: "bob@example.org", UserName: "bob", Attributes: directory.Attributes{}}
}

// nobody is a browser without a session.
func (b *bench) nobody() *browser { return &browser{b: b} }

// signedIn is a browser at which u signed in just now; u may use every app.
func (b *bench) signedIn(u directory.User, groups ...string) *browser {
	w := b.nobody()
	w.signIn(u, groups...)
	for i := range b.all {
		b.store.assigned[b.all[i].ID] = append(b.store.assigned[b.all[i].ID], u.ID)
	}
	return w
}

// signIn is what the sign-in page does: a new session, in place of the one before.
func (w *browser) signIn(u directory.User, groups ...string) {
	token := session.NewToken()
	w.cookie = token.Reveal()
	w.b.store.people[string(token.Hash())] = &present{user: u, groups: groups, session: session.Session{
		ID: session.ID("session-of-" + u.UserName + "-" + w.cookie[:6]), UserID: u.ID, CreatedAt: w.b.now, LastSeenAt: w.b.now, ExpiresAt: w.b.now.Add(session.AbsoluteLimit),
		AuthnInstant: w.b.now, AuthnContext: saml.ClassPasswordProtected,
	}}
}
