package sso_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
)

const (
	ppt         = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
	password    = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
	unspecified = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"
	stated      = "Assertion/AuthnStatement/AuthnContext/AuthnContextClassRef"
)

func TestForceAuthn(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, flag := range []string{"true", "1", " true\n"} {
			b := newBench(t)
			w := b.signedIn(ada())
			b.now = nine.Add(4 * time.Minute)
			r := b.fresh().with("ForceAuthn", flag)
			first := w.redirect(r.xml())
			back := first.asked()
			if !strings.Contains(first.Location, "again=1") {
				t.Errorf("the sign-in page is not told: %s", first.Location)
			}
			w.get(back).asked() // who only comes back has proven nothing
			b.now = nine.Add(270 * time.Second)
			w.signIn(ada())
			b.now = nine.Add(5 * time.Minute)
			a := w.get(back)
			a.granted(r.ID)
			if got := a.attr("Assertion/AuthnStatement", "AuthnInstant"); got != "2026-11-23T09:04:30.000Z" {
				t.Errorf("AuthnInstant %s", got)
			}
		}
	}, "AUTH-01 a live session is not enough", "AUTH-02 AuthnInstant is that of the new proof")
	each(t, func(t *testing.T) {
		b := newBench(t)
		w := b.signedIn(ada())
		b.now = nine.Add(time.Minute)
		r := b.fresh().with("ForceAuthn", "true")
		back := w.redirect(r.xml()).asked()
		ofAda := w.cookie
		b.now = nine.Add(2 * time.Minute)
		w.cookie = b.signedIn(bob()).cookie
		a := w.get(back)
		if got := a.granted(r.ID); got.Subject.NameID.Value != "bob@example.org" || strings.Contains(string(a.XML), "ada@") {
			t.Errorf("%s", a.XML)
		}
		w.cookie = ofAda
		w.get(back).paged(http.StatusNotFound)
	}, "AUTH-04 another person at the challenge gets an own answer, never the first one's", "FLOW-04 and nobody gets a second one")
	t.Run("AUTH-04 another person who is not assigned gets a refusal", func(t *testing.T) {
		b := newBench(t)
		w := b.signedIn(ada())
		b.now = nine.Add(time.Minute)
		back := w.redirect(b.fresh().with("ForceAuthn", "true").xml()).asked()
		b.now = nine.Add(2 * time.Minute)
		w.signIn(bob())
		w.get(back).refused("Responder/RequestDenied")
	})
	t.Run("AUTH-08 with IsPassive, passive wins", func(t *testing.T) {
		b := newBench(t)
		w := b.signedIn(ada())
		b.now = nine.Add(time.Minute)
		w.redirect(b.fresh().with("ForceAuthn", "true", "IsPassive", "true").xml()).refused("Responder/NoPassive")
		w.crossSite(b.fresh().with("ForceAuthn", "true", "IsPassive", "true").xml()).refused("Responder/NoPassive")
	})
}

func TestIsPassive(t *testing.T) {
	each(t, func(t *testing.T) {
		b := newBench(t)
		w := b.signedIn(ada())
		passive := func() string { return b.fresh().with("IsPassive", "true").xml() }
		for _, a := range []*answer{b.nobody().redirect(passive()), b.nobody().crossSite(passive()), (&browser{b: b, cookie: "made up"}).redirect(passive())} {
			a.refused("Responder/NoPassive")
			b.recorded(audit.ReasonPassiveNeedsLogin)
		}
		b.now = nine.Add(session.IdleLimit)
		w.redirect(passive()).refused("Responder/NoPassive")
		b.now = nine.Add(session.AbsoluteLimit)
		w.redirect(passive()).refused("Responder/NoPassive")
	}, "AUTH-06 without a session, or with an ended one, it is NoPassive and no page", "ERR-04 under Responder")
	t.Run("AUTH-07 with a session it is Success without a page", func(t *testing.T) {
		b := newBench(t)
		w := b.signedIn(ada())
		r := b.fresh().with("IsPassive", "1")
		w.redirect(r.xml()).granted(r.ID)
		r = b.fresh().with("IsPassive", "1")
		w.crossSite(r.xml()).granted(r.ID)
	})
	t.Run("AUTH-09 booleans have four spellings", func(t *testing.T) {
		b := newBench(t)
		for _, yes := range []string{"true", "1"} {
			b.nobody().redirect(b.fresh().with("IsPassive", yes).xml()).refused("Responder/NoPassive")
		}
		for _, no := range []string{"false", "0"} {
			b.nobody().redirect(b.fresh().with("IsPassive", no).xml()).asked()
		}
		for _, other := range []string{"TRUE", "yes", "", "True", "2"} {
			for _, name := range []string{"IsPassive", "ForceAuthn"} {
				b.nobody().redirect(b.fresh().with(name, other).xml()).paged(http.StatusBadRequest)
				b.recorded(audit.ReasonMalformedRequest)
			}
		}
	})
	t.Run("FLOW-05 who is not registered sees no difference between signed in and not", func(t *testing.T) {
		b := newBench(t)
		w := b.signedIn(ada())
		pages := map[string]bool{}
		for _, who := range []*browser{w, b.nobody()} {
			r := b.fresh().with("IsPassive", "true", "AssertionConsumerServiceURL", "https://evil.example/acs")
			r.Issuer = "https://evil.example"
			a := who.redirect(r.xml())
			a.paged(http.StatusBadRequest)
			pages[strings.ReplaceAll(a.Body, a.Header.Get("X-Request-Id"), "")] = true
		}
		if len(pages) != 1 {
			t.Errorf("%d different pages", len(pages))
		}
	})
}

