package sso_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

func subject(inside string) string { return `<saml:Subject>` + inside + `</saml:Subject>` }

func nameID(value string, attributes ...string) string {
	s := `<saml:NameID`
	for i := 0; i < len(attributes); i += 2 {
		s += attr(attributes[i], attributes[i+1])
	}
	return s + `>` + value + `</saml:NameID>`
}

func persistently(a *apps.App) { a.Settings.NameID.Format = saml.FormatPersistent }

func TestRequestedSubjectIsThePersonAtTheBrowser(t *testing.T) {
	b := newBench(t, persistently)
	w, other := b.signedIn(ada()), b.signedIn(bob())
	own := w.redirect(b.fresh().xml()).text("Assertion/Subject/NameID")
	victims := other.redirect(b.fresh().xml()).text("Assertion/Subject/NameID")
	persistent := string(saml.FormatPersistent)
	ask := func(t *testing.T, inside string) *answer {
		t.Helper()
		b.in(t)
		return w.redirect(b.fresh().holding(subject(inside)).xml())
	}
	granted := func(t *testing.T, inside string) {
		t.Helper()
		r := b.fresh().holding(subject(inside))
		b.in(t)
		w.redirect(r.xml()).granted(r.ID)
	}
	each(t, func(t *testing.T) {
		granted(t, nameID(own))
		granted(t, nameID(own, "Format", persistent))
		granted(t, nameID(own, "Format", persistent, "NameQualifier", issuer, "SPNameQualifier", spID))
		for _, not := range []string{
			nameID(victims), nameID(own + "x"), nameID(strings.ToUpper(own)), nameID(own, "Format", string(saml.FormatEmail)), nameID("ada@example.org"),
			nameID(own, "NameQualifier", "https://other.example"), nameID(own, "SPNameQualifier", "https://chat.example.com/metadata"),
			`<saml:EncryptedID><x xmlns="urn:x"/></saml:EncryptedID>`,
		} {
			ask(t, not).refused("Requester/UnknownPrincipal")
			b.recorded(audit.ReasonNameIDUnsupported)
		}
		for _, strange := range []string{`<saml:BaseID/>`, nameID(own) + nameID(victims), nameID(""), nameID(" "), `<saml:EncryptedID/>` + nameID(own)} {
			ask(t, strange).paged(http.StatusBadRequest)
		}
	}, "SSO-22 another subject than the person at the browser is refused", "ERR-06 as UnknownPrincipal")
	t.Run("FLOW-13 a subject that exists is refused like one that does not", func(t *testing.T) {
		existing, made := ask(t, nameID(victims, "Format", persistent)), ask(t, nameID("nobodynobodynobodynobody", "Format", persistent))
		existing.refused("Requester/UnknownPrincipal")
		made.refused("Requester/UnknownPrincipal")
		if existing.text("Status/StatusMessage") != made.text("Status/StatusMessage") {
			t.Error("the messages differ")
		}
	})
	t.Run("SSO-23 another confirmation than bearer is refused", func(t *testing.T) {
		granted(t, nameID(own)+`<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"/>`)
		for _, method := range []string{"urn:oasis:names:tc:SAML:2.0:cm:holder-of-key", "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches", ""} {
			ask(t, `<saml:SubjectConfirmation Method="`+method+`"/>`).refused("Requester/RequestUnsupported")
		}
	})
	t.Run("RESP-20 no other confirmation is in the answer", func(t *testing.T) {
		a := ask(t, nameID(own)+`<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"/>`)
		if n := len(a.Root.FindElements("//SubjectConfirmation")); n != 1 {
			t.Errorf("%d confirmations", n)
		}
	})
}

func policy(attributes ...string) string {
	s := `<samlp:NameIDPolicy`
	for i := 0; i < len(attributes); i += 2 {
		s += attr(attributes[i], attributes[i+1])
	}
	return s + `/>`
}

