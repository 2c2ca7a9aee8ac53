package apps_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

func set(t *testing.T, a *apps.App, pairs ...string) []string {
	t.Helper()
	warnings, err := a.Set(pairs...)
	if err != nil {
		t.Fatalf("%v: %v", pairs, err)
	}
	a.Normalize()
	if err := a.Validate(); err != nil {
		t.Fatalf("%v: %v", pairs, err)
	}
	return warnings
}

func TestEachSettingIsSetByName(t *testing.T) {
	a := good()
	set(t, a, "name=Our Wiki", "slug=our-wiki", "entity-id=urn:wiki", "sign=assertion", "signature-algorithm=ecdsa-sha384", "lifetime=90s",
		"nameid-format=persistent", "nameid-source=attribute:employee", "allow-sha1=off", "idp-initiated=no", "relay-state=a=b&c",
		"idp-entity-id=urn:us", "typed-values=true", "hidden=yes",
		"claim.mail=email", "claim.role=constant:staff=1", "claim.mail=username",
		"acs=https://a.example/1", "acs+=https://a.example/2", "acs+=https://a.example/3", "acs-=https://a.example/2",
		"slo=https://a.example/slo?x=1", "slo+=post:https://a.example/slo", "slo+=soap:https://a.example/soap")
	want := &apps.App{Name: "Our Wiki", Slug: "our-wiki", EntityID: "urn:wiki", Settings: apps.Settings{
		ACS: []apps.Endpoint{{Binding: saml.BindingPOST, Location: "https://a.example/1"}, {Binding: saml.BindingPOST, Location: "https://a.example/3", Index: 2}},
		SLO: []apps.Endpoint{
			{Binding: saml.BindingRedirect, Location: "https://a.example/slo?x=1"},
			{Binding: saml.BindingPOST, Location: "https://a.example/slo"},
			{Binding: saml.BindingSOAP, Location: "https://a.example/soap"},
		},
		NameID: apps.NameIDRule{Format: saml.FormatPersistent, Source: "attribute:employee"},
		Claims: []apps.Claim{{Name: "mail", Source: apps.SourceUserName}, {Name: "role", Source: apps.SourceConstant, Constant: []string{"staff=1"}}},
		Sign:   apps.SignAssertion, SignatureMethod: saml.ECDSASHA384, Lifetime: apps.Duration(90 * time.Second),
		NoUnsolicited: true, RelayState: "a=b&c", IdPEntityID: "urn:us", TypedValues: true, HiddenFromPanel: true,
	}}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Error(diff)
	}
	set(t, a, "remove-claim=mail", "signature-algorithm=default", "nameid-format=urn:example:other", "slo=", "idp-initiated=yes")
	if s := a.Settings; len(s.Claims) != 1 || s.SignatureMethod != "" || s.NameID.Format != "urn:example:other" || s.SLO != nil || s.NoUnsolicited {
		t.Errorf("got %+v", s)
	}
}

func TestSigningCertificateIsReadInEachForm(t *testing.T) {
	pair, err := certs.Create(certs.ECP256, "wiki", certs.DefaultValidity, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []certs.Format{certs.PEM, certs.Base64, certs.DER} {
		text, _ := pair.Export(form)
		a := good()
		set(t, a, "certificate="+string(text), "require-signed-requests=yes")
		if len(a.Settings.Keys) != 1 || string(a.Settings.Keys[0].Certificate) != string(pair.Certificate.Certificate) {
			t.Errorf("%s: keys %v", form, a.Settings.Keys)
		}
		set(t, a, "certificate+="+string(text))
		if len(a.Settings.Keys) != 2 {
			t.Errorf("%s: %d keys after adding one", form, len(a.Settings.Keys))
		}
		set(t, a, "require-signed-requests=no", "certificate=")
		if len(a.Settings.Keys) != 0 {
			t.Errorf("%s: keys left", form)
		}
	}
}

func TestDangerousSettingsWarn(t *testing.T) {
	for pair, want := range map[string]int{
		"signature-algorithm=rsa-sha1": 1, "allow-sha1=yes": 1, "allow-http=yes": 1,
		"signature-algorithm=rsa-sha256": 0, "allow-sha1=no": 0, "allow-http=no": 0,
	} {
		if got := set(t, good(), pair); len(got) != want {
			t.Errorf("%s warns %q", pair, got)
		}
	}
}

func TestWrongSettingIsNamedWithWhatIsRight(t *testing.T) {
	for pair, want := range map[string]string{
		"colour=red":                 "signature-algorithm", // the list of all
		"colour":                     "name=Wiki",
		"claim.=email":               "needs a name",
		"claim.x=shoe-size":          "given-name",
		"remove-claim=x":             `"x"`,
		"name+=x":                    "no setting",
		"sign=all":                   "assertion, response or both",
		"signature-algorithm=md5":    "rsa-sha256",
		"lifetime=soon":              "5m",
		"nameid-format=mail":         "persistent",
		"nameid-source=shoe-size":    "attribute:NAME",
		"hidden=perhaps":             "hidden",
		"slo=nowhere":                "redirect:",
		"slo-=https://a.example/":    "no address",
		"certificate=nonsense":       "BEGIN CERTIFICATE",
		"allow-http=2":               "yes nor no",
		"acs-=https://not.example/x": "no address",
	} {
		_, err := good().Set(pair)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", pair, err)
		}
	}
}

func TestHelpNamesEverySetting(t *testing.T) {
	for _, key := range strings.Fields("name slug entity-id acs slo sign signature-algorithm lifetime nameid-format nameid-source " +
		"claim.NAME remove-claim require-signed-requests allow-sha1 allow-http idp-initiated relay-state idp-entity-id typed-values hidden") {
		if !strings.Contains(apps.SettingsHelp(), key+": ") {
			t.Errorf("%s is missing", key)
		}
	}
}