func comparing(comparison string, classes ...string) string {
	s := `<samlp:RequestedAuthnContext` + attr("Comparison", comparison) + `>`
	for _, c := range classes {
		s += `<saml:AuthnContextClassRef>` + c + `</saml:AuthnContextClassRef>`
	}
	return s + `</samlp:RequestedAuthnContext>`
}

func TestRequestedAuthnContext(t *testing.T) {
	b := newBench(t)
	w := b.signedIn(ada())
	is := func(t *testing.T, context, want string) {
		t.Helper()
		b.in(t)
		r := b.fresh().holding(context)
		a := w.redirect(r.xml())
		if want == "" {
			a.refused("Responder/NoAuthnContext")
			if got := b.recorded(audit.ReasonContextUnmet); !strings.Contains(got.Detail.Explanation, ppt) {
				t.Errorf("explained as %s", got.Detail.Explanation)
			}
			b.nobody().redirect(b.fresh().holding(context).xml()).refused("Responder/NoAuthnContext") // before anybody signs in for nothing
			return
		}
		a.granted(r.ID)
		if got := a.text(stated); got != want {
			t.Errorf("%s is answered with %s", context, got)
		}
	}
	each(t, func(t *testing.T) {
		is(t, comparing("exact", ppt), ppt)
		is(t, comparing("exact", " "+ppt+"\n"), ppt)
		is(t, comparing("exact", "urn:x"), "")
		is(t, comparing("exact", password), "")
		is(t, comparing("exact", "urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken"), "")
		is(t, comparing("exact", unspecified), unspecified)
	}, "AUTH-10 exact: one of the listed classes, else NoAuthnContext", "ERR-03 under Responder")
	t.Run("AUTH-11 no Comparison means exact", func(t *testing.T) {
		is(t, comparing("", ppt), ppt)
		is(t, comparing("", password), "")
	})
	t.Run("AUTH-12 the statement has the class of the sign-in", func(t *testing.T) {
		is(t, "", ppt)
		b.store.people[hashOf(w.cookie)].session.AuthnContext = saml.ClassPassword
		is(t, "", password)
		b.in(t)
		w.redirect(b.fresh().holding(comparing("", ppt)).xml()).refused("Responder/NoAuthnContext")
		b.store.people[hashOf(w.cookie)].session.AuthnContext = saml.ClassPasswordProtected
	})
	t.Run("AUTH-13 minimum, maximum and better go by a declared order", func(t *testing.T) {
		is(t, comparing("minimum", password), ppt)
		is(t, comparing("minimum", "urn:x", password), ppt)
		is(t, comparing("minimum", "urn:x"), "")
		is(t, comparing("maximum", ppt), ppt)
		is(t, comparing("maximum", "urn:x"), "")
		is(t, comparing("maximum", password), "")
		is(t, comparing("maximum", unspecified), unspecified)
		is(t, comparing("better", unspecified), ppt)
		is(t, comparing("better", password), ppt)
		is(t, comparing("better", ppt), "")
		is(t, comparing("better", password, ppt), "")
		is(t, comparing("better", "urn:x"), "")
		b.in(t)
		w.redirect(b.fresh().holding(comparing("best", ppt)).xml()).paged(http.StatusBadRequest)
	})
	t.Run("AUTH-14 any of the listed satisfies", func(t *testing.T) {
		is(t, comparing("exact", "urn:x", ppt), ppt)
		is(t, comparing("exact", ppt, "urn:x"), ppt)
	})
	t.Run("AUTH-15 declarations are not issued: NoAuthnContext", func(t *testing.T) {
		is(t, `<samlp:RequestedAuthnContext><saml:AuthnContextDeclRef>urn:x</saml:AuthnContextDeclRef></samlp:RequestedAuthnContext>`, "")
		b.in(t)
		for _, strange := range []string{`<samlp:RequestedAuthnContext/>`, comparing("", ""), `<samlp:RequestedAuthnContext><saml:AuthnContextClassRef>x</saml:AuthnContextClassRef><saml:AuthnContextDeclRef>x</saml:AuthnContextDeclRef></samlp:RequestedAuthnContext>`} {
			w.redirect(b.fresh().holding(strange).xml()).paged(http.StatusBadRequest)
		}
	})
}

