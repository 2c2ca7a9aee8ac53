package sso_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// recorded fails unless the latest record has this reason, and a story to tell.
func (b *bench) recorded(reason audit.Reason) audit.SignIn {
	b.t.Helper()
	r := b.store.last()
	if r.Reason != reason || r.Kind != audit.KindSignOn {
		b.t.Fatalf("recorded %q (%s), want %q", r.Reason, r.Detail.Explanation, reason)
	}
	return r
}

func TestPersonReachesTheApp(t *testing.T) {
	each(t, func(t *testing.T) {
		b := newBench(t)
		r := b.fresh()
		if got := b.signedIn(ada()).redirect(r.xml()).granted(r.ID); got.Subject.NameID.Value != "ada@example.org" {
			t.Errorf("NameID %+v", got.Subject.NameID)
		}
	}, "MODE-01 an AuthnRequest by HTTP-Redirect is answered with Success", "SSO-01 the Redirect binding is processed",
		"SSO-03 an unsigned request is accepted when nothing demands a signature")
	each(t, func(t *testing.T) {
		b := newBench(t)
		r := b.fresh()
		b.signedIn(ada()).redirect(r.xml()).granted(r.ID)
		if a := b.signedIn(ada()).redirect(b.fresh().with("ProtocolBinding", "urn:x").xml()); a.Action != spACS {
			t.Errorf("refused at %q", a.Action)
		}
	}, "MODE-02 the Response goes by HTTP-POST", "RESP-01 success and refusal by HTTP-POST")
	t.Run("MODE-18 an AuthnRequest by HTTP-POST is answered, unsigned and signed", func(t *testing.T) {
		b := newBench(t)
		w := b.signedIn(ada())
		r := b.fresh()
		w.post(r.xml()).granted(r.ID)
		r = b.fresh()
		w.post(signedXML(t, spKey(), r.xml())).granted(r.ID)
		if !b.store.last().Detail.Signed {
			t.Error("the record does not say that it was signed")
		}
	})
	t.Run("SSO-02 a cross-site POST finds the session that its cookie did not bring", func(t *testing.T) {
		b := newBench(t)
		r := b.fresh()
		b.signedIn(ada()).crossSite(r.xml(), "relay").granted(r.ID)
		if n := len(b.store.pending); n != 0 {
			t.Errorf("%d waiting sign-ons left", n)
		}
	})
	t.Run("SSO-29 unsolicited, the Response goes to the default address", func(t *testing.T) {
		b := newBench(t, addresses)
		b.signedIn(ada()).get("/saml/start/wiki").grantedAt(spID, "https://wiki.example.com/acs/1", issuer, "")
	})
	t.Run("SSO-30 unsolicited can be switched off", func(t *testing.T) {
		b := newBench(t)
		w := b.signedIn(ada())
		w.get("/saml/start/wiki").granted("")
		b.change(func(a *apps.App) { a.Settings.NoUnsolicited = true })
		w.get("/saml/start/wiki").paged(400)
		b.recorded(audit.ReasonBindingUnsupported)
	})
	t.Run("nothing is released before its record", func(t *testing.T) {
		b := newBench(t)
		w := b.signedIn(ada())
		w.redirect(b.fresh().xml())
		w.redirect(b.fresh().with("ProtocolBinding", "urn:x").xml())
		w.get("/saml/start/wiki")
		w.redirect(b.fresh().with("AssertionConsumerServiceURL", "https://evil.example").xml())
		if len(b.store.records) != 4 || b.store.early {
			t.Errorf("%d records, one of them after its answer: %v", len(b.store.records), b.store.early)
		}
	})
	t.Run("what cannot be recorded is not released", func(t *testing.T) {
		b := newBench(t)
		w := b.signedIn(ada())
		b.store.broken = fmt.Errorf("disk full")
		for _, a := range []*answer{w.redirect(b.fresh().xml()), w.get("/saml/start/wiki"), b.nobody().redirect(b.fresh().with("IsPassive", "true").xml())} {
			a.paged(500)
			if strings.Contains(a.Body, "disk full") {
				t.Errorf("the page tells: %s", a.Body)
			}
		}
	})
}

