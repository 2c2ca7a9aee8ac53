package sso_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
)

var (
	anyID      = regexp.MustCompile(` (?:ID|SessionIndex)="([^"]*)"`)
	anyInstant = regexp.MustCompile(` (?:IssueInstant|NotBefore|NotOnOrAfter|AuthnInstant|SessionNotOnOrAfter)="([^"]*)"`)
	xsID       = regexp.MustCompile(`^_[0-9a-f]{40}$`) // 160 bits
	utc        = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
)

func TestIdentifiersAndInstantsAreSound(t *testing.T) {
	b := newBench(t)
	b.pairs[0].Signer, b.pairs[0].Certificate.Certificate = spECKey().signer, spECKey().cert // many signatures: a fast key
	b.reload()
	seen := map[string]bool{}
	each(t, func(t *testing.T) {
		b.in(t)
		for len(seen) < 10_000 {
			b.store.participants = map[[2]string]session.Participant{}
			doc := string(b.signedIn(ada()).get("/saml/start/wiki").XML)
			ids, instants := anyID.FindAllStringSubmatch(doc, -1), anyInstant.FindAllStringSubmatch(doc, -1)
			if len(ids) != 3 || len(instants) != 7 {
				t.Fatalf("%d ids, %d instants in %s", len(ids), len(instants), doc)
			}
			for _, id := range ids {
				if !xsID.MatchString(id[1]) || seen[id[1]] {
					t.Fatalf("ID %q", id[1])
				}
				seen[id[1]] = true
			}
			for _, i := range instants {
				if !utc.MatchString(i[1]) {
					t.Fatalf("instant %q", i[1])
				}
			}
		}
	}, "CORE-01 each ID is an xs:ID", "CORE-02 each has 160 random bits", "CORE-03 none is given twice", "CORE-04 instants are UTC with Z")
	t.Run("CORE-02 no bit of the IDs is constant", func(t *testing.T) {
		for place := 1; place <= 40; place++ {
			digits := map[byte]int{}
			for id := range seen {
				digits[id[place]]++
			}
			for _, n := range digits {
				if n < len(seen)/32 || n > len(seen)/8 || len(digits) != 16 {
					t.Fatalf("digit %d of %d ids: %v", place, len(seen), digits)
				}
			}
		}
	})
}

func TestInstantsAreUnderstood(t *testing.T) {
	here := time.Local
	defer func() { time.Local = here }()
	for _, zone := range []int{0, 5 * 3600, -8 * 3600} {
		time.Local = time.FixedZone("host", zone)
		b := newBench(t)
		w := b.signedIn(ada())
		at := func(instant string) request { r := b.fresh(); r.Instant = instant; return r }
		t.Run("CORE-05 nine digits of a second are taken", func(t *testing.T) {
			r := at("2026-11-23T09:00:00.123456789Z")
			b.in(t)
			w.redirect(r.xml()).granted(r.ID)
		})
		t.Run("CORE-06 fractions and zones are understood; without a zone it is UTC, wherever we are", func(t *testing.T) {
			b.in(t)
			for _, i := range []string{"2026-11-23T09:00:00.5Z", "2026-11-23T10:00:00+01:00", "2026-11-23T09:00:00", "2026-11-23T09:00:00.25", "\n2026-11-23T09:00:00Z "} {
				r := at(i)
				w.redirect(r.xml()).granted(r.ID)
			}
			for _, i := range []string{"2026-11-23T14:00:00", "2026-11-23T01:00:00", "2026-11-23", "yesterday", "2026-13-23T09:00:00Z"} {
				w.redirect(at(i).xml()).paged(http.StatusBadRequest)
			}
		})
	}
}