func TestStatementTellsOfTheSession(t *testing.T) {
	b := newBench(t)
	chat := b.another("chat")
	w := b.signedIn(ada())
	b.now = nine.Add(10 * time.Minute)
	first, again, other := w.redirect(b.fresh().xml()), w.redirect(b.fresh().xml()), w.get("/saml/start/chat")
	const statement = "Assertion/AuthnStatement"
	t.Run("AUTH-18 AuthnInstant is the time of the sign-in, not of the assertion", func(t *testing.T) {
		if first.attr(statement, "AuthnInstant") != "2026-11-23T09:00:00.000Z" || first.attr("Assertion", "IssueInstant") != "2026-11-23T09:10:00.000Z" {
			t.Errorf("%s", first.XML)
		}
	})
	t.Run("AUTH-19 SessionNotOnOrAfter is the end of our session", func(t *testing.T) {
		if first.attr(statement, "SessionNotOnOrAfter") != "2026-11-23T21:00:00.000Z" {
			t.Errorf("%s", first.XML)
		}
	})
	t.Run("AUTH-20 SessionIndex is there, the same for the same app and session", func(t *testing.T) {
		i := first.attr(statement, "SessionIndex")
		p := b.store.participants[[2]string{string(b.store.people[hashOf(w.cookie)].session.ID), string(appID)}]
		if i == "" || i != again.attr(statement, "SessionIndex") || p.SessionIndex != i || p.NameID.Value != "ada@example.org" || p.AssertionUntil != nine.Add(15*time.Minute) {
			t.Errorf("%q, %q, kept %+v", i, again.attr(statement, "SessionIndex"), p)
		}
	})
	each(t, func(t *testing.T) {
		if first.attr(statement, "SessionIndex") == other.attr(statement, "SessionIndex") {
			t.Error("two apps can compare")
		}
		b.in(t)
		for i := range b.all {
			b.all[i].Settings.Claims = nil
			b.all[i].Settings.NameID.Format = saml.FormatPersistent
		}
		b.reload()
		for _, format := range []saml.NameIDFormat{saml.FormatPersistent, saml.FormatTransient} {
			for i := range b.all {
				b.all[i].Settings.NameID.Format = format
			}
			b.reload()
			values := map[string]bool{}
			for _, app := range []string{"wiki", "chat"} {
				a := w.get("/saml/start/" + app)
				for _, m := range anyID.FindAllStringSubmatch(string(a.XML), -1) {
					values[m[1]] = true
				}
				values[a.text("Assertion/Subject/NameID")] = true
			}
			if len(values) != 8 {
				t.Errorf("%s: %d different values of 8 at %s", format, len(values), chat)
			}
		}
	}, "AUTH-21 SessionIndex does not correlate two apps", "FLOW-15 nor does any identifier")
	t.Run("AUTH-22 no SubjectLocality", func(t *testing.T) {
		if strings.Contains(string(first.XML), "SubjectLocality") || strings.Contains(string(first.XML), " Address=") {
			t.Errorf("%s", first.XML)
		}
	})
}
