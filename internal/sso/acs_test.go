package sso_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// spoofs are addresses that are not https://wiki.example.com/acs, each alike in the eyes of some URL parser.
var spoofs = []string{
	// another host
	"https://evil.example/acs", "https://wiki.example.com.evil.example/acs", "https://evilwiki.example.com/acs", "https://example.com/acs",
	"https://sub.wiki.example.com/acs", "https://wiki.example.com./acs", "https://wiki.example.com%2eevil.example/acs", "https://wiki-example.com/acs",
	"https://wiki.example.co/acs", "https://wiki.example.comm/acs", "https://xn--wki-5ja.example.com/acs", "https://wіki.example.com/acs", "https://wiki。example。com/acs",
	"https://192.0.2.1/acs", "https://3221225985/acs", "https://0xC0000201/acs", "https://0300.0.02.01/acs", "https://[::ffff:192.0.2.1]/acs", "https://[::1]/acs",
	// the user name of another host, or another reading of slashes
	"https://wiki.example.com@evil.example/acs", "https://wiki.example.com:443@evil.example/acs", "https://user@wiki.example.com/acs", "https://evil.example#@wiki.example.com/acs",
	"https://evil.example?@wiki.example.com/acs", `https://evil.example\@wiki.example.com/acs`, `https:\\wiki.example.com\acs`, "https:/wiki.example.com/acs", "https:wiki.example.com/acs",
	"//wiki.example.com/acs", "/acs", "wiki.example.com/acs", "https:///wiki.example.com/acs", "https://evil.example/https://wiki.example.com/acs",
	// another scheme
	"http://wiki.example.com/acs", "HTTPS://wiki.example.com/acs", "Https://wiki.example.com/acs", "ftp://wiki.example.com/acs", "javascript://wiki.example.com/acs%0aalert(1)",
	"data:text/html,https://wiki.example.com/acs", "https ://wiki.example.com/acs", "java\tscript:alert(1)",
	// another port
	"https://wiki.example.com:443/acs", "https://wiki.example.com:8443/acs", "https://wiki.example.com:/acs", "https://wiki.example.com:0443/acs",
	// another path
	"https://wiki.example.com/acs/", "https://wiki.example.com/ACS", "https://wiki.example.com/acs.evil", "https://wiki.example.com//acs", "https://wiki.example.com/./acs",
	"https://wiki.example.com/x/../acs", "https://wiki.example.com/acs/..;/evil", "https://wiki.example.com/%61cs", "https://wiki.example.com/acs%00", "https://wiki.example.com/acs%20",
	"https://wiki.example.com/ac", "https://wiki.example.com", "https://wiki.example.com/", "https://wiki.example.com/*", `https://wiki.example.com\acs`,
	// something behind it
	"https://wiki.example.com/acs?", "https://wiki.example.com/acs?next=https://evil.example", "https://wiki.example.com/acs#", "https://wiki.example.com/acs#evil", "https://wiki.example.com/acs;evil",
	"https://wiki.example.com/acs ", " https://wiki.example.com/acs", "\nhttps://wiki.example.com/acs", "https://wiki.example.com/acs\u00a0", "https://wiki.example.com/acs\u200b", "https://WIKI.example.com/acs",
	"https://wiki.example.com/acs,https://evil.example/acs", "https://wiki.example.com/acs https://evil.example/acs",
}

