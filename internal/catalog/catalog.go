// Package catalog is what the sign-on path needs to know of apps and keys, ready for use: one immutable snapshot in
// memory, replaced as a whole when somebody changes an app or a key on any node. A lookup is a map access, with 10 apps or
// 10,000; keys are unsealed and precomputed once.
//
// It refuses to be edited, and to serve an app that cannot work: such an app is in the catalog with the reason.
package catalog

import (
	"crypto"
	"crypto/x509"
	"slices"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/signer"
)

// Catalog is one snapshot. Its values are shared by all requests and never change.
type Catalog struct {
	PublicURL string // ours, without a trailing slash
	byEntity  map[string]*App
	bySlug    map[string]*App
	byID      map[apps.ID]*App
	common    keyring
}

// App is one service provider, ready to be answered.
type App struct {
	*apps.App
	Issuer    string          // our entity ID towards this app
	Trust     signer.Trust    // keys that may sign this app's messages
	Key       *signer.Key     // what we sign with; nil when there is no active key
	Published []*signer.Key   // what our metadata shows: the active key, then the next ones
	Choice    signer.Choice   // what of a successful response is signed, and how
	KeyExpiry time.Time       // of the active key's certificate
	ACS       []apps.Endpoint // those by HTTP-POST, in the app's order
	Default   *apps.Endpoint  // where to answer when the request does not say; nil when there is none by HTTP-POST
}

// keyring is the keys of one scope.
type keyring struct {
	active    *signer.Key
	expiry    time.Time
	published []*signer.Key
}

// EntityID is our common entity ID: the address of our metadata, so that it resolves.
func EntityID(publicURL string) string { return publicURL + "/saml/metadata" }

// New builds a snapshot. A key that cannot sign is our own trouble and an error; an odd key of an app only means that
// this app's signatures will not verify.
func New(publicURL string, all []apps.App, pairs []certs.Pair) (*Catalog, error) {
	rings, err := keyrings(pairs)
	if err != nil {
		return nil, err
	}
	c := &Catalog{
		PublicURL: publicURL, common: rings[""],
		byEntity: make(map[string]*App, len(all)), bySlug: make(map[string]*App, len(all)), byID: make(map[apps.ID]*App, len(all)),
	}
	for i := range all {
		app := c.ready(&all[i], rings)
		c.byEntity[app.EntityID], c.bySlug[app.Slug], c.byID[app.ID] = app, app, app
	}
	return c, nil
}

func keyrings(pairs []certs.Pair) (map[apps.ID]keyring, error) {
	rings := map[apps.ID]keyring{}
	for _, p := range pairs {
		if p.State == certs.Retired {
			continue
		}
		key, err := signer.NewKey(string(p.ID), p.Signer, p.Certificate.Certificate)
		if err != nil {
			return nil, err
		}
		r := rings[p.AppID]
		if p.State == certs.Active {
			r.active, r.expiry = key, p.NotAfter
			r.published = append([]*signer.Key{key}, r.published...)
		} else {
			r.published = append(r.published, key)
		}
		rings[p.AppID] = r
	}
	return rings, nil
}

func (c *Catalog) ready(a *apps.App, rings map[apps.ID]keyring) *App {
	intern(&a.Settings)
	ring, own := rings[a.ID]
	if !own || ring.active == nil {
		ring.active, ring.expiry = c.common.active, c.common.expiry
		if own {
			ring.published = slices.Concat(c.common.published, ring.published)
		} else {
			ring.published = c.common.published
		}
	}
	app := &App{
		App: a, Issuer: EntityID(c.PublicURL), Key: ring.active, KeyExpiry: ring.expiry, Published: ring.published,
		Trust: signer.Trust{Keys: signingKeys(a.Settings.Keys), AllowSHA1: a.Settings.AllowSHA1},
	}
	if a.Settings.IdPEntityID != "" {
		app.Issuer = a.Settings.IdPEntityID
	}
	a.Settings.Keys = nil // they are in Trust, ready for use
	app.ACS = a.Settings.ACS
	if slices.ContainsFunc(app.ACS, notPOST) {
		app.ACS = slices.DeleteFunc(slices.Clone(app.ACS), notPOST)
	}
	app.Default = defaultOf(app.ACS)
	app.Choice = choice(a.Settings, ring.active)
	return app
}

func notPOST(e apps.Endpoint) bool { return e.Binding != saml.BindingPOST }

// choice falls back to what the key does best when the app's method does not fit the key that is active now. An app whose
// metadata wants assertions signed gets them signed (Metadata §2.4.4): it would refuse all others.
func choice(s apps.Settings, key *signer.Key) signer.Choice {
	c := signer.Choice{Assertion: s.Sign != apps.SignResponse || s.Metadata.WantSignedAssertion, Response: s.Sign != apps.SignAssertion, Method: s.SignatureMethod}
	if key != nil && !can(key, c.Method) {
		c.Method = key.Methods()[0]
	}
	return c
}

// can says whether a key can sign so. SHA-1 is not among its methods, but an app may be switched to it by name.
func can(key *signer.Key, m saml.SignatureMethod) bool {
	methods := key.Methods()
	return slices.Contains(methods, m) || m == saml.RSASHA1 && slices.Contains(methods, saml.RSASHA256)
}

func signingKeys(keys []apps.Key) []crypto.PublicKey {
	var out []crypto.PublicKey
	for _, k := range keys {
		if k.Use == "encryption" {
			continue
		}
		if pub, err := x509.ParsePKIXPublicKey(k.PublicKey); err == nil {
			out = append(out, pub)
		}
	}
	return out
}

// defaultOf follows Metadata §2.2.3: the first that says it is the default, else the first that does not say it is not,
// else the first.
func defaultOf(acs []apps.Endpoint) *apps.Endpoint {
	var unsaid *apps.Endpoint
	for i := range acs {
		e := &acs[i]
		if e.IsDefault != nil && *e.IsDefault {
			return e
		}
		if e.IsDefault == nil && unsaid == nil {
			unsaid = e
		}
	}
	if unsaid != nil || len(acs) == 0 {
		return unsaid
	}
	return &acs[0]
}

// ByEntityID finds the app that sends messages under this name, compared byte for byte (Core §1.3.1).
func (c *Catalog) ByEntityID(id string) (*App, bool) { a, ok := c.byEntity[id]; return a, ok }

// ByID finds an app by its key in our database.
func (c *Catalog) ByID(id apps.ID) (*App, bool) { a, ok := c.byID[id]; return a, ok }

// BySlug finds an app by its name in our URLs, or by its ID.
func (c *Catalog) BySlug(slug string) (*App, bool) {
	if a, ok := c.bySlug[slug]; ok {
		return a, true
	}
	return c.ByID(apps.ID(slug))
}

// Len is the number of apps.
func (c *Catalog) Len() int { return len(c.byID) }

// Common are the keys that apps without their own are signed with: the active one (or nil), and all published ones.
func (c *Catalog) Common() (*signer.Key, []*signer.Key) { return c.common.active, c.common.published }

// Ready says why an app cannot be answered, or nil.
func (a *App) Ready() error {
	switch {
	case a.Default == nil:
		return fault.New(fault.Invalid, "%s has no address by HTTP-POST to send answers to.", a.Name)
	case a.Key == nil:
		return fault.New(fault.Invalid, "There is no active signing certificate.")
	}
	return nil
}
