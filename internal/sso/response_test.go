package sso_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"github.com/lanyard-idp/lanyard/internal/apps"
)

func TestResponse(t *testing.T) {
	b := newBench(t)
	w := b.signedIn(ada())
	r := b.fresh()
	a := w.redirect(r.xml())
	a.granted(r.ID)
	no := w.redirect(b.fresh().with("ProtocolBinding", "urn:x").xml())
	confirmation := "Assertion/Subject/SubjectConfirmation/SubjectConfirmationData"
	instant := func(path, name string) time.Time {
		t.Helper()
		at, err := time.Parse(time.RFC3339, a.attr(path, name))
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	t.Run("RESP-03 one assertion, one AuthnStatement, one AttributeStatement", func(t *testing.T) {
		for _, e := range []string{"Assertion", "AuthnStatement", "AttributeStatement"} {
			if n := len(a.Root.FindElements("//" + e)); n != 1 {
				t.Errorf("%d of %s", n, e)
			}
		}
	})
	t.Run("RESP-06 the confirmation ends after a few minutes", func(t *testing.T) {
		if until := instant(confirmation, "NotOnOrAfter"); until != nine.Add(5*time.Minute) {
			t.Errorf("%s", until)
		}
	})
	t.Run("RESP-07 and has no beginning", func(t *testing.T) {
		if a.element(confirmation).SelectAttr("NotBefore") != nil {
			t.Error("it has")
		}
	})
	t.Run("RESP-09 the audience is the app", func(t *testing.T) {
		if a.text("Assertion/Conditions/AudienceRestriction/Audience") != spID {
			t.Errorf("%s", a.XML)
		}
	})
	t.Run("RESP-10 the conditions begin before now and end after", func(t *testing.T) {
		if from, until := instant("Assertion/Conditions", "NotBefore"), instant("Assertion/Conditions", "NotOnOrAfter"); !from.Before(nine) || !until.After(nine) {
			t.Errorf("%s to %s", from, until)
		}
	})
	t.Run("RESP-11 no OneTimeUse, no ProxyRestriction", func(t *testing.T) {
		if a.Root.FindElement("//OneTimeUse") != nil || a.Root.FindElement("//ProxyRestriction") != nil {
			t.Errorf("%s", a.XML)
		}
	})
	t.Run("RESP-17 base64 of the XML, not deflated", func(t *testing.T) {
		raw, err := base64.StdEncoding.DecodeString(a.Fields["SAMLResponse"])
		if err != nil || !bytes.HasPrefix(raw, []byte("<samlp:Response ")) {
			t.Errorf("%v %.40q", err, raw)
		}
	})
	t.Run("RESP-18 a button for browsers without script", func(t *testing.T) {
		if !strings.Contains(a.Body, "<noscript>") || !strings.Contains(a.Body, `<button type="submit">`) {
			t.Errorf("%s", a.Body)
		}
	})
	t.Run("RESP-25 version, ID and instant on the assertion", func(t *testing.T) {
		e := a.element("Assertion")
		if e.SelectAttrValue("Version", "") != "2.0" || e.SelectAttrValue("ID", "") == "" || e.SelectAttrValue("IssueInstant", "") == "" {
			t.Errorf("%s", a.XML)
		}
	})
	each(t, func(t *testing.T) {
		no.refused("Requester/UnsupportedBinding") // which looks for a signature on the whole and for assertions
	}, "RESP-27 a refusal is signed", "CORE-20 and carries no assertion")
	t.Run("RESP-28 no Advice", func(t *testing.T) {
		if a.Root.FindElement("//Advice") != nil {
			t.Errorf("%s", a.XML)
		}
	})
	t.Run("RESP-16 RelayState absent, empty, or as given", func(t *testing.T) {
		b.in(t)
		for _, relay := range [][]string{nil, {""}, {"a b"}} {
			got, there := w.redirect(b.fresh().xml(), relay...).Fields["RelayState"]
			if there != (len(relay) > 0) || there && got != relay[0] {
				t.Errorf("%q became %q, %v", relay, got, there)
			}
		}
	})
}

func TestWhatIsSigned(t *testing.T) {
	signed := func(t *testing.T, change func(*apps.App)) (response, assertion bool) {
		t.Helper()
		b := newBench(t, change)
		r := b.fresh()
		a := b.signedIn(ada()).redirect(r.xml())
		a.granted(r.ID)
		has := func(e *etree.Element) bool { return e.SelectElement("Signature") != nil }
		return has(a.Root), has(a.element("Assertion"))
	}
	each(t, func(t *testing.T) {
		for _, c := range []struct {
			sign                apps.Sign
			response, assertion bool
		}{{"", true, true}, {apps.SignBoth, true, true}, {apps.SignAssertion, false, true}, {apps.SignResponse, true, false}} {
			r, a := signed(t, func(app *apps.App) { app.Settings.Sign = c.sign })
			if r != c.response || a != c.assertion {
				t.Errorf("%q: response %v, assertion %v", c.sign, r, a)
			}
		}
	}, "RESP-14 assertion and response are signed together or apart", "RESP-12 one of them always", "RESP-13 the response by default")
	t.Run("RESP-15 an app that wants assertions signed gets them signed", func(t *testing.T) {
		if r, a := signed(t, func(app *apps.App) {
			app.Settings.Sign, app.Settings.Metadata.WantSignedAssertion = apps.SignResponse, true
		}); !r || !a {
			t.Errorf("response %v, assertion %v", r, a)
		}
	})
}

func TestRefusalsFollowTheStandard(t *testing.T) {
	b := newBench(t)
	w := b.signedIn(ada())
	var refusals []*answer
	for _, r := range []request{
		b.fresh().with("ProtocolBinding", "urn:x"), b.fresh().with("AssertionConsumerServiceIndex", "9"), b.fresh().holding(class("urn:x")), b.fresh().holding(policy("Format", "urn:x")),
		b.fresh().holding(subject(nameID("x"))), b.fresh().holding(`<samlp:Scoping><samlp:IDPList><samlp:IDPEntry ProviderID="x"/></samlp:IDPList></samlp:Scoping>`),
	} {
		refusals = append(refusals, w.redirect(r.xml()))
	}
	refusals = append(refusals, b.nobody().redirect(b.fresh().with("IsPassive", "1").xml()))
	r := b.fresh()
	r.Version = "3.0"
	refusals = append(refusals, w.redirect(r.xml()))
	stranger := b.nobody()
	stranger.signIn(bob())
	refusals = append(refusals, stranger.redirect(b.fresh().xml()))
	b.change(func(a *apps.App) {
		a.Settings.Claims = []apps.Claim{{Name: "phone", Source: apps.AttributeSource("phone"), Required: true}}
	})
	refusals = append(refusals, w.redirect(b.fresh().xml()))
	each(t, func(t *testing.T) {
		b.in(t)
		for _, a := range refusals {
			a.t = t
			a.refused(a.codes())
			top, sub, _ := strings.Cut(a.codes(), "/")
			if top != "Requester" && top != "Responder" && top != "VersionMismatch" || sub == "" || strings.HasPrefix(sub, "strange") {
				t.Errorf("%s", a.codes())
			}
		}
	}, "SSO-20 what is known to be from an app is answered to the app", "CORE-18 the top-level status is one of the four, details below", "ERR-15 codes are spelt as in the standard")
	t.Run("ERR-16 no StatusDetail, and the message tells nothing of the person", func(t *testing.T) {
		for _, a := range refusals {
			if m := a.Root.FindElement("//StatusMessage").Text(); a.Root.FindElement("//StatusDetail") != nil || strings.Contains(m, "ada") || strings.Contains(m, "bob") || strings.Contains(m, "phone") {
				t.Errorf("%s", m)
			}
		}
	})
	t.Run("SSO-21 an unknown app gets nothing", func(t *testing.T) {
		b.in(t)
		r := b.fresh().with("AssertionConsumerServiceURL", "https://evil.example/acs")
		r.Issuer = "https://evil.example"
		w.redirect(r.xml()).paged(http.StatusBadRequest)
		w.post(r.xml()).paged(http.StatusBadRequest)
	})
}
