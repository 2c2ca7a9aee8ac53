package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/gallery"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

func TestGalleryIsListedSearchedAndDescribed(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	if out := s.ok("app", "templates"); !strings.Contains(out, "goto-meeting") || !strings.Contains(out, "entityId, acsUrl") {
		t.Error(out)
	}
	var found []gallery.Template
	s.json(&found, "app", "templates", "citrix", "gotomeeting")
	if len(found) != 1 || found[0].ID != "goto-meeting" {
		t.Errorf("found %+v", found)
	}
	out := s.ok("app", "templates", "goto-meeting")
	for _, word := range []string{"--variant citrix", "--set acsUrl=", "--set gotoCertificate=@FILE", "https://support.goto.com/", "1. Sign in"} {
		if !strings.Contains(out, word) {
			t.Errorf("%q is not in %s", word, out)
		}
	}
	if out := s.ok("app", "templates", "nothing like it"); !strings.Contains(out, "Nothing in the gallery") {
		t.Error(out)
	}
}

func TestAppFromTheGalleryShowsTheVendorsForm(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	if out := s.ok("app", "add", "--template", "goto-meeting"); !strings.Contains(out, "not there yet") {
		t.Errorf("promises a certificate that is not there: %s", out)
	}
	s.ok("metadata")
	pem := strings.TrimSpace(s.ok("cert", "export"))
	out, order := s.ok("app", "show", "goto-meeting"), 0
	for _, text := range []string{
		"At GoTo Meeting, Manual (Organization Center", "Sign-in page URL\n      https://login.example.org/saml/sso\n", "Sign-out page URL\n      https://login.example.org/",
		"Identity Provider Entity ID\n      https://login.example.org/saml/metadata\n", "Verification certificate\n      -----BEGIN CERTIFICATE-----\n",
		"At GoTo Meeting, Automatic", "Metadata URL\n      https://login.example.org/saml/metadata/goto-meeting\n",
	} {
		at := strings.Index(out[order:], text)
		if at < 0 {
			t.Fatalf("%q is not there, or not in its place: %s", text, out)
		}
		order += at
	}
	var v appView
	s.json(&v, "app", "show", "goto-meeting")
	if v.EntityID != "https://authentication.logmeininc.com/saml/sp" || v.Settings.Template != "goto-meeting" || v.Settings.TemplateVariant != "logmein" {
		t.Errorf("kept %+v", v)
	}
	if len(v.Forms) != 3 || v.Forms[0].Fields[5].Value != pem {
		t.Errorf("forms %+v, want the certificate %s", v.Forms, pem)
	}
}

func TestTemplateFieldsAreAskedForAndMixWithSettings(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	s.fails(exitFailed, args("app add --template atlassian-cloud"), "entityId", "acsUrl", "For example", "--set entityId=")
	s.fails(exitFailed, args("app add --template zendesk --set subdomain=a/b"), "Subdomain", "acme")
	s.fails(exitFailed, args("app add --template goto-meeting --variant fax"), "logmein")
	s.fails(exitFailed, args("app add --template goto-meeting --set gotoCertificate=@/nothing/there"), "no such file")
	var v appView
	s.json(&v, "app", "add", "--template", "zendesk", "--set", "subdomain=acme", "--set", "sign=assertion", "--set", "claim.role=groups", "--name", "Help Desk")
	if v.EntityID != "https://acme.zendesk.com" || v.Slug != "help-desk" || v.Settings.Sign != "assertion" || len(v.Settings.Claims) != 3 {
		t.Errorf("added %+v", v)
	}
	out := s.ok("app", "add", "--template", "github-enterprise-cloud", "--variant", "enterprise", "--set", "enterprise=acme")
	if !strings.Contains(out, "People can also start at https://github.com/enterprises/acme/sso") {
		t.Error(out)
	}
}

func TestTemplateReplacesAddressesAndKeepsTheRest(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	s.ok("app", "add", "--entity-id", "https://acme.service-now.com", "--acs", "https://acme.service-now.com/old", "--name", "Desk", "--set", "sign=response")
	s.fails(exitFailed, args("app add --template servicenow --set instance=acme"), "--replace")
	s.ok("app", "add", "--template", "servicenow", "--set", "instance=acme", "--replace")
	var v appView
	s.json(&v, "app", "show", "desk")
	if v.Name != "Desk" || v.Settings.Sign != "response" || v.Settings.Template != "servicenow" || len(v.Forms) != 2 ||
		v.Settings.ACS[0].Location != "https://acme.service-now.com/navpage.do" || v.Settings.SLO[0].Binding != saml.BindingRedirect {
		t.Errorf("kept %+v", v)
	}
}

func TestOwnTemplateIsTakenFromTheDataFolder(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := onServer(t).with("LANYARD_DATA_DIR=" + data)
	if err := os.Mkdir(filepath.Join(data, "gallery"), 0o700); err != nil {
		t.Fatal(err)
	}
	own := `{"format":1,"id":"our-wiki","name":"Our Wiki","vendor":"Us","categories":["Docs"],"summary":"Pages.",
		"sources":[{"label":"Manual","url":"https://wiki.example.org/manual"}],
		"variants":[{"id":"wiki","name":"Wiki","entityId":"urn:wiki","acs":["https://wiki.example.org/acs"]}],
		"nameId":{"format":"email"},"idpInitiated":true,
		"forms":[{"mode":"Form","fields":[{"label":"Issuer","value":"idp-entity-id"}]}],"guide":["Do it."]}`
	for name, text := range map[string]string{"our-wiki.json": own, "broken.json": "{"} {
		if err := os.WriteFile(filepath.Join(data, "gallery", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := s.run("", "app", "add", "--template", "our-wiki")
	if r.code != 0 || !strings.Contains(r.errs, "warning: broken.json") || !strings.Contains(r.out, "At Our Wiki, Form:\n  Issuer\n      https://login.example.org/saml/metadata\n") {
		t.Errorf("%+v", r)
	}
	if err := os.Remove(filepath.Join(data, "gallery", "our-wiki.json")); err != nil {
		t.Fatal(err)
	}
	if out := s.ok("app", "show", "our-wiki"); !strings.Contains(out, "Sign-in page URL:") {
		t.Errorf("without its template: %s", out)
	}
}
