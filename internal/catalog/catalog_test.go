package catalog

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

const idp = "https://idp.example.org"

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

var rsaKey = sync.OnceValue(func() crypto.Signer {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

// pair is a key in a scope and a state; EC unless told.
func pair(t testing.TB, id string, app apps.ID, state certs.State, k ...crypto.Signer) certs.Pair {
	t.Helper()
	var signer crypto.Signer
	if len(k) > 0 {
		signer = k[0]
	} else {
		made, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		signer = made
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, signer.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	return certs.Pair{Certificate: certs.Certificate{ID: certs.ID(id), AppID: app, State: state, Certificate: cert, NotAfter: noon}, Signer: signer}
}

func app(id, name string) apps.App {
	return apps.App{
		ID: apps.ID(id), Slug: name, Name: name, EntityID: "https://" + name + ".example.org", Enabled: true,
		Settings: apps.Settings{ACS: []apps.Endpoint{{Binding: saml.BindingPOST, Location: "https://" + name + ".example.org/acs"}}},
	}
}

func mustNew(t testing.TB, all []apps.App, pairs ...certs.Pair) *Catalog {
	t.Helper()
	c, err := New(idp, all, pairs)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *Catalog) must(t testing.TB, slug string) *App {
	t.Helper()
	a, ok := c.BySlug(slug)
	if !ok {
		t.Fatalf("no app %s", slug)
	}
	return a
}

func TestAppIsFoundByItsExactNames(t *testing.T) {
	all := make([]apps.App, 1000)
	for i := range all {
		all[i] = app(fmt.Sprintf("id-%d", i), fmt.Sprintf("app%d", i))
	}
	c := mustNew(t, all)
	if c.Len() != 1000 {
		t.Errorf("%d apps", c.Len())
	}
	a, ok := c.ByEntityID("https://app7.example.org")
	if !ok || a.Slug != "app7" || a.App.ID != "id-7" {
		t.Fatalf("%+v", a)
	}
	for _, other := range []string{"https://APP7.example.org", "https://app7.example.org/", " https://app7.example.org", "", "app7"} {
		if _, ok := c.ByEntityID(other); ok {
			t.Errorf("%q is found", other)
		}
	}
	for _, name := range []string{"app7", "id-7"} {
		if got, ok := c.BySlug(name); !ok || got != a {
			t.Errorf("%q leads to %+v", name, got)
		}
	}
	if _, ok := c.BySlug("none"); ok {
		t.Error("none is found")
	}
}

func TestKeysOfAnApp(t *testing.T) {
	ids := func(a *App) (active string, published []string) {
		for _, k := range a.Published {
			published = append(published, k.ID)
		}
		if a.Key != nil {
			active = a.Key.ID
		}
		return active, published
	}
	all := []apps.App{app("1", "own"), app("2", "common"), app("3", "coming")}
	c := mustNew(t, all,
		pair(t, "next", "", certs.Next), pair(t, "active", "", certs.Active), pair(t, "old", "", certs.Retired),
		pair(t, "own-active", "1", certs.Active), pair(t, "own-next", "1", certs.Next), pair(t, "own-old", "1", certs.Retired),
		pair(t, "coming-next", "3", certs.Next))
	for slug, want := range map[string][]string{
		"own":    {"own-active", "own-active", "own-next"},
		"common": {"active", "active", "next"},
		"coming": {"active", "active", "next", "coming-next"},
	} {
		if active, published := ids(c.must(t, slug)); active != want[0] || !slices.Equal(published, want[1:]) {
			t.Errorf("%s signs with %s and shows %v", slug, active, published)
		}
	}
	if k, published := c.Common(); k.ID != "active" || len(published) != 2 {
		t.Errorf("common %s, %d published", k.ID, len(published))
	}
	if c.must(t, "own").KeyExpiry != noon {
		t.Error("no expiry")
	}
	if _, err := New(idp, nil, []certs.Pair{{Certificate: certs.Certificate{State: certs.Active, Certificate: []byte("junk")}, Signer: rsaKey()}}); err == nil {
		t.Error("a key that cannot sign is taken")
	}
}

func TestOnlySigningKeysOfTheAppAreTrusted(t *testing.T) {
	der := func(s crypto.Signer) []byte {
		b, err := x509.MarshalPKIXPublicKey(s.Public())
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	signing, both, encryption := pair(t, "", "", "").Signer, pair(t, "", "", "").Signer, pair(t, "", "", "").Signer
	a := app("1", "wiki")
	a.Settings.Keys = []apps.Key{{Use: "encryption", PublicKey: der(encryption)}, {Use: "signing", PublicKey: []byte("junk")}, {Use: "signing", PublicKey: der(signing)}, {PublicKey: der(both)}}
	got := mustNew(t, []apps.App{a}).must(t, "wiki").Trust
	if len(got.Keys) != 2 || !signing.Public().(*ecdsa.PublicKey).Equal(got.Keys[0]) || !both.Public().(*ecdsa.PublicKey).Equal(got.Keys[1]) || got.AllowSHA1 {
		t.Errorf("%+v", got)
	}
}

func TestAppThatCannotWorkSaysWhy(t *testing.T) {
	a, b := app("1", "artifact"), app("2", "ready")
	a.Settings.ACS[0].Binding = saml.BindingArtifact
	if err := mustNew(t, []apps.App{a}, pair(t, "k", "", certs.Active)).must(t, "artifact").Ready(); err == nil {
		t.Error("without an address it is ready")
	}
	if err := mustNew(t, []apps.App{b}, pair(t, "k", "", certs.Next)).must(t, "ready").Ready(); err == nil {
		t.Error("without a key it is ready")
	}
	if err := mustNew(t, []apps.App{b}, pair(t, "k", "", certs.Active)).must(t, "ready").Ready(); err != nil {
		t.Error(err)
	}
}

func TestSignatureMethodFitsTheKeyThatIsActive(t *testing.T) {
	rsa := pair(t, "rsa", "", certs.Active, rsaKey())
	for _, c := range []struct {
		key         certs.Pair
		asked, want saml.SignatureMethod
	}{
		{rsa, "", saml.RSASHA256},
		{rsa, saml.RSASHA512, saml.RSASHA512},
		{rsa, saml.RSASHA1, saml.RSASHA1},
		{rsa, saml.ECDSASHA256, saml.RSASHA256},
		{rsa, "urn:x", saml.RSASHA256},
		{pair(t, "ec", "", certs.Active), "", saml.ECDSASHA256},
		{pair(t, "ec", "", certs.Active), saml.RSASHA256, saml.ECDSASHA256},
		{pair(t, "ec", "", certs.Active), saml.RSASHA1, saml.ECDSASHA256},
	} {
		a := app("1", "wiki")
		a.Settings.SignatureMethod = c.asked
		if got := mustNew(t, []apps.App{a}, c.key).must(t, "wiki").Choice.Method; got != c.want {
			t.Errorf("%s with the key %s: %s", c.asked, c.key.ID, got)
		}
	}
}

func TestOurEntityIDMayBeTheAppsOwn(t *testing.T) {
	a, b := app("1", "common"), app("2", "own")
	b.Settings.IdPEntityID = "urn:our:own"
	c := mustNew(t, []apps.App{a, b})
	if c.must(t, "common").Issuer != idp+"/saml/metadata" || c.must(t, "own").Issuer != "urn:our:own" {
		t.Errorf("%s, %s", c.must(t, "common").Issuer, c.must(t, "own").Issuer)
	}
}
