package metadata

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

const acs = "https://sp.example/acs"

func TestUnusableAddressesAreRefused(t *testing.T) {
	bad := map[string][]string{
		"INJ-05 an ACS that a browser would run is refused": {
			"javascript:alert(1)", "JavaScript:alert(1)", "java&#10;script:alert(1)", "data:text/html,x", "vbscript:x",
			"javascript://sp.example/%0aalert(1)", "https://sp.example/&quot;&gt;&lt;/form&gt;",
		},
		"MDC-35 an endpoint that is no web address is refused": {
			"", "/acs", "//sp.example/acs", "sp.example/acs", "https:acs", "https:///acs", "ftp://sp.example/acs",
			"https://sp.example/a cs", "https://sp.example/a&#9;cs", "https://user:pw@sp.example/acs", "https://sp.example/acs#f", "https://sp.example\\acs", "https://sp.example:0x50/",
		},
		"ACS-02 an endpoint with a wildcard is refused": {"https://*.sp.example/acs", "https://sp.example/*"},
		"plain http beyond loopback is refused":         {"http://sp.example/acs", "http://127.0.0.1.sp.example/acs", "http://localhost.sp.example/acs", "http://10.0.0.1/acs"},
	}
	for name, list := range bad {
		t.Run(name, func(t *testing.T) {
			mustImport(t, read(t, "minimal.xml"), Options{})
			for _, address := range list {
				refused(t, edit(t, "minimal.xml", acs, address), Options{}, "Line 1")
			}
		})
	}
	t.Run("INJ-05 a logout address or response location that a browser would run is refused", func(t *testing.T) {
		refused(t, edit(t, "samlify.xml", "https://node.example/slo", "javascript:alert(1)"), Options{}, "SingleLogoutService")
		refused(t, edit(t, "shibboleth.xml", "https://wiki.uni.example/Shibboleth.sso/SLO/Return", "data:text/html,x"), Options{}, "Line 103", "ResponseLocation")
	})
	t.Run("plain http is taken on loopback, and elsewhere when allowed", func(t *testing.T) {
		for _, address := range []string{"http://localhost:8000/acs", "http://127.0.0.2/acs", "http://[::1]:8080/acs"} {
			mustImport(t, edit(t, "minimal.xml", acs, address), Options{})
		}
		got := mustImport(t, edit(t, "minimal.xml", acs, "http://sp.example/acs"), Options{AllowHTTP: true})
		if !got.App.Settings.AllowHTTP {
			t.Error("the app does not remember that plain http is allowed")
		}
	})
	t.Run("MDC-35 blanks around an endpoint are taken away with a warning", func(t *testing.T) {
		got := mustImport(t, edit(t, "minimal.xml", acs, " \n"+acs+"\t "), Options{})
		if got.App.Settings.ACS[0].Location != acs {
			t.Errorf("%+v", got.App.Settings.ACS)
		}
		warned(t, got, "blanks", "Location")
	})
}