func TestOnlyAWellMadeRequestIsRead(t *testing.T) {
	b := newBench(t)
	w := b.signedIn(ada())
	granted := func(t *testing.T, r request) { t.Helper(); b.in(t); w.redirect(r.xml()).granted(r.ID) }
	paged := func(t *testing.T, doc string, reason audit.Reason) {
		t.Helper()
		b.in(t)
		for _, a := range []*answer{w.redirect(doc), w.post(doc)} {
			a.paged(http.StatusBadRequest)
			b.recorded(reason)
		}
	}
	change := func(f func(*request)) request { r := b.fresh(); f(&r); return r }
	t.Run("CORE-07 names are compared byte for byte", func(t *testing.T) {
		for _, id := range []string{strings.ToUpper(spID), " " + spID, spID + "\n", spID + "/", strings.Replace(spID, "https", "HTTPS", 1)} {
			paged(t, change(func(r *request) { r.Issuer = id }).xml(), audit.ReasonUnknownSP)
		}
		granted(t, b.fresh())
	})
	each(t, func(t *testing.T) {
		for _, blank := range []string{"", "<saml:Issuer/>", "<saml:Issuer> \n</saml:Issuer>", `<saml:Issuer Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">` + spID + `</saml:Issuer>`} {
			paged(t, change(func(r *request) { r.Issuer = ""; r.Children = blank }).xml(), audit.ReasonMalformedRequest)
		}
		granted(t, change(func(r *request) {
			r.Issuer, r.Children = "", `<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">`+spID+`</saml:Issuer>`
		}))
	}, "CORE-08 a blank Issuer is refused", "SSO-07 the Issuer is an entity ID, in the format entity or none")
	each(t, func(t *testing.T) {
		for version, codes := range map[string]string{
			"1.1": "VersionMismatch/RequestVersionTooLow", "3.0": "VersionMismatch/RequestVersionTooHigh", "2.1": "VersionMismatch/RequestVersionTooHigh",
			"": "VersionMismatch/RequestVersionTooLow", " ": "VersionMismatch/RequestVersionTooLow",
		} {
			b.in(t)
			a := w.redirect(change(func(r *request) { r.Version = version }).xml())
			a.refused(codes)
			if a.attr("", "Version") != "2.0" {
				t.Errorf("we say version %s", a.attr("", "Version"))
			}
		}
	}, "CORE-11 another version is VersionMismatch, never Success", "CORE-12 with RequestVersionTooHigh or TooLow", "ERR-12 in a Response")
	t.Run("CORE-13 no response has a higher version than its request", func(t *testing.T) {
		// Ours is 2.0; to a lower one there is only the refusal.
		b.in(t)
		w.redirect(change(func(r *request) { r.Version = "1.0" }).xml()).refused("VersionMismatch/RequestVersionTooLow")
	})
	t.Run("CORE-19 an invalid request gets no Success", func(t *testing.T) {
		t.Run("XML-13 an ID that is none is not repeated", func(t *testing.T) {
			for _, id := range []string{"", " ", "1abc", "a b", `a"b`, "a:b", "<x>", strings.Repeat("a", 257), strings.Repeat("a", 100_000)} {
				paged(t, change(func(r *request) { r.ID = id }).xml(), audit.ReasonMalformedRequest)
			}
		})
		paged(t, change(func(r *request) { r.Instant = "" }).xml(), audit.ReasonMalformedRequest)
		paged(t, b.fresh().holding(class("x")+`<samlp:NameIDPolicy/>`).xml(), audit.ReasonMalformedRequest)
		paged(t, b.fresh().holding(`<samlp:NameIDPolicy/><samlp:NameIDPolicy/>`).xml(), audit.ReasonMalformedRequest)
		paged(t, b.fresh().holding(`<NameIDPolicy/>`).xml(), audit.ReasonMalformedRequest)
		granted(t, b.fresh().holding(`<samlp:NameIDPolicy/>`+class("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport")))
	})
	t.Run("CORE-33 exactly one Issuer, in front", func(t *testing.T) {
		paged(t, b.fresh().holding(`<saml:Issuer>`+spID+`</saml:Issuer>`).xml(), audit.ReasonMalformedRequest)
		paged(t, change(func(r *request) {
			r.Issuer = ""
			r.Children = `<samlp:NameIDPolicy/><saml:Issuer>` + spID + `</saml:Issuer>`
		}).xml(), audit.ReasonMalformedRequest)
		granted(t, b.fresh())
	})
	t.Run("another kind of request is a page of ours", func(t *testing.T) {
		paged(t, strings.ReplaceAll(b.fresh().xml(), "AuthnRequest", "LogoutRequest"), audit.ReasonMalformedRequest)
	})
}

