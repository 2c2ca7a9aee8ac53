package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// wikiMetadata is a service provider that takes answers at acs.
func wikiMetadata(acs string) string {
	return fmt.Sprintf(`<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://wiki.example.org/saml">
  <SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="%s" index="0"/>
  </SPSSODescriptor>
</EntityDescriptor>`, acs)
}

func TestAppIsAddedByHandAndChanged(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	var v appView
	s.json(&v, "app", "add", "--entity-id", "urn:wiki", "--acs", "https://wiki.example.org/1", "--acs", "https://wiki.example.org/2",
		"--name", "Our Wiki", "--set", "sign=assertion", "--set", "claim.mail=email")
	if v.Slug != "our-wiki" || v.Settings.Sign != apps.SignAssertion || len(v.Settings.ACS) != 2 || v.Settings.ACS[1].Index != 1 || *v.People != 0 {
		t.Errorf("added %+v", v)
	}
	want := apps.IdP{
		EntityID: "https://login.example.org/saml/metadata", SSOURL: "https://login.example.org/saml/sso",
		SignOutURL: "https://login.example.org/logout", MetadataURL: "https://login.example.org/saml/metadata/our-wiki",
	}
	if diff := cmp.Diff(want, v.IdP); diff != "" {
		t.Error(diff)
	}
	for _, ref := range []string{"our-wiki", "urn:wiki", string(v.ID)} {
		if out := s.ok("app", "show", ref); !strings.Contains(out, "Sign-in page URL:") || !strings.Contains(out, "https://wiki.example.org/2 (HTTP-POST, index 1)") {
			t.Errorf("%s: %s", ref, out)
		}
	}
	r := s.run("", "app", "set", "our-wiki", "signature-algorithm=rsa-sha1", "lifetime=2m")
	if r.code != 0 || !strings.Contains(r.errs, "warning: SHA-1") || !strings.Contains(r.out, "Changed: lifetime, signatureMethod.") {
		t.Errorf("%+v", r)
	}
	if out := s.ok("app", "set", "our-wiki", "lifetime=2m"); out != "Nothing changed.\n" {
		t.Errorf("printed %q", out)
	}
	var changed appView
	s.json(&changed, "app", "set", "our-wiki", "idp-entity-id=urn:us", "slug=wiki")
	if changed.Slug != "wiki" || changed.IdP.EntityID != "urn:us" || changed.Settings.SignatureMethod != saml.RSASHA1 || changed.Version != 3 {
		t.Errorf("changed to %+v", changed)
	}
	s.fails(exitFailed, args("app set wiki colour=red"), "There is no setting", "signature-algorithm")
	s.fails(exitFailed, args("app set wiki acs=javascript:alert(1)"), "javascript")
	s.fails(exitFailed, args("app set wiki acs=http://wiki.example.org/"), "https")
	s.fails(exitFailed, args("app add --entity-id urn:wiki --acs https://x.example.org/"), "--replace")
}

func TestAppComesFromFileAddressAndStandardInput(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	doc := wikiMetadata("https://wiki.example.org/acs")
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, doc) }))
	defer site.Close()
	for _, from := range []string{s.file("metadata.xml", doc), site.URL + "/metadata", "-"} {
		s.okWith(doc, "app", "add", "--metadata", from, "--name", "Wiki", "--slug", "docs")
		var v appView
		s.json(&v, "app", "show", "docs")
		if v.EntityID != "https://wiki.example.org/saml" || v.Name != "Wiki" || (v.Settings.MetadataURL != "") != strings.HasPrefix(from, "http") {
			t.Errorf("%s: added %+v", from, v)
		}
		s.ok("app", "remove", "docs")
	}
	s.fails(exitFailed, args("app add --metadata /nothing/there.xml"), "no such file")
	s.fails(exitFailed, []string{"app", "add", "--metadata", s.file("x.xml", "<html/>")}, "lanyard: ")
	s.fails(exitFailed, args("app add --template nothing"), "nothing")
}