func TestIndexes(t *testing.T) {
	second := func(attributes string) string {
		return edit(t, "minimal.xml", `index="0"/>`, `index="0"/><md:AssertionConsumerService Binding="`+string(saml.BindingPOST)+`" Location="https://sp.example/2" `+attributes+`/>`)
	}
	t.Run("MDC-28 SSO-19 the index of an ACS is an unsigned short and unique", func(t *testing.T) {
		for _, a := range []string{`index="0"`, `index="+0"`, `index="65536"`, `index="-1"`, `index="x"`, `index="1.0"`} {
			refused(t, second(a), Options{}, "Line 1", "index")
		}
		if got := mustImport(t, second(`index=" 65535 "`), Options{}); got.App.Settings.ACS[1].Index != 65535 {
			t.Errorf("%+v", got.App.Settings.ACS)
		}
	})
	t.Run("an absent index becomes the next free one, with a warning", func(t *testing.T) {
		got := mustImport(t, second(""), Options{})
		if got.App.Settings.ACS[1].Index != 1 {
			t.Errorf("%+v", got.App.Settings.ACS)
		}
		warned(t, got, "no index")
	})
	t.Run("absent, true and false isDefault differ", func(t *testing.T) {
		yes, no := true, false
		for a, want := range map[string]*bool{"": nil, `isDefault="true"`: &yes, `isDefault="1"`: &yes, `isDefault="false"`: &no, `isDefault="0"`: &no} {
			got := mustImport(t, second(`index="1" `+a), Options{}).App.Settings.ACS[1].IsDefault
			if (got == nil) != (want == nil) || got != nil && *got != *want {
				t.Errorf("%q: %v", a, got)
			}
		}
		refused(t, second(`index="1" isDefault="perhaps"`), Options{}, "isDefault")
	})
	t.Run("an app without a POST endpoint is refused", func(t *testing.T) {
		refused(t, edit(t, "minimal.xml", string(saml.BindingPOST), string(saml.BindingArtifact)), Options{}, "HTTP-POST")
	})
}

func TestWhichEntityAndRole(t *testing.T) {
	t.Run("MDC-05 an entity of a nested aggregate is found", func(t *testing.T) {
		got := mustImport(t, read(t, "aggregate.xml"), Options{EntityID: "https://two.example/"})
		if got.App.Settings.ACS[0].Location != "https://two.example/acs" {
			t.Errorf("%+v", got.App.Settings.ACS)
		}
		var many strings.Builder
		for i := range 4000 {
			fmt.Fprintf(&many, `<md:EntityDescriptor entityID="https://sp%d.example/"><md:SPSSODescriptor protocolSupportEnumeration="%s"/></md:EntityDescriptor>`, i, saml.NSProtocol)
		}
		mustImport(t, edit(t, "aggregate.xml", "<md:EntitiesDescriptor>", "<md:EntitiesDescriptor>"+many.String()), Options{EntityID: "https://two.example/"})
	})
	t.Run("MDC-29 of two entities of one name the first counts, with a warning", func(t *testing.T) {
		warned(t, mustImport(t, read(t, "aggregate.xml"), Options{EntityID: "https://two.example/"}), "twice", "Line 11")
	})
	t.Run("MDC-39 a broken entity does not lose the rest", func(t *testing.T) {
		mustImport(t, read(t, "aggregate.xml"), Options{EntityID: "https://one.example/"})
		refused(t, read(t, "aggregate.xml"), Options{EntityID: "https://broken.example/"}, "Line 7")
	})
	t.Run("several service providers want an entity ID, and the refusal lists some", func(t *testing.T) {
		refused(t, read(t, "aggregate.xml"), Options{}, "5 service providers", "https://one.example/", "https://old.example/")
		refused(t, read(t, "aggregate.xml"), Options{EntityID: "https://nobody.example/"}, "https://nobody.example/", "https://idp.example/", "…")
		refused(t, read(t, "minimal.xml"), Options{EntityID: "https://SP.example/"}, "https://sp.example/")
		mustImport(t, read(t, "minimal.xml"), Options{EntityID: "https://sp.example/"})
	})
	t.Run("an identity provider is no app", func(t *testing.T) {
		refused(t, read(t, "aggregate.xml"), Options{EntityID: "https://idp.example/"}, "Line 4", "no service provider")
	})
	t.Run("MDC-27 a role without SAML 2.0 is refused", func(t *testing.T) {
		refused(t, read(t, "aggregate.xml"), Options{EntityID: "https://old.example/"}, "Line 8", "SAML 2.0")
		refused(t, edit(t, "minimal.xml", ` protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"`, ""), Options{}, "SAML 2.0")
	})
	t.Run("two roles are refused, unless only one speaks SAML 2.0", func(t *testing.T) {
		doc := read(t, "minimal.xml")
		role := doc[strings.Index(doc, "<md:SPSSO"):strings.Index(doc, "</md:Entity")]
		refused(t, edit(t, "minimal.xml", role, role+"\n"+role), Options{}, "Line 2", "second SPSSODescriptor")
		mustImport(t, edit(t, "minimal.xml", role, strings.ReplaceAll(role, "2.0:protocol", "1.1:protocol")+role), Options{})
	})
	t.Run("MDC-29 an entityID is there, not blank and at most 1024 characters", func(t *testing.T) {
		id := func(s string) string { return edit(t, "minimal.xml", "https://sp.example/\"", s+"\"") }
		mustImport(t, id(strings.Repeat("é", 1024)), Options{})
		for _, s := range []string{"", "  ", strings.Repeat("é", 1025), "https://sp.example/&#10;x", "two words"} {
			refused(t, id(s), Options{}, "Line 1", "entityID")
		}
		refused(t, edit(t, "minimal.xml", `entityID="https://sp.example/"`, `ENTITYID="https://sp.example/"`), Options{}, "entityID")
	})
	t.Run("what is no metadata is refused in words", func(t *testing.T) {
		refused(t, `<html><body/></html>`, Options{}, "a web page")
		refused(t, `<EntityDescriptor/>`, Options{}, "not SAML 2.0 metadata")
		refused(t, `not xml`, Options{})
	})
}