func TestUnknownButAllowedContentIsTaken(t *testing.T) {
	b := newBench(t)
	w := b.signedIn(ada())
	granted := func(t *testing.T, r request) {
		t.Helper()
		b.in(t)
		w.redirect(r.xml()).granted(r.ID)
		r.ID += "-post"
		w.post(signedXML(t, spKey(), r.xml())).granted(r.ID)
	}
	t.Run("CORE-21 optional content one by one", func(t *testing.T) {
		for _, attribute := range [][2]string{
			{"Consent", "urn:oasis:names:tc:SAML:2.0:consent:obtained"},
			{"ProviderName", "Wiki"},
			{"ForceAuthn", "false"},
			{"IsPassive", "true"},
			{"AttributeConsumingServiceIndex", "7"},
			{"xmlns:f", "urn:f"},
			{"Unknown", "x"},
		} {
			granted(t, b.fresh().with(attribute[0], attribute[1]))
		}
		for _, child := range []string{
			`<samlp:Extensions/>`, `<saml:Subject/>`, `<samlp:NameIDPolicy AllowCreate="1"/>`, `<saml:Conditions NotOnOrAfter="2026-11-23T09:00:01Z"/>`,
			`<samlp:Scoping ProxyCount="0"/>`, `<samlp:Scoping><samlp:RequesterID>urn:x</samlp:RequesterID></samlp:Scoping>`,
		} {
			granted(t, b.fresh().holding(child))
		}
	})
	t.Run("CORE-22 any well-formed Extensions", func(t *testing.T) {
		for _, inside := range []string{
			`<f:a xmlns:f="urn:f" f:b="1" c="2">text <f:d>and</f:d> elements</f:a>`, `<a xmlns="urn:other"/><b xmlns="urn:more"><c xmlns="urn:deep"/></b>`,
			`<f:a xmlns:f="urn:f">` + strings.Repeat("<f:b>", 50) + strings.Repeat("</f:b>", 50) + `</f:a>`, `<f:a xmlns:f="urn:f"><![CDATA[<>&]]></f:a>`,
			`<alg:DigestMethod xmlns:alg="urn:oasis:names:tc:SAML:metadata:algsupport" Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/>`,
		} {
			granted(t, b.fresh().holding(`<samlp:Extensions>`+inside+`</samlp:Extensions>`))
		}
	})
	t.Run("CORE-23 foreign attributes on SubjectConfirmationData", func(t *testing.T) {
		granted(t, b.fresh().holding(`<saml:Subject><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData xmlns:f="urn:f" f:x="1" Recipient="https://x"/></saml:SubjectConfirmation></saml:Subject>`))
	})
	t.Run("CORE-24 strings of 256 characters of any kind", func(t *testing.T) {
		for _, unit := range []string{"a", "漢", "é", "e\u0301", "𝄞", "\t", "&<>\"'"} {
			long := []rune(strings.Repeat(unit, 256))[:256]
			granted(t, b.fresh().with("ProviderName", string(long)))
		}
		id := "_" + strings.Repeat("é", 255)
		r := b.fresh()
		r.ID = id
		b.in(t)
		w.redirect(r.xml()).granted(id)
	})
	t.Run("SSO-24 Conditions are no hindrance", func(t *testing.T) {
		granted(t, b.fresh().holding(`<saml:Conditions NotBefore="2026-11-23T08:00:00Z" NotOnOrAfter="2026-11-23T09:01:00Z"><saml:AudienceRestriction><saml:Audience>urn:x</saml:Audience></saml:AudienceRestriction></saml:Conditions>`))
	})
}