func TestReplaceKeepsWhatTheAdministratorDecided(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	first, second := s.file("1.xml", wikiMetadata("https://wiki.example.org/1")), s.file("2.xml", wikiMetadata("https://wiki.example.org/2"))
	s.ok("app", "add", "--metadata", first, "--name", "Wiki", "--replace") // nothing to replace yet
	s.ok("app", "set", "wiki", "sign=response", "claim.role=groups")
	s.ok("app", "assign", "wiki", "--everyone")
	s.fails(exitFailed, []string{"app", "add", "--metadata", second}, "--replace", "wiki")

	if out := s.ok("app", "add", "--metadata", first, "--replace"); out != "Nothing changed: Wiki is as it was.\n" {
		t.Errorf("printed %q", out)
	}
	out := s.ok("app", "add", "--metadata", second, "--replace")
	if !strings.Contains(out, "https://wiki.example.org/1 (HTTP-POST) -> https://wiki.example.org/2") {
		t.Errorf("printed %s", out)
	}
	var v appView
	s.json(&v, "app", "show", "wiki")
	if v.Settings.ACS[0].Location != "https://wiki.example.org/2" || v.Settings.Sign != apps.SignResponse || v.Name != "Wiki" || len(v.Assigned) != 1 {
		t.Errorf("kept %+v", v)
	}
	s.ok("app", "add", "--entity-id", v.EntityID, "--acs", "https://wiki.example.org/3", "--replace", "--name", "Docs")
	s.json(&v, "app", "show", "wiki")
	if v.Settings.ACS[0].Location != "https://wiki.example.org/3" || v.Name != "Docs" || v.Settings.Sign != apps.SignResponse {
		t.Errorf("kept %+v", v)
	}
}

func TestAssignmentSaysHowManyPeopleItReaches(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	s.ok("app", "add", "--entity-id", "urn:wiki", "--acs", "https://wiki.example.org/", "--name", "Wiki")
	for _, name := range []string{"ada", "bob", "carol"} {
		s.ok("user", "add", name+"@example.org", "--username", name)
	}
	s.ok("group", "add", "Staff")
	s.ok("group", "member", "add", "Staff", "bob")
	says := func(want string, args ...string) {
		t.Helper()
		if out := s.ok(args...); out != want {
			t.Errorf("%v: printed %q", args, out)
		}
	}
	says("1 person can use Wiki.\n", "app", "assign", "wiki", "--user", "ada")
	says("2 people can use Wiki.\n", "app", "assign", "wiki", "--group", "Staff", "--user", "ada")
	says("3 people can use Wiki.\n", "app", "assign", "wiki", "--everyone")
	says("2 people can use Wiki.\n", "app", "unassign", "wiki", "--everyone")
	says("1 person can use Wiki.\n", "app", "unassign", "wiki", "--user", "ada")
	s.fails(exitUsage, args("app assign wiki"), "--everyone")
	s.fails(exitFailed, args("app assign wiki --user carol --user nobody"), `no user "nobody"`)
	var v appView
	s.json(&v, "app", "show", "wiki")
	if diff := cmp.Diff([]string{"group Staff"}, v.Assigned); diff != "" {
		t.Errorf("a failed command assigned somebody: %s", diff)
	}
	says("Wiki is disabled: nobody gets in.\n", "app", "disable", "wiki")
	if out := s.ok("app", "list"); !strings.Contains(out, "disabled") {
		t.Error(out)
	}
	says("Wiki is enabled.\n", "app", "enable", "wiki")
	says("Wiki is removed.\n", "app", "remove", "wiki")
	var list []appView
	s.json(&list, "app", "list")
	if len(list) != 0 {
		t.Errorf("listed %+v", list)
	}
}

func TestAppCertificateIsReadFromAFile(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	s.ok("app", "add", "--entity-id", "urn:wiki", "--acs", "https://wiki.example.org/", "--name", "Wiki")
	s.ok("metadata")
	pem := s.file("app.pem", s.ok("cert", "export"))
	s.fails(exitFailed, args("app set wiki require-signed-requests=yes"), "signing key of the app")
	var v appView
	s.json(&v, "app", "set", "wiki", "certificate=@"+pem, "require-signed-requests=yes")
	if len(v.Settings.Keys) != 1 || !v.Settings.RequireSigned {
		t.Errorf("kept %+v", v.Settings)
	}
	s.fails(exitFailed, args("app set wiki certificate=@/nothing/there"), "no such file")
}