func TestEncodingsAndDocumentTypes(t *testing.T) {
	doc := read(t, "minimal.xml")
	utf16le := func(s string) string {
		b := []byte{0xFF, 0xFE}
		for _, u := range utf16.Encode([]rune(s)) {
			b = append(b, byte(u), byte(u>>8))
		}
		return string(b)
	}
	t.Run("MDC-44 marks, UTF-16, comments, instructions, CDATA and references are read", func(t *testing.T) {
		for name, d := range map[string]string{
			"mark":        "\uFEFF" + doc,
			"UTF-16":      utf16le(`<?xml version="1.0" encoding="utf-16"?>` + doc),
			"comment":     "<!-- a -->" + strings.Replace(doc, "<md:SPSSO", "<!-- b --><?c d?><md:SPSSO", 1),
			"references":  strings.Replace(doc, acs, "https://sp.example/&#97;c&#x73;", 1),
			"CDATA":       strings.Replace(doc, "<md:Assertion", "<md:NameIDFormat><![CDATA["+string(saml.FormatEmail)+"]]></md:NameIDFormat><md:Assertion", 1),
			"CR LF":       strings.ReplaceAll(doc, "><", ">\r\n<"),
			"prefix less": strings.NewReplacer("md:", "", "xmlns:md", "xmlns").Replace(doc),
		} {
			got := mustImport(t, d, Options{})
			if got.App.EntityID != "https://sp.example/" || got.App.Settings.ACS[0].Location != acs {
				t.Errorf("%s: %+v", name, got.App)
			}
		}
	})
	t.Run("MDC-44 a document type is refused", func(t *testing.T) {
		refused(t, "<!DOCTYPE md:EntityDescriptor []>\n"+doc, Options{}, "DTD")
	})
	t.Run("XML-01 an external entity is refused", func(t *testing.T) {
		refused(t, `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>`+doc, Options{}, "DTD")
	})
	t.Run("XSW-17 a comment inside an identifier is refused", func(t *testing.T) {
		refused(t, strings.Replace(doc, "<md:Assertion", "<md:NameIDFormat>urn:oasis<!-- -->:x</md:NameIDFormat><md:Assertion", 1), Options{}, "Line 1", "comment")
		refused(t, strings.Replace(read(t, "samlify.xml"), "<ds:X509Certificate>", "<ds:X509Certificate><!-- -->", 1), Options{}, "comment")
	})
	t.Run("documents beyond the limits are refused", func(t *testing.T) {
		refused(t, doc+strings.Repeat(" ", 10<<20), Options{}, "bytes")
		refused(t, strings.Replace(doc, "<md:SPSSO", strings.Repeat("<x>", 70)+strings.Repeat("</x>", 70)+"<md:SPSSO", 1), Options{}, "nested")
		refused(t, strings.Replace(doc, "<md:SPSSO", strings.Repeat("<x/>", 500_000)+"<md:SPSSO", 1), Options{}, "elements")
	})
}

