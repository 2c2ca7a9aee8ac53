package metadata

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// kept is an app as it comes back from the database, with an administrator's hand in it.
func kept(t *testing.T, doc string) apps.App {
	t.Helper()
	a := mustImport(t, doc, Options{}).App
	text, err := json.Marshal(a.Settings)
	if err != nil {
		t.Fatal(err)
	}
	a.Settings = apps.Settings{}
	if err := json.Unmarshal(text, &a.Settings); err != nil {
		t.Fatal(err)
	}
	a.ID, a.Slug, a.Name, a.Enabled, a.Version = "7c0ffee0-0000-4000-8000-000000000000", "wiki", "Our wiki", false, 7
	a.Settings.Claims = []apps.Claim{{Name: "uid", Source: apps.SourceUserName}}
	a.Settings.NameID = apps.NameIDRule{Format: saml.FormatPersistent}
	a.Settings.Sign, a.Settings.Lifetime, a.Settings.AllowSHA1, a.Settings.RelayState = apps.SignAssertion, apps.Duration(time.Minute), true, "/home"
	return a
}

func TestUpdate(t *testing.T) {
	t.Run("the same document changes nothing", func(t *testing.T) {
		for _, file := range []string{"adfs.xml", "crewjam.xml", "microsoft.xml", "samlify.xml", "shibboleth.xml", "minimal.xml"} {
			old := kept(t, read(t, file))
			updated, changed := Update(old, mustImport(t, read(t, file), Options{}))
			if d := cmp.Diff(old, updated); d != "" || len(changed) != 0 {
				t.Errorf("%s: %q\n%s", file, changed, d)
			}
		}
	})
	t.Run("what the administrator set stays, what the app decides comes", func(t *testing.T) {
		old := kept(t, read(t, "shibboleth.xml"))
		fresh := mustImport(t, edit(t, "shibboleth.xml", "SAML2/POST\"", "SAML2/NEW\"", ` isDefault="0"`, "", `<md:KeyDescriptor use="signing">`, `<md:KeyDescriptor use="encryption">`,
			"University\n          Wiki", "Campus Wiki", "SLO/Return", "SLO/Back"), Options{})
		updated, changed := Update(old, fresh)
		want := old
		want.MetadataXML = fresh.App.MetadataXML
		said := fresh.App.Settings
		want.Settings.ACS, want.Settings.SLO, want.Settings.Keys, want.Settings.Metadata = said.ACS, said.SLO, said.Keys, said.Metadata
		if d := cmp.Diff(want, updated); d != "" {
			t.Error(d)
		}
		for i, k := range changed {
			if at := strings.Index(k, "SHA-256 "); at > 0 {
				changed[i] = k[:at+12]
			}
		}
		if d := cmp.Diff([]string{
			"ACS 1: https://wiki.uni.example/Shibboleth.sso/SAML2/POST (HTTP-POST) -> https://wiki.uni.example/Shibboleth.sso/SAML2/NEW (HTTP-POST)",
			"ACS 2: https://wiki.uni.example/Shibboleth.sso/SAML2/POST-SimpleSign (HTTP-POST-SimpleSign), default false -> https://wiki.uni.example/Shibboleth.sso/SAML2/POST-SimpleSign (HTTP-POST-SimpleSign)",
			"SLO HTTP-Redirect: https://wiki.uni.example/Shibboleth.sso/SLO/Redirect, responses to https://wiki.uni.example/Shibboleth.sso/SLO/Return -> " +
				"https://wiki.uni.example/Shibboleth.sso/SLO/Redirect, responses to https://wiki.uni.example/Shibboleth.sso/SLO/Back",
			"signing key removed: SHA-256 " + fingerprint(t, "rsa3072")[:4],
			"encryption key added: SHA-256 " + fingerprint(t, "rsa3072")[:4],
			"display names changed",
		}, changed); d != "" {
			t.Error(d)
		}
	})
	t.Run("endpoints that come and go are named", func(t *testing.T) {
		_, changed := Update(kept(t, read(t, "adfs.xml")), mustImport(t, read(t, "minimal.xml"), Options{}))
		text := strings.Join(changed, "\n")
		for _, want := range []string{
			"entity ID: ", "ACS 1: https://fs.contoso.example/adfs/ls/ (HTTP-Artifact) -> none", "SLO HTTP-POST: https://fs.contoso.example/adfs/ls/ -> none",
			"signing key removed: SHA-256 ", "contacts changed", "signed assertions wanted changed",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		_, changed = Update(kept(t, read(t, "minimal.xml")), mustImport(t, read(t, "samlify.xml"), Options{}))
		text = strings.Join(changed, "\n")
		for _, want := range []string{"SLO HTTP-POST: none -> https://node.example/slo", "signed requests required: no -> yes"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
	})
	t.Run("a key that is gone from the metadata is gone from the app", func(t *testing.T) {
		doc := read(t, "shibboleth.xml")
		at := strings.Index(doc, `<md:KeyDescriptor use="signing">`)
		end := at + strings.Index(doc[at:], "</md:KeyDescriptor>") + len("</md:KeyDescriptor>")
		updated, changed := Update(kept(t, doc), mustImport(t, doc[:at]+doc[end:], Options{}))
		if len(updated.Settings.Keys) != 1 || len(changed) != 1 || changed[0] != "signing key removed: SHA-256 "+fingerprint(t, "rsa3072") {
			t.Errorf("%q", changed)
		}
	})
	t.Run("MD-06 an update neither stops the signature check nor brings plain http", func(t *testing.T) {
		updated, _ := Update(kept(t, read(t, "samlify.xml")), mustImport(t, edit(t, "samlify.xml", `AuthnRequestsSigned="true"`, `AuthnRequestsSigned="false"`), Options{}))
		if !updated.Settings.RequireSigned {
			t.Error("unsigned requests are accepted after the update")
		}
		refused(t, edit(t, "samlify.xml", "https://node.example/acs", "http://node.example/acs"), Options{}, "not encrypted")
	})
}

func fingerprint(t *testing.T, name string) string {
	t.Helper()
	return strings.TrimPrefix(keyNames([]apps.Key{{Certificate: testCert(t, name)}})[0], "key SHA-256 ")
}