func TestNameIDPolicy(t *testing.T) {
	b := newBench(t)
	w := b.signedIn(ada())
	format := func(t *testing.T, want saml.NameIDFormat, attributes ...string) *answer {
		t.Helper()
		b.in(t)
		r := b.fresh().holding(policy(attributes...))
		a := w.redirect(r.xml())
		a.granted(r.ID)
		if got := a.attr("Assertion/Subject/NameID", "Format"); got != string(want) {
			t.Errorf("%v is answered with %s", attributes, got)
		}
		return a
	}
	refused := func(t *testing.T, attributes ...string) {
		t.Helper()
		b.in(t)
		w.redirect(b.fresh().holding(policy(attributes...)).xml()).refused("Requester/InvalidNameIDPolicy")
		b.recorded(audit.ReasonNameIDUnsupported)
	}
	t.Run("NID-10 without AllowCreate no new persistent identifier", func(t *testing.T) {
		refused(t, "Format", string(saml.FormatPersistent))
		refused(t, "Format", string(saml.FormatPersistent), "AllowCreate", "false")
		if len(b.store.persistent) != 0 {
			t.Error("one was made")
		}
		format(t, saml.FormatTransient, "Format", string(saml.FormatTransient))
		format(t, saml.FormatPersistent, "Format", string(saml.FormatPersistent), "AllowCreate", "true")
		format(t, saml.FormatPersistent, "Format", string(saml.FormatPersistent))
	})
	each(t, func(t *testing.T) {
		format(t, saml.FormatEmail)
		format(t, saml.FormatEmail, "Format", string(saml.FormatUnspecified))
		format(t, saml.FormatEmail, "Format", string(saml.FormatEmail))
		format(t, saml.FormatTransient, "Format", string(saml.FormatTransient))
		for _, f := range []saml.NameIDFormat{saml.FormatEntity, saml.FormatEncrypted, saml.FormatKerberos, "urn:x", "none", "urn:oasis:names:tc:SAML:2.0:nameid-format:unspecified"} {
			refused(t, "Format", string(f))
		}
	}, "NID-09 the Format asked for is the Format given, or InvalidNameIDPolicy", "ERR-02 under Requester", "NID-14 unspecified is our choice")
	each(t, func(t *testing.T) {
		a := format(t, saml.FormatPersistent, "Format", string(saml.FormatPersistent), "SPNameQualifier", spID)
		if n := a.element("Assertion/Subject/NameID"); n.SelectAttrValue("NameQualifier", "") != issuer || n.SelectAttrValue("SPNameQualifier", "") != spID {
			t.Errorf("%s", a.XML)
		}
		b.another("chat")
		refused(t, "Format", string(saml.FormatPersistent), "SPNameQualifier", "https://chat.example.com/metadata")
		refused(t, "SPNameQualifier", "urn:affiliation")
	}, "NID-11 the qualifier of another app is refused", "FLOW-14 nobody gets another app's identifier by it", "NID-05 a persistent identifier has both qualifiers")
	each(t, func(t *testing.T) {
		b.in(t)
		transient := format(t, saml.FormatTransient, "Format", string(saml.FormatTransient)).text("Assertion/Subject/NameID")
		if !xsID.MatchString(transient) {
			t.Errorf("%q", transient)
		}
		w.cookie = b.signedIn(ada()).cookie // a new session
		if again := format(t, saml.FormatTransient, "Format", string(saml.FormatTransient)).text("Assertion/Subject/NameID"); again == transient {
			t.Error("the same in another session")
		}
	}, "NID-07 a transient identifier is a random xs:ID", "NID-08 a new one for each session")
	each(t, func(t *testing.T) {
		b.in(t)
		one := format(t, saml.FormatPersistent, "Format", string(saml.FormatPersistent)).text("Assertion/Subject/NameID")
		if one != strings.ToLower(one) || len(one) != 32 || strings.Contains(one, "ada") {
			t.Errorf("%q", one)
		}
		two := w.redirect(func() string {
			r := b.fresh().holding(policy("Format", string(saml.FormatPersistent), "AllowCreate", "1"))
			r.Issuer = "https://chat.example.com/metadata"
			return r.xml()
		}()).text("Assertion/Subject/NameID")
		if one == two {
			t.Error("two apps get one identifier")
		}
	}, "NID-01 a persistent identifier is opaque", "NID-03 another one for another app", "NID-06 in lower case")
	t.Run("NID-16 without a word of it, the first of the app's metadata that we serve", func(t *testing.T) {
		for _, c := range []struct {
			listed []saml.NameIDFormat
			want   saml.NameIDFormat
		}{
			{[]saml.NameIDFormat{saml.FormatEmail, saml.FormatPersistent}, saml.FormatEmail},
			{[]saml.NameIDFormat{saml.FormatKerberos, saml.FormatPersistent, saml.FormatEmail}, saml.FormatPersistent},
			{nil, saml.FormatEmail},
		} {
			b := newBench(t, func(a *apps.App) { a.Settings.Metadata.NameIDFormats = c.listed })
			if got := b.signedIn(ada()).redirect(b.fresh().xml()).attr("Assertion/Subject/NameID", "Format"); got != string(c.want) {
				t.Errorf("%v: %s", c.listed, got)
			}
		}
	})
	t.Run("RESP-21 an app can have assertions without a NameID", func(t *testing.T) {
		b := newBench(t, func(a *apps.App) { a.Settings.NameID.Format = apps.FormatNone })
		r := b.fresh()
		a := b.signedIn(ada()).redirect(r.xml())
		a.granted(r.ID)
		if a.Root.FindElement("//NameID") != nil {
			t.Errorf("%s", a.XML)
		}
	})
}