func TestValidity(t *testing.T) {
	at := func(entity, role string) string {
		return edit(t, "minimal.xml", "<md:EntityDescriptor", "<md:EntityDescriptor "+entity, "<md:SPSSODescriptor", "<md:SPSSODescriptor "+role)
	}
	until := func(d time.Duration) string { return fmt.Sprintf("validUntil=%q", now.Add(d).Format(time.RFC3339)) }
	const year = 365 * 24 * time.Hour
	t.Run("MDC-10 an expired root is refused", func(t *testing.T) {
		mustImport(t, at(until(time.Second), ""), Options{})
		refused(t, at(until(0), ""), Options{}, "Line 1", "valid until 2026-11-23 07:00 UTC")
	})
	t.Run("MDC-12 the earliest validUntil along the path wins, the role's too", func(t *testing.T) {
		got := mustImport(t, read(t, "aggregate.xml"), Options{EntityID: "https://two.example/"})
		if want := time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC); !got.App.Settings.MetadataValidUntil.Equal(want) {
			t.Error(got.App.Settings.MetadataValidUntil)
		}
		got = mustImport(t, at(until(2*year), until(3*year)), Options{})
		if !got.App.Settings.MetadataValidUntil.Equal(now.Add(2 * year)) {
			t.Error(got.App.Settings.MetadataValidUntil)
		}
		refused(t, at(until(year), until(-time.Second)), Options{}, "valid until")
		refused(t, at(`validUntil="tomorrow"`, ""), Options{}, "validUntil")
	})
	t.Run("cacheDuration is read, the smallest wins", func(t *testing.T) {
		for s, want := range map[string]time.Duration{
			"PT1594475551S": 1594475551 * time.Second, "P1Y": year, "PT6H": 6 * time.Hour, "P1M": 30 * 24 * time.Hour, "P1DT1H1M1.5S": 25*time.Hour + 61500*time.Millisecond,
			"P999999999999Y": 1<<63 - 1,
		} {
			if got := mustImport(t, at("", `cacheDuration="`+s+`"`), Options{}); got.CacheDuration != want {
				t.Errorf("%s: %s", s, got.CacheDuration)
			}
		}
		if got := mustImport(t, read(t, "aggregate.xml"), Options{EntityID: "https://two.example/"}); got.CacheDuration != time.Hour {
			t.Error(got.CacheDuration)
		}
		for _, s := range []string{"P", "PT", "P1DT", "6H", "PT1H1D", "-PT1H", "PT-1H", "PT1.5H"} {
			warned(t, mustImport(t, at("", `cacheDuration="`+s+`"`), Options{}), "cacheDuration", "ignored")
		}
	})
	t.Run("a document that runs out soon is read with a warning", func(t *testing.T) {
		warned(t, mustImport(t, read(t, "crewjam.xml"), Options{}), "2026-11-25 06:37 UTC")
		if got := mustImport(t, at(until(year), ""), Options{}); len(got.Warnings) != 0 {
			t.Errorf("%q", got.Warnings)
		}
	})
}