func TestPersonSignsInOnTheWay(t *testing.T) {
	each(t, func(t *testing.T) {
		b := newBench(t)
		b.another("chat")
		w := b.nobody()
		var waits []string
		var requests []request
		for i := range 5 {
			r := b.fresh()
			if i%2 == 1 {
				r.Issuer = "https://chat.example.com/metadata"
			}
			requests = append(requests, r)
			waits = append(waits, w.redirect(r.xml(), fmt.Sprintf("tab %d", i)).asked())
		}
		w.cookie = b.signedIn(ada()).cookie
		for _, i := range []int{3, 0, 4, 1, 2} {
			a := w.get(waits[i])
			if i%2 == 1 {
				a.grantedAt("https://chat.example.com/metadata", "https://chat.example.com/acs", issuer, requests[i].ID)
			} else {
				a.granted(requests[i].ID)
			}
			if a.Fields["RelayState"] != fmt.Sprintf("tab %d", i) {
				t.Errorf("tab %d got RelayState %q", i, a.Fields["RelayState"])
			}
		}
	}, "SSO-33 each tab gets the answer to its own request, in any order", "FLOW-03 two apps in two tabs get each its own")
	t.Run("FLOW-03 a person who signs in between two tabs gets no answer of the other's", func(t *testing.T) {
		b := newBench(t)
		w := b.nobody()
		first, second := b.fresh(), b.fresh()
		one, two := w.redirect(first.xml()).asked(), w.redirect(second.xml()).asked()
		w.cookie = b.signedIn(ada()).cookie
		if got := w.get(one).granted(first.ID); got.Subject.NameID.Value != "ada@example.org" {
			t.Errorf("%+v", got.Subject)
		}
		w.cookie = b.signedIn(bob()).cookie
		if got := w.get(two).granted(second.ID); got.Subject.NameID.Value != "bob@example.org" {
			t.Errorf("%+v", got.Subject)
		}
	})
	t.Run("SSO-34 reload and double submit give no second answer", func(t *testing.T) {
		b := newBench(t)
		w := b.nobody()
		doc := b.fresh().xml()
		back := w.redirect(doc).asked()
		w.redirect(doc).paged(409)
		w.cookie = b.signedIn(ada()).cookie
		if w.get(back).Root == nil {
			t.Fatal("no answer")
		}
		w.get(back).paged(404)
		w.redirect(doc).paged(409)
	})
	t.Run("REP-03 a waiting sign-on is good for one answer and half an hour", func(t *testing.T) {
		b := newBench(t)
		w := b.nobody()
		back := w.redirect(b.fresh().xml()).asked()
		w.cookie = b.signedIn(ada()).cookie
		b.now = nine.Add(session.PendingLimit)
		w.get(back).paged(404)
		b.recorded(audit.ReasonSessionExpired)
		b.now = nine.Add(session.PendingLimit - time.Second)
		if w.get(back).Root == nil {
			t.Fatal("no answer in time")
		}
		w.get(back).paged(404)
	})
	t.Run("what the administrator has forbidden meanwhile is not gone on with", func(t *testing.T) {
		b := newBench(t)
		w := b.nobody()
		unsigned, start := w.redirect(b.fresh().xml()).asked(), w.get("/saml/start/wiki").asked()
		signed := b.fresh()
		ofSigned := w.post(signedXML(t, spKey(), signed.xml())).Location
		w.cookie = b.signedIn(ada()).cookie
		b.change(func(a *apps.App) { a.Settings.RequireSigned, a.Settings.NoUnsolicited = true, true })
		w.get(unsigned).paged(403)
		b.recorded(audit.ReasonRequestSignatureMissing)
		w.get(start).paged(400)
		b.recorded(audit.ReasonBindingUnsupported)
		w.get(ofSigned).granted(signed.ID)
	})
	t.Run("WEB-03 the hop lets nobody in who is not signed in", func(t *testing.T) {
		b := newBench(t)
		hop := b.nobody().post(b.fresh().xml()).Location
		stranger := b.nobody()
		if back := stranger.get(hop).asked(); back != hop {
			t.Errorf("the way back is %q", back)
		}
		stranger.cookie = b.signedIn(bob()).cookie
		if got := stranger.get(hop); !strings.Contains(string(got.XML), "bob@example.org") {
			t.Errorf("not the person at the browser: %s", got.XML)
		}
	})
	t.Run("FLOW-12 what was asked stays with us: the browser cannot take it away", func(t *testing.T) {
		b := newBench(t)
		w := b.signedIn(ada())
		b.now = nine.Add(10 * time.Minute)
		back := w.redirect(b.fresh().with("ForceAuthn", "true").holding(class("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport")).xml()).asked()
		w.get(back + "?ForceAuthn=false").asked()
		b.store.people[hashOf(w.cookie)].session.AuthnContext = saml.ClassPassword
		b.store.people[hashOf(w.cookie)].session.AuthnInstant = b.now
		w.get(back).refused("Responder/NoAuthnContext")
	})
}

func hashOf(cookie string) string { return string(session.TokenFrom(cookie).Hash()) }

func class(c string) string {
	return `<samlp:RequestedAuthnContext><saml:AuthnContextClassRef>` + c + `</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>`
}

// addresses gives an app five places for answers, one of them the default, and one by another binding.
func addresses(a *apps.App) {
	yes, no := true, false
	a.Settings.ACS = []apps.Endpoint{
		{Binding: saml.BindingPOST, Location: "https://wiki.example.com/acs/0", Index: 0, IsDefault: &no},
		{Binding: saml.BindingPOST, Location: "https://wiki.example.com/acs/1", Index: 1, IsDefault: &yes},
		{Binding: saml.BindingPOST, Location: "https://wiki.example.com/acs/2?a=b&c=d", Index: 2},
		{Binding: saml.BindingPOST, Location: "https://wiki.example.com:8443/acs/3", Index: 40000},
		{Binding: saml.BindingPOST, Location: "http://localhost:3000/acs", Index: 65535},
		{Binding: saml.BindingArtifact, Location: "https://wiki.example.com/artifact", Index: 7},
	}
}
