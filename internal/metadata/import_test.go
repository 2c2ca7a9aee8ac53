package metadata

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

var update = flag.Bool("update", false, "write the golden files anew")

var now = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)

func read(t testing.TB, name string) string {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}

// edit changes a fixture; each old text must be there.
func edit(t testing.TB, name string, oldnew ...string) string {
	t.Helper()
	doc := read(t, name)
	for i := 0; i < len(oldnew); i += 2 {
		if !strings.Contains(doc, oldnew[i]) {
			t.Fatalf("%s does not hold %q", name, oldnew[i])
		}
		doc = strings.ReplaceAll(doc, oldnew[i], oldnew[i+1])
	}
	return doc
}

func mustImport(t testing.TB, doc string, o Options) Imported {
	t.Helper()
	o.Now = now
	got, err := Import([]byte(doc), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := got.App.Validate(); err != nil {
		t.Fatalf("an imported app does not pass its own check: %v", err)
	}
	return got
}

// refused wants a fault.Invalid whose sentence holds each of the words.
func refused(t testing.TB, doc string, o Options, words ...string) {
	t.Helper()
	o.Now = now
	got, err := Import([]byte(doc), o)
	if !fault.Is(err, fault.Invalid) {
		t.Fatalf("imported as %+v, error %v", got.App.Settings, err)
	}
	for _, w := range words {
		if !strings.Contains(fault.From(err).Message, w) {
			t.Errorf("%q does not say %q", fault.From(err).Message, w)
		}
	}
}

// warned wants a warning that holds each of the words.
func warned(t testing.TB, got Imported, words ...string) {
	t.Helper()
	if !slices.ContainsFunc(got.Warnings, func(w string) bool {
		return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(w, word) })
	}) {
		t.Errorf("no warning says %q: %q", words, got.Warnings)
	}
}

func TestProductsAreReadWhole(t *testing.T) {
	for file, o := range map[string]Options{
		"adfs": {}, "google": {}, "microsoft": {}, "shibboleth": {}, "simplesamlphp": {}, "samlify": {}, "crewjam": {}, "minimal": {},
		"aggregate": {EntityID: "https://two.example/"},
	} {
		t.Run(file, func(t *testing.T) {
			got := mustImport(t, read(t, file+".xml"), o)
			if string(got.App.MetadataXML) != read(t, file+".xml") {
				t.Error("the document is not kept as it came")
			}
			got.App.MetadataXML = nil
			golden(t, file+".json", got)
		})
	}
}