func TestUnregisteredACSIsNeverAnswered(t *testing.T) {
	b := newBench(t)
	w := b.signedIn(ada())
	each(t, func(t *testing.T) {
		b.in(t)
		if len(spoofs) < 60 {
			t.Fatalf("only %d", len(spoofs))
		}
		for _, spoof := range spoofs {
			w.redirect(b.fresh().with("AssertionConsumerServiceURL", spoof).xml()).paged(http.StatusBadRequest)
			b.recorded(audit.ReasonACSNotRegistered)
			w.post(signedXML(t, spKey(), b.fresh().with("AssertionConsumerServiceURL", spoof).xml())).paged(http.StatusBadRequest)
			if got := b.recorded(audit.ReasonACSNotRegistered); !strings.Contains(got.Detail.Explanation, spACS) {
				t.Errorf("explained as %s", got.Detail.Explanation)
			}
			b.nobody().redirect(b.fresh().with("AssertionConsumerServiceURL", spoof).xml()).paged(http.StatusBadRequest)
		}
		r := b.fresh().with("AssertionConsumerServiceURL", spACS)
		w.redirect(r.xml()).granted(r.ID)
	}, "ACS-01 an address that is not registered gets nothing, however alike it is", "SSO-08 signed or not", "SSO-10 addresses are compared byte for byte")
	t.Run("ACS-02 no wildcard and no prefix", func(t *testing.T) {
		// Validation refuses such addresses; should one get in, it is still only itself.
		for _, registered := range []string{"https://wiki.example.com/*", "https://wiki.example.com", "https://wiki.example.co.", "https://.*", "https://wiki.example.com/acs?"} {
			b := newBench(t, func(a *apps.App) { a.Settings.ACS[0].Location = registered })
			for _, wanted := range []string{spACS, "https://wiki.example.com.evil.example", "https://wikiXexample.com"} {
				b.signedIn(ada()).redirect(b.fresh().with("AssertionConsumerServiceURL", wanted).xml()).paged(http.StatusBadRequest)
			}
		}
		if err := (&apps.App{Name: "x", Slug: "x", EntityID: "x", Settings: apps.Settings{ACS: []apps.Endpoint{{Binding: saml.BindingPOST, Location: "https://sp/*"}}}}).Validate(); err == nil {
			t.Error("a wildcard can be registered")
		}
	})
	t.Run("ACS-03 not the address of another app, nor one of another binding", func(t *testing.T) {
		b := newBench(t, addresses)
		b.another("chat")
		w := b.signedIn(ada())
		w.redirect(b.fresh().with("AssertionConsumerServiceURL", "https://chat.example.com/acs").xml()).paged(http.StatusBadRequest)
		a := w.redirect(b.fresh().with("AssertionConsumerServiceURL", "https://wiki.example.com/artifact").xml())
		a.refused("Requester/UnsupportedBinding")
		if a.Action != "https://wiki.example.com/acs/1" {
			t.Errorf("answered at %q", a.Action)
		}
		a = w.redirect(b.fresh().with("AssertionConsumerServiceIndex", "7").xml())
		a.refused("Requester/UnsupportedBinding")
		if a.Action != "https://wiki.example.com/acs/1" {
			t.Errorf("answered at %q", a.Action)
		}
	})
	t.Run("ACS-04 an address that is removed meanwhile gets nothing", func(t *testing.T) {
		b := newBench(t, addresses)
		w := b.nobody()
		gone := w.redirect(b.fresh().with("AssertionConsumerServiceIndex", "40000").xml()).asked()
		stays := w.redirect(b.fresh().with("AssertionConsumerServiceIndex", "65535").xml()).asked()
		w.cookie = b.signedIn(ada()).cookie
		b.change(func(a *apps.App) {
			a.Settings.ACS = append([]apps.Endpoint(nil), a.Settings.ACS...)
			a.Settings.ACS[3].Location = "https://evil.example/acs" // the same index now leads elsewhere
		})
		w.get(gone).paged(http.StatusBadRequest)
		b.recorded(audit.ReasonACSNotRegistered)
		if a := w.get(stays); a.Action != "http://localhost:3000/acs" {
			t.Errorf("answered at %q", a.Action)
		}
	})
	t.Run("ACS-05 plain http is only taken on loopback, or by the administrator's word", func(t *testing.T) {
		app := wiki()
		check := func(location string, allow, want bool) {
			t.Helper()
			app.Settings.ACS[0].Location, app.Settings.AllowHTTP = location, allow
			if err := app.Validate(); (err == nil) != want {
				t.Errorf("%s: %v", location, err)
			}
		}
		check("https://wiki.example.com/acs", false, true)
		check("http://127.0.0.1/acs", false, true)
		check("http://wiki.example.com/acs", false, false)
		check("http://10.0.0.1/acs", false, false)
		check("http://10.0.0.1/acs", true, true)
	})
}