func TestMessageIsMeantForUsAndFresh(t *testing.T) {
	b := newBench(t)
	w := b.signedIn(ada())
	to := func(destination string) request { r := b.fresh(); r.Destination = destination; return r }
	t.Run("CORE-15 a Destination that is not our address is refused", func(t *testing.T) {
		b.in(t)
		for _, d := range []string{
			"http://idp.example.org/saml/sso", "https://IDP.example.org/saml/sso", "https://idp.example.org:443/saml/sso", "https://idp.example.org/saml/sso/", "https://idp.example.org/saml/SSO",
			"https://idp.example.org/saml/slo", "https://evil.example/saml/sso", "https://idp.example.org/saml/sso?x", "idp", " " + endpoint,
		} {
			for _, a := range []*answer{w.redirect(to(d).xml()), w.post(to(d).xml()), w.query(signedQuery(t, spKey(), saml.RSASHA256, query(to(d).xml())))} {
				a.paged(http.StatusBadRequest)
				b.recorded(audit.ReasonDestinationMismatch)
			}
		}
		r := to(endpoint)
		w.redirect(r.xml()).granted(r.ID)
	})
	t.Run("CORE-17 a signed message names its Destination", func(t *testing.T) {
		b.in(t)
		w.query(signedQuery(t, spKey(), saml.RSASHA256, query(to("").xml()))).paged(http.StatusBadRequest)
		w.post(signedXML(t, spKey(), to("").xml())).paged(http.StatusBadRequest)
		b.recorded(audit.ReasonDestinationMismatch)
		r := to("")
		w.redirect(r.xml()).granted(r.ID)
	})
	each(t, func(t *testing.T) {
		b.in(t)
		for _, off := range []time.Duration{-5 * time.Minute, -3 * time.Minute, 3 * time.Minute, 5 * time.Minute} {
			r := b.fresh()
			r.Instant = nine.Add(off).Format(time.RFC3339)
			w.redirect(r.xml()).granted(r.ID)
		}
		for _, off := range []time.Duration{-5*time.Minute - time.Second, 5*time.Minute + time.Second, -time.Hour, time.Hour, -87600 * time.Hour, 87600 * time.Hour} {
			r := b.fresh()
			r.Instant = nine.Add(off).Format(time.RFC3339)
			w.redirect(r.xml()).paged(http.StatusBadRequest)
			if got := b.recorded(audit.ReasonRequestExpiredOrEarly); !strings.Contains(got.Detail.Explanation, r.Instant) || !strings.Contains(got.Detail.Explanation, "2026-11-23T09:00:00Z") {
				t.Errorf("explained as %s", got.Detail.Explanation)
			}
		}
		for _, i := range []string{"0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"} {
			r := b.fresh()
			r.Instant = i
			w.redirect(r.xml()).paged(http.StatusBadRequest)
			b.recorded(audit.ReasonRequestExpiredOrEarly)
		}
	}, "REP-02 a stale or early request is refused", "CORE-27 clocks may differ by five minutes")
	t.Run("CORE-27 or by as much as is set", func(t *testing.T) {
		b := newBench(t)
		b.handler.Skew = 3 * time.Minute
		for off, fresh := range map[time.Duration]bool{-3 * time.Minute: true, 3 * time.Minute: true, -181 * time.Second: false, 181 * time.Second: false} {
			r := b.fresh()
			r.Instant = nine.Add(off).Format(time.RFC3339)
			if a := b.signedIn(ada()).redirect(r.xml()); fresh {
				a.granted(r.ID)
			} else {
				a.paged(http.StatusBadRequest)
			}
		}
	})
}