func TestPersonWithoutAValueIsRefused(t *testing.T) {
	b := newBench(t, func(a *apps.App) {
		a.Settings.NameID = apps.NameIDRule{Format: saml.FormatUnspecified, Source: apps.AttributeSource("staff")}
	})
	for _, values := range [][]string{nil, {}, {""}, {" "}} {
		u := ada()
		u.Attributes = directory.Attributes{"staff": values}
		b.signedIn(u).redirect(b.fresh().xml()).refused("Responder/RequestDenied")
		if got := b.recorded(audit.ReasonNameIDMissing); got.UserName != "ada" || !strings.Contains(got.Detail.Explanation, "ada") || !strings.Contains(got.Detail.Explanation, "attribute:staff") {
			t.Errorf("recorded %+v", got)
		}
	}
	u := ada()
	u.Attributes = directory.Attributes{"staff": {"4711"}}
	if got := b.signedIn(u).redirect(b.fresh().xml()).text("Assertion/Subject/NameID"); got != "4711" {
		t.Errorf("NameID %q", got)
	}
}

func TestWhoMayUseTheApp(t *testing.T) {
	t.Run("ERR-05 who is not assigned is refused", func(t *testing.T) {
		b := newBench(t)
		w := b.nobody()
		w.signIn(ada())
		w.redirect(b.fresh().xml()).refused("Responder/RequestDenied")
		if got := b.recorded(audit.ReasonNotAssigned); got.UserName != "ada" || !strings.Contains(got.Detail.Explanation, "Wiki") {
			t.Errorf("recorded %+v", got)
		}
	})
	each(t, func(t *testing.T) {
		b := newBench(t)
		w := b.nobody()
		w.signIn(ada())
		w.get("/saml/start/wiki?RelayState=https://evil.example").paged(http.StatusForbidden)
		b.recorded(audit.ReasonNotAssigned)
		w.get("/saml/start/nothing").paged(http.StatusBadRequest)
		b.recorded(audit.ReasonUnknownSP)
		w = b.signedIn(ada())
		if a := w.get("/saml/start/wiki?RelayState=" + strings.Repeat("x", 1024)); a.Fields["RelayState"] != strings.Repeat("x", 1024) {
			t.Errorf("RelayState %q", a.Fields["RelayState"])
		}
		for _, relay := range []string{strings.Repeat("x", 1025), "%00", "%ff", "javascript:alert(1)", "%20JavaScript:alert(1)", "java%0ascript:alert(1)", "%01data:text/html,x", "vbscript:x"} {
			w.get("/saml/start/wiki?RelayState=" + relay).paged(http.StatusBadRequest)
			b.recorded(audit.ReasonMalformedRequest)
		}
	}, "FLOW-06 no silent assertion to an app that the person may not use", "FLOW-07 a link with RelayState leads to assigned apps only, with a short RelayState that is no script")
	each(t, func(t *testing.T) {
		b := newBench(t)
		w := b.signedIn(ada())
		waits := b.nobody().redirect(b.fresh().xml()).asked()
		b.change(func(a *apps.App) { a.Enabled = false })
		w.get(waits).paged(http.StatusForbidden)
		if got := b.recorded(audit.ReasonAppDisabled); got.AppName != "Wiki" {
			t.Errorf("recorded %+v", got)
		}
		w.redirect(b.fresh().xml()).paged(http.StatusForbidden)
		if got := b.recorded(audit.ReasonAppDisabled); got.AppName != "Wiki" || got.AppID != appID {
			t.Errorf("recorded %+v", got)
		}
		w.get("/saml/start/wiki").paged(http.StatusForbidden)
		b.change(func(a *apps.App) { a.Enabled = true })
		if w.get(waits).Root == nil {
			t.Error("switched on again, it goes on")
		}
		waits = b.nobody().redirect(b.fresh().xml()).asked()
		b.all = nil
		b.reload()
		w.get(waits).paged(http.StatusBadRequest)
		b.recorded(audit.ReasonUnknownSP)
	}, "XSW-26 an app that was switched off or removed meanwhile gets nothing")
}