func TestSlightlyInvalidDocumentsAreReadWithAWarning(t *testing.T) {
	t.Run("MDC-34 NameIDFormat behind the ACS, Extensions behind the role, SLO behind NameIDFormat", func(t *testing.T) {
		google := mustImport(t, read(t, "google.xml"), Options{})
		if google.App.Settings.NameID.Format != saml.FormatUnspecified {
			t.Errorf("%+v", google.App.Settings)
		}
		warned(t, google, "Line 5", "<NameIDFormat>", "<AssertionConsumerService>")
		microsoft := mustImport(t, read(t, "microsoft.xml"), Options{})
		if len(microsoft.App.Settings.Metadata.SignatureMethods) != 1 {
			t.Errorf("%+v", microsoft.App.Settings.Metadata)
		}
		warned(t, microsoft, "Line 9", "<Extensions>", "<SPSSODescriptor>")
		samlify := mustImport(t, read(t, "samlify.xml"), Options{})
		if len(samlify.App.Settings.SLO) != 1 {
			t.Errorf("%+v", samlify.App.Settings)
		}
		warned(t, samlify, "<SingleLogoutService>", "<NameIDFormat>")
	})
	t.Run("MDC-34 the same documents in order have no warning", func(t *testing.T) {
		for _, file := range []string{"adfs.xml", "simplesamlphp.xml", "minimal.xml"} {
			if got := mustImport(t, read(t, file), Options{}); len(got.Warnings) != 0 {
				t.Errorf("%s: %q", file, got.Warnings)
			}
		}
	})
}

func TestLinksAndLogosAreHarmless(t *testing.T) {
	links := func(m *apps.Described) (all []string) {
		for _, l := range append(append(append([]apps.Localized{}, m.InformationURLs...), m.PrivacyURLs...), m.OrganizationURLs...) {
			all = append(all, l.Value)
		}
		for _, l := range m.Logos {
			all = append(all, l.URL)
		}
		return append(all, m.ErrorURL)
	}
	t.Run("INJ-06 links that are no web addresses are left out", func(t *testing.T) {
		for _, old := range []string{"https://wiki.uni.example/about", "https://wiki.uni.example/privacy", "https://uni.example/", "https://wiki.uni.example/error?code=ERRORURL_CODE"} {
			for _, evil := range []string{"javascript:alert(1)", "data:text/html,x", "https://a b", "//evil.example", "https://u:p@h/", "https://a/&quot;onclick"} {
				got := mustImport(t, edit(t, "shibboleth.xml", old, evil), Options{})
				if n := len(links(&got.App.Settings.Metadata)); n > 6 || strings.Contains(strings.Join(links(&got.App.Settings.Metadata), " "), strings.ReplaceAll(evil, "&quot;", `"`)) {
					t.Errorf("%s: %q", evil, links(&got.App.Settings.Metadata))
				}
				warned(t, got, "not a web address")
			}
		}
	})
	t.Run("MDC-32 logos are https or pixels in place", func(t *testing.T) {
		for _, evil := range []string{"javascript:alert(1)", "http://wiki.uni.example/logo.png", "data:image/svg+xml;base64,PHN2Zy8+", "data:text/html,x", "data:image/png;base64,", "data:image/png;base64,&lt;x"} {
			got := mustImport(t, edit(t, "shibboleth.xml", "https://wiki.uni.example/logo.png", evil), Options{})
			if len(got.App.Settings.Metadata.Logos) != 1 {
				t.Errorf("%s: %+v", evil, got.App.Settings.Metadata.Logos)
			}
			warned(t, got, "logo")
		}
		if got := mustImport(t, read(t, "shibboleth.xml"), Options{}).App.Settings.Metadata.Logos; got[0].Width != 80 || got[0].Height != 60 || got[1].Lang != "de" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("MDC-32 what is imported is what is kept", func(t *testing.T) {
		pixels := edit(t, "shibboleth.xml", "https://wiki.uni.example/logo.png", "data:image/png;base64,AAAA")
		app := mustImport(t, pixels, Options{}).App
		imported := app.Settings.Metadata
		app.Normalize() // as whatever is kept
		if diff := cmp.Diff(imported, app.Settings.Metadata); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("a contact's address that is none is left out", func(t *testing.T) {
		got := mustImport(t, edit(t, "shibboleth.xml", "mailto:cert@uni.example", "javascript:alert(1)"), Options{})
		if len(got.App.Settings.Metadata.Contacts[1].Emails) != 0 {
			t.Errorf("%+v", got.App.Settings.Metadata.Contacts)
		}
		warned(t, got, "e-mail")
	})
}
