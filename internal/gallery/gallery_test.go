package gallery

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

var update = flag.Bool("update", false, "write golden files")

func load(t *testing.T) []Template {
	t.Helper()
	all, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func find(t *testing.T, id string) *Template {
	t.Helper()
	found, err := ByID(load(t), id)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Load has checked every rule of the format. These are what an app of the examples is in the end.
func TestEveryTemplateMakesAnAppInEveryVariant(t *testing.T) {
	t.Parallel()
	all := load(t)
	if len(all) < 12 {
		t.Errorf("the gallery has %d apps", len(all))
	}
	for i := range all {
		tpl := &all[i]
		for _, v := range tpl.Variants {
			a, err := tpl.App(tpl.examples(v.ID), v.ID)
			if err != nil {
				t.Errorf("%s %s: %v", tpl.ID, v.ID, err)
				continue
			}
			if a.Settings.Template != tpl.ID || a.Settings.TemplateVariant != v.ID || !a.Enabled || a.Name != tpl.Name {
				t.Errorf("%s %s: made %+v", tpl.ID, v.ID, a)
			}
			for _, text := range append(endpoints(&a), a.EntityID, a.Settings.RelayState) {
				if strings.ContainsAny(text, "{}") {
					t.Errorf("%s %s: %q has a hole", tpl.ID, v.ID, text)
				}
			}
			if a.Settings.SignatureMethod == saml.RSASHA1 || a.Settings.AllowSHA1 {
				t.Errorf("%s %s asks for SHA-1", tpl.ID, v.ID)
			}
		}
	}
}

func endpoints(a *apps.App) (locations []string) {
	for _, e := range slices.Concat(a.Settings.ACS, a.Settings.SLO) {
		locations = append(locations, e.Location)
	}
	return locations
}

// A claim and a box of the form that names it have to agree, or the vendor reads nothing.
func TestFormsNameOnlyClaimsThatTheTemplateKnows(t *testing.T) {
	t.Parallel()
	for _, tpl := range load(t) {
		for _, form := range tpl.Forms {
			if form.Mode != "SAML Response Mapping" && form.Mode != "Map IdP Attributes" && form.Mode != "Map attributes" {
				continue
			}
			for _, f := range form.Fields {
				if !slices.ContainsFunc(tpl.Claims, func(c Claim) bool { return c.Name == f.Text && !c.Off }) {
					t.Errorf("%s: the form says %q, which is no claim", tpl.ID, f.Text)
				}
			}
		}
	}
}

func TestGoToMeetingNeedsNothingTyped(t *testing.T) {
	t.Parallel()
	a, err := find(t, "goto-meeting").App(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	want := apps.App{
		Slug: "goto-meeting", Name: "GoTo Meeting", EntityID: "https://authentication.logmeininc.com/saml/sp", Enabled: true,
		Settings: apps.Settings{
			ACS:    []apps.Endpoint{{Binding: saml.BindingPOST, Location: "https://authentication.logmeininc.com/saml/acs"}},
			NameID: apps.NameIDRule{Format: saml.FormatEmail, Source: apps.SourceEmail}, Sign: apps.SignBoth,
			RelayState: "https://global.gotomeeting.com", Template: "goto-meeting", TemplateVariant: "logmein",
		},
	}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Error(diff)
	}
}

func TestGoToMeetingHasItsThreeErasNewestFirst(t *testing.T) {
	t.Parallel()
	tpl := find(t, "goto-meeting")
	var ids []string
	for _, v := range tpl.Variants {
		ids = append(ids, v.EntityID)
	}
	want := []string{"http://identity.goto.com/saml/sp", "https://authentication.logmeininc.com/saml/sp", "https://login.citrixonline.com/saml/sp"}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Error(diff)
	}
	a, err := tpl.App(map[string]string{"acsUrl": "https://sp.example.com/acs", "product": "https://global.gotowebinar.com"}, "goto")
	if err != nil || a.Settings.ACS[0].Location != "https://sp.example.com/acs" || a.Settings.RelayState != "https://global.gotowebinar.com" {
		t.Errorf("%+v %v", a.Settings, err)
	}
	a, err = tpl.App(nil, "citrix")
	if err != nil || len(a.Settings.ACS) != 6 || a.Settings.ACS[5].Index != 5 {
		t.Errorf("%+v %v", a.Settings, err)
	}
}

// The form is what people copy: a changed word or order has to be seen.
func TestGoToMeetingFormIsInTheVendorsWordsAndOrder(t *testing.T) {
	t.Parallel()
	ours := map[Bind]string{
		BindEntityID: "https://login.example.org/saml/metadata", BindSSO: "https://login.example.org/saml/sso",
		BindSignOut: "https://login.example.org/saml/slo", BindMetadataURL: "https://login.example.org/saml/metadata/goto-meeting",
		BindMetadataXML: "(file)", BindPEM: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
	}
	var b strings.Builder
	for _, mode := range []string{"", "Automatic", "Upload SAML metadata file"} {
		fields, err := find(t, "goto-meeting").Form(mode, "", ours)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "[%s]\n", mode)
		for _, f := range fields {
			fmt.Fprintf(&b, "%s (%s): %s\n", f.Label, f.Bind, f.Value)
		}
	}
	golden(t, "goto-meeting.form", b.String())
	if format := find(t, "goto-meeting").CertificateFormat(""); format != "pem" {
		t.Errorf("offers %q first", format)
	}
	if _, err := find(t, "goto-meeting").Form("By fax", "", ours); !fault.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryMissingFieldIsNamedWithHelpAndExample(t *testing.T) {
	t.Parallel()
	tpl := find(t, "atlassian-cloud")
	_, err := tpl.App(nil, "")
	f := fault.From(err)
	if f.Kind != fault.Invalid || f.Field != "entityId" {
		t.Fatalf("%+v", f)
	}
	for _, field := range tpl.Fields {
		for _, part := range []string{field.Key + ": " + field.Label, field.Help, field.Key + "=" + field.Example} {
			if !strings.Contains(f.Message, part) {
				t.Errorf("%q is not in %q", part, f.Message)
			}
		}
	}
}

func TestWrongValuesAreRefusedBesideTheirField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		template, variant, field, value, words string
	}{
		{"zendesk", "", "subdomain", "acme.evil.example/", "Subdomain"},
		{"zendesk", "", "subdomain", "acme\nx", "Subdomain"},
		{"zendesk", "", "colour", "red", "no field"},
		{"goto-meeting", "", "product", "https://evil.example", "GoTo Webinar"},
		{"goto-meeting", "", "gotoCertificate", "nonsense", "Certificate of GoTo"},
		{"goto-meeting", "fax", "", "", "logmein"},
		{"gitlab", "", "baseUrl", "http://gitlab.example.com", "Address of GitLab"},
		{"gitlab", "", "baseUrl", "https://gitlab.example.com/", "Address of GitLab"},
		{"box", "", "subdomain", "a b", "Subdomain"},
	} {
		values := map[string]string{c.field: c.value}
		if c.field == "" {
			values = nil
		}
		_, err := find(t, c.template).App(values, c.variant)
		f := fault.From(err)
		wantField := c.field
		if wantField == "" {
			wantField = "variant"
		}
		if err == nil || f.Kind != fault.Invalid || f.Field != wantField || !strings.Contains(f.Message, c.words) {
			t.Errorf("%+v: %+v", c, f)
		}
	}
}