func TestOddDocumentsAreRefusedByEveryBinding(t *testing.T) {
	b := newBench(t)
	w := b.signedIn(ada())
	for name, spoil := range map[string]func(doc string) string{
		"CORE-26 a DTD": func(d string) string { return `<!DOCTYPE x>` + d },
		"XML-01 an external entity": func(d string) string {
			return `<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]>` + strings.Replace(d, spID, "&e;", 1)
		},
		"XML-02 entities of entities": func(d string) string {
			return `<!DOCTYPE x [<!ENTITY e "eeeeeeeeee"><!ENTITY f "&e;&e;&e;">]>` + strings.Replace(d, spID, "&f;", 1)
		},
		"XML-03 an empty subset":       func(d string) string { return `<!DOCTYPE x []>` + d },
		"CORE-32 a second root":        func(d string) string { return d + `<x/>` },
		"XML-09 text behind the root":  func(d string) string { return d + `x` },
		"XML-07 deep nesting":          func(d string) string { return into(d, strings.Repeat("<a>", 200_00)+strings.Repeat("</a>", 200_00)) },
		"XML-07 many attributes":       func(d string) string { return into(d, "<a"+numbered(1000, ` a%d=""`)+"/>") },
		"XML-07 many namespaces":       func(d string) string { return into(d, nested(40, ` xmlns:p%d="urn:%[1]d"`)) },
		"XML-10 Latin-1":               func(d string) string { return `<?xml version="1.0" encoding="ISO-8859-1"?>` + d },
		"XML-10 UTF-7":                 func(d string) string { return `<?xml version="1.0" encoding="UTF-7"?>` + d },
		"XML-10 overlong UTF-8":        func(d string) string { return into(d, "<a>\xC0\xBC</a>") },
		"XML-10 NUL":                   func(d string) string { return into(d, "<a>\x00</a>") },
		"XSW-17 a comment in a text":   func(d string) string { return strings.Replace(d, spID, spID[:9]+"<!-- -->"+spID[9:], 1) },
		"XSW-17 an instruction in it":  func(d string) string { return strings.Replace(d, spID, spID+"<?p x?>.evil", 1) },
		"XSW-13 an attribute twice":    func(d string) string { return strings.Replace(d, ` ID=`, ` samlp:ID="b" ID=`, 1) },
		"XSW-12 an ID of another case": func(d string) string { return strings.Replace(d, ` ID=`, ` Id="b" ID=`, 1) },
		"XSW-12 an xml:id":             func(d string) string { return strings.Replace(d, ` ID=`, ` xml:id="b" ID=`, 1) },
		"XSW-16 a name of three parts": func(d string) string { return into(d, `<samlp:b:c/>`) },
		"XSW-16 an empty prefix":       func(d string) string { return into(d, `<a :x="1"/>`) },
		"XSW-16 a prefix rebound inside": func(d string) string {
			return strings.Replace(d, `<saml:Issuer>`, `<saml:Issuer xmlns:saml="urn:x">`, 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b.in(t)
			doc := spoil(b.fresh().holding(`<samlp:Extensions></samlp:Extensions>`).xml())
			for _, a := range []*answer{w.redirect(doc), w.post(doc)} {
				a.paged(http.StatusBadRequest)
				b.recorded(audit.ReasonMalformedRequest)
			}
		})
	}
	t.Run("CORE-31 UTF-8 and UTF-16 are read", func(t *testing.T) {
		b.in(t)
		for _, encode := range []func(string) string{
			func(d string) string { return "\uFEFF" + d },
			func(d string) string { return `<?xml version="1.0" encoding="UTF-8"?>` + d },
			func(d string) string { return wide(`<?xml version="1.0" encoding="UTF-16"?>`+d, true) },
			func(d string) string { return wide(`<?xml version="1.0" encoding="UTF-16"?>`+d, false) },
		} {
			r := b.fresh()
			w.redirect(encode(r.xml())).granted(r.ID)
			r = b.fresh()
			w.post(encode(r.xml())).granted(r.ID)
		}
	})
	t.Run("XSW-19 character references and CDATA are the text they stand for", func(t *testing.T) {
		b.in(t)
		for _, written := range []string{"<![CDATA[" + spID + "]]>", strings.ReplaceAll(spID, "e", "&#x65;"), spID[:9] + "<![CDATA[" + spID[9:20] + "]]>" + spID[20:]} {
			r := b.fresh()
			w.redirect(strings.Replace(r.xml(), ">"+spID+"<", ">"+written+"<", 1)).granted(r.ID)
			w.redirect(strings.Replace(b.fresh().xml(), ">"+spID+"<", ">"+written+".evil<", 1)).paged(http.StatusBadRequest)
			b.recorded(audit.ReasonUnknownSP)
		}
	})
	t.Run("XML-04 XInclude, schemaLocation and style sheets do nothing", func(t *testing.T) {
		b.in(t)
		r := b.fresh().holding(`<samlp:Extensions><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="http://127.0.0.1:9/"/></samlp:Extensions>`).
			with("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance", "xsi:schemaLocation", "urn:x http://127.0.0.1:9/", "xml:base", "http://127.0.0.1:9/")
		w.redirect(`<?xml-stylesheet href="http://127.0.0.1:9/"?>` + r.xml()).granted(r.ID)
	})
}