func TestAnswerGoesWhereTheAppAsked(t *testing.T) {
	b := newBench(t, addresses)
	w := b.signedIn(ada())
	at := func(t *testing.T, acs string, attributes ...string) {
		t.Helper()
		r := b.fresh().with(attributes...)
		w.redirect(r.xml()).grantedAt(spID, acs, issuer, r.ID)
	}
	each(t, func(t *testing.T) {
		b.in(t)
		for _, e := range b.all[0].Settings.ACS[:5] {
			r := b.fresh().with("AssertionConsumerServiceURL", e.Location)
			a := w.redirect(r.xml())
			a.grantedAt(spID, e.Location, issuer, r.ID)
			if got := a.attr("Assertion/Subject/SubjectConfirmation/SubjectConfirmationData", "Recipient"); got != e.Location || a.attr("", "Destination") != e.Location {
				t.Errorf("recipient %q, destination %q", got, a.attr("", "Destination"))
			}
			if m := a.attr("Assertion/Subject/SubjectConfirmation", "Method"); m != "urn:oasis:names:tc:SAML:2.0:cm:bearer" {
				t.Errorf("method %q", m)
			}
		}
	}, "SSO-09 each registered address is accepted by its URL", "SSO-11 AssertionConsumerServiceURL is honoured beside the default",
		"RESP-05 one bearer confirmation, for the address used", "RESP-19 Destination is that address")
	t.Run("SSO-12 each index is honoured", func(t *testing.T) {
		b.in(t)
		for _, e := range b.all[0].Settings.ACS[:5] {
			at(t, e.Location, "AssertionConsumerServiceIndex", strconv.Itoa(e.Index))
		}
	})
	t.Run("SSO-13 an index that is none is answered with an error at the default", func(t *testing.T) {
		b.in(t)
		for _, index := range []string{"9", "-1", "65536", "abc", "", "99999999999999999999", "1.0"} {
			a := w.redirect(b.fresh().with("AssertionConsumerServiceIndex", index).xml())
			a.refused("Requester/RequestUnsupported")
			b.recorded(audit.ReasonACSNotRegistered)
			if a.Action != "https://wiki.example.com/acs/1" {
				t.Errorf("%q answered at %q", index, a.Action)
			}
		}
	})
	t.Run("SSO-14 URL and index together stay within what is registered", func(t *testing.T) {
		b.in(t)
		at(t, "https://wiki.example.com/acs/0", "AssertionConsumerServiceURL", "https://wiki.example.com/acs/0", "AssertionConsumerServiceIndex", "0")
		a := w.redirect(b.fresh().with("AssertionConsumerServiceURL", "https://wiki.example.com/acs/0", "AssertionConsumerServiceIndex", "1").xml())
		a.refused("Requester/RequestUnsupported")
		w.redirect(b.fresh().with("AssertionConsumerServiceURL", "https://evil.example/acs", "AssertionConsumerServiceIndex", "1").xml()).paged(http.StatusBadRequest)
	})
	each(t, func(t *testing.T) {
		b.in(t)
		at(t, "https://wiki.example.com/acs/1", "ProtocolBinding", string(saml.BindingPOST))
		for _, binding := range []saml.Binding{saml.BindingRedirect, saml.BindingPAOS, saml.BindingArtifact, saml.BindingSOAP, saml.BindingSimpleSign, "urn:x"} {
			w.redirect(b.fresh().with("ProtocolBinding", string(binding)).xml()).refused("Requester/UnsupportedBinding")
			b.recorded(audit.ReasonBindingUnsupported)
		}
	}, "SSO-16 a ProtocolBinding that cannot be used is answered with UnsupportedBinding", "ERR-07 as Requester")
	t.Run("SSO-17 never by HTTP-Redirect", func(t *testing.T) {
		only := newBench(t, func(a *apps.App) { a.Settings.ACS[0].Binding = saml.BindingRedirect })
		only.signedIn(ada()).redirect(only.fresh().xml()).paged(http.StatusForbidden)
		only.recorded(audit.ReasonAppNotReady)
		only.signedIn(ada()).get("/saml/start/wiki").paged(http.StatusForbidden)
	})
	t.Run("SSO-18 without a word of it, the default address", func(t *testing.T) {
		yes, no := true, false
		post := func(location string, index int, isDefault *bool) apps.Endpoint {
			return apps.Endpoint{Binding: saml.BindingPOST, Location: "https://wiki.example.com/" + location, Index: index, IsDefault: isDefault}
		}
		for _, acs := range [][]apps.Endpoint{
			{post("other", 0, nil), post("right", 1, &yes), post("other", 2, &yes)},
			{post("other", 0, &no), post("right", 1, nil), post("other", 2, nil)},
			{post("right", 0, &no), post("other", 1, &no)},
			{post("right", 5, nil), post("other", 0, nil)},
			{{Binding: saml.BindingArtifact, Location: "https://wiki.example.com/artifact", Index: 3, IsDefault: &yes}, post("right", 9, nil)},
		} {
			b := newBench(t, func(a *apps.App) { a.Settings.ACS = acs })
			r := b.fresh()
			b.signedIn(ada()).redirect(r.xml()).grantedAt(spID, "https://wiki.example.com/right", issuer, r.ID)
		}
	})
}
