package sso_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// FuzzSignOn sends anything as a request of somebody who is signed in: no breakdown, and no answer to an address that is
// not registered.
func FuzzSignOn(f *testing.F) {
	seeds := &bench{t: nil, now: nine}
	for _, r := range []request{
		seeds.fresh(), seeds.fresh().with("AssertionConsumerServiceURL", spACS), seeds.fresh().with("AssertionConsumerServiceURL", "https://evil.example/acs"),
		seeds.fresh().with("AssertionConsumerServiceIndex", "7", "ProtocolBinding", "urn:x"), seeds.fresh().with("ForceAuthn", "1", "IsPassive", "0", "ProviderName", "x"),
		seeds.fresh().holding(subject(nameID("ada@example.org")) + policy("Format", "urn:x", "AllowCreate", "1") + class(ppt)),
		seeds.fresh().holding(`<samlp:Extensions><x>y</x></samlp:Extensions><samlp:Scoping><samlp:IDPList><samlp:IDPEntry ProviderID="x"/></samlp:IDPList></samlp:Scoping>`),
	} {
		f.Add(r.xml(), "relay")
	}
	f.Add(signedXML(f, spECKey(), seeds.fresh().xml()), "")
	var b *bench // one for each process: making it costs more than a thousand requests
	f.Fuzz(func(t *testing.T, doc, relay string) {
		if b == nil {
			b = newBench(t, addresses)
			b.pairs[0].Signer, b.pairs[0].Certificate.Certificate = spECKey().signer, spECKey().cert
			b.reload()
		}
		b.store = newFake()
		b.in(t).handler.Store = b.store
		b.log.Reset()
		w := b.signedIn(ada())
		var registered []string
		for _, e := range b.all[0].Settings.ACS[:5] {
			registered = append(registered, e.Location)
		}
		for _, a := range []*answer{w.redirect(doc, relay), w.post(doc, relay), w.crossSite(doc, relay), w.query(doc)} {
			if a.Status >= http.StatusInternalServerError {
				t.Fatalf("%d %s", a.Status, a.Body)
			}
			if a.Root != nil && !slices.Contains(registered, a.Action) {
				t.Fatalf("answered at %q", a.Action)
			}
			if a.Location != "" && !strings.HasPrefix(a.Location, "/login?") {
				t.Fatalf("sent to %q", a.Location)
			}
		}
		if b.store.early || len(b.store.records) == 0 {
			t.Fatal("no record, or one after the answer")
		}
	})
}