func TestScopingAndAttributeServices(t *testing.T) {
	b := newBench(t, func(a *apps.App) {
		a.Settings.Claims = []apps.Claim{{Name: "mail", Source: apps.SourceEmail}, {Name: "given", Source: apps.SourceGivenName, FriendlyName: "mail"}, {Name: "groups", Source: apps.SourceGroups}}
		a.Settings.Metadata.AttributeServices = []apps.AttributeService{
			{Index: 0, Requested: []apps.RequestedAttribute{{Name: "mail"}}},
			{Index: 1, Requested: []apps.RequestedAttribute{{Name: "given"}, {Name: "other", FriendlyName: "groups"}}},
		}
	})
	w := b.signedIn(ada(), "staff", "board")
	told := func(t *testing.T, index string) string {
		t.Helper()
		b.in(t)
		r := b.fresh()
		if index != "" {
			r = r.with("AttributeConsumingServiceIndex", index)
		}
		a := w.redirect(r.xml())
		a.granted(r.ID)
		var names []string
		for _, e := range a.Root.FindElements("//Attribute") {
			names = append(names, e.SelectAttrValue("Name", ""))
		}
		return strings.Join(names, " ")
	}
	t.Run("SSO-27 the index selects the attribute service", func(t *testing.T) {
		for _, c := range [][2]string{{"0", "mail"}, {"1", "given"}, {"0", "mail"}} {
			if got := told(t, c[0]); got != c[1] {
				t.Errorf("%s: %s", c[0], got)
			}
		}
	})
	t.Run("SSO-28 an index that is none gives no more than no index", func(t *testing.T) {
		for _, index := range []string{"", "7", "-1", "x"} {
			if got := told(t, index); got != "mail given groups" {
				t.Errorf("%q: %s", index, got)
			}
		}
	})
	each(t, func(t *testing.T) {
		b.in(t)
		list := func(ids ...string) string {
			s := `<samlp:Scoping ProxyCount="0"><samlp:IDPList>`
			for _, id := range ids {
				s += `<samlp:IDPEntry ProviderID="` + id + `"/>`
			}
			return s + `</samlp:IDPList></samlp:Scoping>`
		}
		w.redirect(b.fresh().holding(list("https://other.example")).xml()).refused("Requester/NoSupportedIDP")
		w.redirect(b.fresh().holding(list(strings.ToUpper(issuer))).xml()).refused("Requester/NoSupportedIDP")
		r := b.fresh().holding(list("https://other.example", issuer))
		w.redirect(r.xml()).granted(r.ID)
	}, "SSO-25 a list of identity providers without us excludes us", "ERR-09 as NoSupportedIDP", "SSO-26 ProxyCount 0 is no hindrance")
	t.Run("SSO-32 ProviderName is shown nowhere", func(t *testing.T) {
		b.in(t)
		r := b.fresh().with("ProviderName", "<b>Bank</b>")
		a := w.redirect(r.xml())
		a.granted(r.ID)
		if no := w.redirect(b.fresh().with("ProviderName", "<b>Bank</b>", "AssertionConsumerServiceURL", "https://evil.example").xml()); strings.Contains(a.Body+no.Body, "Bank") {
			t.Error("it is")
		}
	})
}