func TestStartPageIsEmptyWhenItsFieldIs(t *testing.T) {
	t.Parallel()
	tpl := find(t, "dropbox")
	if u, err := tpl.SignOnURL(nil, ""); u != "" || err != nil {
		t.Errorf("%q %v", u, err)
	}
	if u, err := tpl.SignOnURL(map[string]string{"ssoId": "123"}, ""); u != "https://www.dropbox.com/sso/123" || err != nil {
		t.Errorf("%q %v", u, err)
	}
}

func TestFieldsAreAskedOnlyWhereTheyMatter(t *testing.T) {
	t.Parallel()
	for variant, want := range map[string]string{"goto": "acsUrl product gotoCertificate", "logmein": "product gotoCertificate", "citrix": "gotoCertificate"} {
		fields, err := find(t, "goto-meeting").FieldsOf(variant)
		var keys []string
		for _, f := range fields {
			keys = append(keys, f.Key)
		}
		if got := strings.Join(keys, " "); got != want || err != nil {
			t.Errorf("%s: asks for %s (%v), want %s", variant, got, err, want)
		}
	}
}

func TestClaimsThatAreOffAreNotSent(t *testing.T) {
	t.Parallel()
	a, err := find(t, "aws-iam").App(map[string]string{"roleAttribute": "role"}, "")
	if err != nil {
		t.Fatal(err)
	}
	want := []apps.Claim{
		{Name: "https://aws.amazon.com/SAML/Attributes/Role", NameFormat: saml.NameURI, Source: "attribute:role", Required: true},
		{Name: "https://aws.amazon.com/SAML/Attributes/RoleSessionName", NameFormat: saml.NameURI, Source: "email", Required: true},
	}
	if diff := cmp.Diff(want, a.Settings.Claims); diff != "" {
		t.Error(diff)
	}
}

func TestOneAppDoesNotChangeTheNext(t *testing.T) {
	t.Parallel()
	tpl := find(t, "zoom")
	first, err := tpl.App(map[string]string{"vanity": "one"}, "")
	if err != nil {
		t.Fatal(err)
	}
	first.Settings.Claims[0].Name, first.Settings.ACS[0].Location = "x", "x"
	second, err := tpl.App(map[string]string{"vanity": "two"}, "")
	if err != nil || second.Settings.Claims[0].Name != "email" || second.Settings.ACS[0].Location != "https://two.zoom.us/saml/SSO" {
		t.Errorf("%+v %v", second.Settings, err)
	}
}

// What Parse takes it writes the same way: the format holds nothing that we drop.
func TestTemplatesSurviveJSON(t *testing.T) {
	t.Parallel()
	for _, tpl := range load(t) {
		text, err := json.Marshal(tpl)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(tpl.ID+".json", text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tpl, again); diff != "" {
			t.Error(diff)
		}
	}
}