func golden(t *testing.T, name string, v any) {
	t.Helper()
	got, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(filepath.Join("testdata", name), got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(read(t, name), string(got)); d != "" {
		t.Error(d)
	}
}

func TestWhatTheDocumentSaysIsKept(t *testing.T) {
	shib := mustImport(t, read(t, "shibboleth.xml"), Options{})
	s := shib.App.Settings
	t.Run("metadata alone gives a working app", func(t *testing.T) {
		if shib.App.Name != "University Wiki" || shib.App.Slug != "university-wiki" || !shib.App.Enabled || len(s.Claims) == 0 {
			t.Errorf("%+v", shib.App)
		}
	})
	t.Run("every signing key is taken", func(t *testing.T) {
		if len(s.Keys) != 2 || bytes.Equal(s.Keys[0].PublicKey, s.Keys[1].PublicKey) || s.Keys[1].Use != "signing" {
			t.Errorf("%+v", s.Keys)
		}
	})
	t.Run("MDC-19 a key without use counts for both", func(t *testing.T) {
		if s.Keys[0].Use != "" || len(s.Keys[0].Methods) != 3 {
			t.Errorf("%+v", s.Keys[0])
		}
	})
	t.Run("MDC-30 entity attributes are read", func(t *testing.T) {
		a := s.Metadata.EntityAttributes
		if len(a) != 2 || a[0].Name != "http://macedir.org/entity-category" || len(a[0].Values) != 2 {
			t.Errorf("%+v", a)
		}
	})
	t.Run("MDC-31 names and descriptions are read per language", func(t *testing.T) {
		want := []apps.Localized{{Lang: "de", Value: "Wiki der Universität"}, {Lang: "en", Value: "University Wiki"}}
		if d := cmp.Diff(want, s.Metadata.DisplayNames); d != "" {
			t.Error(d)
		}
		m := s.Metadata
		if len(m.Descriptions) != 2 || m.Descriptions[1].Value != "Notizen & Seiten" || len(m.InformationURLs) != 1 || len(m.PrivacyURLs) != 1 || len(m.Logos) != 2 {
			t.Errorf("%+v", m)
		}
	})
	t.Run("MDC-36 AuthnRequestsSigned as 1 and true, WantAssertionsSigned as true and 1", func(t *testing.T) {
		other := mustImport(t, edit(t, "samlify.xml", `WantAssertionsSigned="true"`, `WantAssertionsSigned="1"`), Options{}).App.Settings
		adfs := mustImport(t, read(t, "adfs.xml"), Options{}).App.Settings
		if !s.RequireSigned || !other.RequireSigned || !other.Metadata.WantSignedAssertion || !adfs.Metadata.WantSignedAssertion || adfs.RequireSigned {
			t.Error("a boolean was misread")
		}
	})
	t.Run("MDC-37 attribute services with default, isRequired and values", func(t *testing.T) {
		a := s.Metadata.AttributeServices
		if len(a) != 2 || a[0].IsDefault || !a[1].IsDefault || a[0].Requested[0].Values[0] != "urn:mace:dir:entitlement:common-lib-terms" ||
			!a[1].Requested[0].Required || a[1].Requested[1].Required || !a[1].Requested[3].Required {
			t.Errorf("%+v", a)
		}
		if len(s.Claims) != 3 || s.Claims[0].Source != apps.SourceEmail || s.Claims[0].FriendlyName != "mail" || s.Claims[0].NameFormat != saml.NameURI {
			t.Errorf("claims not of the default service: %+v", s.Claims)
		}
		warned(t, shib, "urn:oid:1.3.6.1.4.1.5923.1.1.1.16", "requires")
	})
	t.Run("MDC-46 errorURL, Organization and every contact are kept", func(t *testing.T) {
		m := s.Metadata
		if m.ErrorURL == "" || len(m.OrganizationNames) != 1 || len(m.OrganizationURLs) != 1 || len(m.Contacts) != 2 ||
			!slices.Equal(m.Contacts[0].Emails, []string{"grace@uni.example", "wiki@uni.example"}) || m.Contacts[1].Type != "other" {
			t.Errorf("%+v", m)
		}
	})
	t.Run("MDC-47 registration, scope, discovery and request initiator extensions do not hinder", func(t *testing.T) {
		if len(s.ACS) != 5 || len(s.SLO) != 3 {
			t.Errorf("%+v", s)
		}
	})
	t.Run("SSO-31 endpoints, bindings, indexes and response locations come from the metadata alone", func(t *testing.T) {
		no := false
		if d := cmp.Diff(apps.Endpoint{
			Binding: saml.BindingSimpleSign, Location: "https://wiki.uni.example/Shibboleth.sso/SAML2/POST-SimpleSign",
			Index: 2, IsDefault: &no,
		}, s.ACS[1]); d != "" {
			t.Error(d)
		}
		if s.ACS[0].IsDefault != nil || s.SLO[1].ResponseLocation != "https://wiki.uni.example/Shibboleth.sso/SLO/Return" {
			t.Errorf("%+v", s)
		}
	})
	t.Run("MDC-33 RoleDescriptors of unknown types do not hinder", func(t *testing.T) {
		got := mustImport(t, read(t, "adfs.xml"), Options{})
		if len(got.App.Settings.ACS) != 3 || len(got.App.Settings.Keys) != 2 || len(got.Warnings) != 0 {
			t.Errorf("%+v", got)
		}
	})
}

func TestChoicesFollowTheDocument(t *testing.T) {
	format := func(list ...saml.NameIDFormat) string {
		var b strings.Builder
		for _, f := range list {
			b.WriteString("<md:NameIDFormat>" + string(f) + "</md:NameIDFormat>")
		}
		return edit(t, "minimal.xml", "<md:Assertion", b.String()+"<md:Assertion")
	}
	t.Run("the first NameIDFormat that can be issued is the default", func(t *testing.T) {
		for want, list := range map[apps.NameIDRule][]saml.NameIDFormat{
			{}:                              {},
			{Format: saml.FormatPersistent}: {saml.FormatKerberos, saml.FormatPersistent, saml.FormatEmail},
			{Format: saml.FormatTransient}:  {saml.FormatTransient},
			{Format: saml.FormatEmail, Source: apps.SourceEmail}:       {saml.FormatEmail, saml.FormatTransient},
			{Format: saml.FormatUnspecified, Source: apps.SourceEmail}: {saml.FormatUnspecified},
		} {
			if got := mustImport(t, format(list...), Options{}).App.Settings.NameID; got != want {
				t.Errorf("%v: %+v", list, got)
			}
		}
		warned(t, mustImport(t, format(saml.FormatKerberos), Options{}), "NameIDFormats")
	})
	t.Run("names in common use are known", func(t *testing.T) {
		for name, want := range map[string]apps.Source{
			"user.email": apps.SourceEmail, "E-Mail": apps.SourceEmail, "firstName": apps.SourceGivenName, "User.LastName": apps.SourceFamilyName,
			identityClaims + "upn": apps.SourceUserName, "urn:oid:2.5.4.3": apps.SourceDisplayName, "memberOf": apps.SourceGroups, "username": apps.SourceUserName,
		} {
			if got, ok := sourceOf(name); !ok || got != want {
				t.Errorf("%s: %s", name, got)
			}
		}
		if got, ok := sourceOf("employeeNumber"); ok {
			t.Errorf("employeeNumber is %s", got)
		}
	})
	t.Run("an app that asks for nothing known gets the basic set", func(t *testing.T) {
		if got := mustImport(t, read(t, "google.xml"), Options{}).App.Settings.Claims; len(got) != 4 {
			t.Errorf("%+v", got)
		}
	})
}

func TestAlgorithmSupport(t *testing.T) {
	lists := func(entity, role string) string {
		wrap := func(s string) string {
			return `<md:Extensions xmlns:alg="` + nsAlgorithm + `">` + s + `</md:Extensions>`
		}
		return edit(t, "minimal.xml", `<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">`,
			wrap(entity)+`<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">`+wrap(role))
	}
	signing := func(m ...saml.SignatureMethod) (s string) {
		for _, a := range m {
			s += `<alg:SigningMethod Algorithm="` + string(a) + `"/>`
		}
		return s
	}
	method := func(t *testing.T, doc string) saml.SignatureMethod {
		return mustImport(t, doc, Options{}).App.Settings.SignatureMethod
	}
	t.Run("MDC-24 the role's list replaces the entity's", func(t *testing.T) {
		got := mustImport(t, lists(signing(saml.RSASHA512), signing(saml.RSASHA256)), Options{}).App.Settings
		if !slices.Equal(got.Metadata.SignatureMethods, []string{string(saml.RSASHA256)}) || got.SignatureMethod != "" {
			t.Errorf("%+v", got)
		}
		if method(t, lists(signing(saml.RSASHA512), "")) != saml.RSASHA512 {
			t.Error("the entity's list was not read")
		}
	})
	t.Run("the declared methods limit the choice", func(t *testing.T) {
		if got := method(t, lists("", signing(saml.RSASHA512, saml.RSASHA384))); got != saml.RSASHA512 {
			t.Error(got)
		}
		if got := method(t, lists(signing(saml.RSASHA384, saml.RSASHA512), `<alg:DigestMethod Algorithm="`+string(saml.DigestSHA512)+`"/>`)); got != saml.RSASHA512 {
			t.Error(got)
		}
		if got := method(t, lists("", `<alg:DigestMethod Algorithm="`+string(saml.DigestSHA384)+`"/>`)); got != saml.RSASHA384 {
			t.Error(got)
		}
	})
	t.Run("ALG-05 metadata that lists only SHA-1 does not weaken us", func(t *testing.T) {
		got := mustImport(t, read(t, "microsoft.xml"), Options{})
		if got.App.Settings.SignatureMethod != "" || got.App.Settings.AllowSHA1 {
			t.Errorf("%+v", got.App.Settings)
		}
		warned(t, got, "weak")
	})
}