func into(doc, what string) string {
	return strings.Replace(doc, "</samlp:Extensions>", what+"</samlp:Extensions>", 1)
}

func wide(s string, little bool) string {
	var out strings.Builder
	for _, u := range append([]uint16{0xFEFF}, utf16.Encode([]rune(s))...) {
		if little {
			out.Write([]byte{byte(u), byte(u >> 8)})
		} else {
			out.Write([]byte{byte(u >> 8), byte(u)})
		}
	}
	return out.String()
}

func TestWhatWeSayOfOurselves(t *testing.T) {
	b := newBench(t, func(a *apps.App) { a.Settings.NameID.Format = saml.FormatPersistent })
	w := b.signedIn(ada())
	r := b.fresh()
	yes, no := w.redirect(r.xml()), w.redirect(b.fresh().with("ProtocolBinding", "urn:x").xml())
	each(t, func(t *testing.T) {
		for _, a := range []*answer{yes, no} {
			if i := a.element("Issuer"); i.Text() != issuer || i.SelectAttr("Format") != nil || i.SelectAttr("NameQualifier") != nil {
				t.Errorf("issuer %s", a.XML)
			}
		}
		if yes.text("Assertion/Issuer") != issuer {
			t.Errorf("issuer of the assertion %q", yes.text("Assertion/Issuer"))
		}
	}, "CORE-10 the Issuer is our entity ID without qualifiers", "RESP-02 on the Response", "RESP-04 and on the Assertion")
	t.Run("CORE-09 URIs are absolute", func(t *testing.T) {
		for _, u := range []string{
			yes.text("Issuer"), yes.attr("", "Destination"), yes.attr("Assertion/Subject/NameID", "Format"), yes.attr("Assertion/Subject/SubjectConfirmation/SubjectConfirmationData", "Recipient"),
			yes.attr("Assertion/AttributeStatement/Attribute", "NameFormat"), yes.attr("Status/StatusCode", "Value"), yes.text("Assertion/AuthnStatement/AuthnContext/AuthnContextClassRef"),
		} {
			if p, err := url.Parse(u); err != nil || !p.IsAbs() {
				t.Errorf("%q is not absolute", u)
			}
		}
	})
	each(t, func(t *testing.T) {
		b.in(t)
		if yes.attr("", "InResponseTo") != r.ID || yes.attr("Assertion/Subject/SubjectConfirmation/SubjectConfirmationData", "InResponseTo") != r.ID {
			t.Errorf("%s", yes.XML)
		}
		if unasked := w.get("/saml/start/wiki"); strings.Contains(string(unasked.XML), "InResponseTo") {
			t.Errorf("%s", unasked.XML)
		}
	}, "CORE-14 InResponseTo is the request's ID, or absent", "RESP-08 on the confirmation too")
	t.Run("CORE-25 no DTD", func(t *testing.T) {
		for _, a := range []*answer{yes, no} {
			if strings.Contains(string(a.XML), "<!") {
				t.Errorf("%s", a.XML)
			}
		}
	})
	t.Run("CORE-28 no consent is claimed", func(t *testing.T) {
		if strings.Contains(string(yes.XML), "Consent") {
			t.Errorf("%s", yes.XML)
		}
	})
}
