package apps_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// good is an app that passes; each test spoils one thing.
func good() *apps.App {
	return &apps.App{Name: "Wiki", Slug: "wiki", EntityID: "https://wiki.example.org/saml", Settings: apps.Settings{
		ACS: []apps.Endpoint{{Binding: saml.BindingPOST, Location: "https://wiki.example.org/acs"}},
	}}
}

// field is what Validate complains about; "" when nothing.
func field(t *testing.T, a *apps.App) string {
	t.Helper()
	err := a.Validate()
	if err == nil {
		return ""
	}
	if !fault.Is(err, fault.Invalid) || fault.From(err).Field == "" {
		t.Errorf("%v is not about a field", err)
	}
	return fault.From(err).Field
}

func TestOnlyExactWebAddressesTakeAnswers(t *testing.T) {
	for _, location := range []string{
		"https://wiki.example.org/acs", "https://wiki.example.org:8443/acs?tenant=a&b=c%2Ad", "https://[2001:db8::1]/acs",
		"http://localhost:8080/acs", "http://127.0.0.1/acs", "http://127.8.9.1/acs", "http://[::1]:99/acs", "HTTPS://wiki.example.org",
	} {
		a := good()
		a.Settings.ACS[0].Location = location
		if got := field(t, a); got != "" {
			t.Errorf("%s is refused", location)
		}
	}
	for _, location := range []string{
		"", "/acs", "wiki.example.org/acs", "//wiki.example.org/acs", "https:wiki.example.org", "https:///acs", "https://",
		"http://wiki.example.org/acs", "http://127.0.0.1.example.org/", "http://localhost.example.org/", "http://2130706433/",
		"https://*.example.org/acs", "https://wiki.example.org/*", "https://wiki.example.org/acs#fragment", "https://wiki.example.org/acs#",
		"https://user:password@wiki.example.org/acs", "https://@wiki.example.org/acs", "https://wiki.example.org\\@evil.example/acs",
		"javascript:alert(1)", "JavaScript://wiki.example.org/%0aalert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x",
		"https://wiki.example.org/a b", "https://wiki.example.org/a\tb", "https://wiki.example.org/a\x00", "https://wiki.example.org/\u200b",
		"https://bücher.example/", "https://wiki.example.org:0/", "https://wiki.example.org:99999/", "https://wiki.example.org:port/",
		"https://wiki.example.org/\"><script>", "ftp://wiki.example.org/", "https://wiki.example.org/%zz",
		"https://wiki.example.org/" + strings.Repeat("a", 2048),
	} {
		for name, put := range map[string]func(*apps.App){
			"acs":          func(a *apps.App) { a.Settings.ACS[0].Location = location },
			"slo":          func(a *apps.App) { a.Settings.SLO = []apps.Endpoint{{Binding: saml.BindingPOST, Location: location}} },
			"metadata-url": func(a *apps.App) { a.Settings.MetadataURL = location },
		} {
			a := good()
			put(a)
			if got := field(t, a); got != name && (name != "metadata-url" || location != "") {
				t.Errorf("%s as %s: complaint about %q", location, name, got)
			}
		}
	}
}

func TestPlainHTTPBeyondLoopbackNeedsTheAdministratorsWord(t *testing.T) {
	a := good()
	a.Settings.ACS[0].Location = "http://wiki.example.org/acs"
	a.Settings.AllowHTTP = true
	if got := field(t, a); got != "" {
		t.Errorf("complaint about %q", got)
	}
	a.Settings.ACS[0].Location = "javascript:alert(1)"
	if got := field(t, a); got != "acs" {
		t.Errorf("complaint about %q", got)
	}
}

func TestEachWrongValueIsNamed(t *testing.T) {
	post := func(i int) apps.Endpoint {
		return apps.Endpoint{Binding: saml.BindingPOST, Location: "https://wiki.example.org/acs", Index: i}
	}
	claim := apps.Claim{Name: "mail", Source: apps.SourceEmail}
	for name, c := range map[string]struct {
		spoil func(*apps.App)
		field string
	}{
		"no name":                                 {func(a *apps.App) { a.Name = "" }, "name"},
		"control character":                       {func(a *apps.App) { a.Name = "a\x07" }, "name"},
		"slug with capitals":                      {func(a *apps.App) { a.Slug = "Wiki" }, "slug"},
		"slug with a path":                        {func(a *apps.App) { a.Slug = "a/b" }, "slug"},
		"slug like an ID":                         {func(a *apps.App) { a.Slug = "00000000-0000-0000-0000-000000000000" }, "slug"},
		"no entity ID":                            {func(a *apps.App) { a.EntityID = "" }, "entity-id"},
		"entity ID with a blank":                  {func(a *apps.App) { a.EntityID = "a b" }, "entity-id"},
		"entity ID of 1025":                       {func(a *apps.App) { a.EntityID = strings.Repeat("a", 1025) }, "entity-id"},
		"no ACS":                                  {func(a *apps.App) { a.Settings.ACS = nil }, "acs"},
		"only a redirect ACS":                     {func(a *apps.App) { a.Settings.ACS[0].Binding = saml.BindingRedirect }, "acs"},
		"no binding":                              {func(a *apps.App) { a.Settings.ACS[0].Binding = "" }, "acs"},
		"two ACS of one index":                    {func(a *apps.App) { a.Settings.ACS = []apps.Endpoint{post(1), post(1)} }, "acs"},
		"index below":                             {func(a *apps.App) { a.Settings.ACS[0].Index = -1 }, "acs"},
		"index above":                             {func(a *apps.App) { a.Settings.ACS[0].Index = 65536 }, "acs"},
		"wild response location":                  {func(a *apps.App) { a.Settings.ACS[0].ResponseLocation = "https://*/" }, "acs"},
		"short lifetime":                          {func(a *apps.App) { a.Settings.Lifetime = apps.Duration(59 * time.Second) }, "lifetime"},
		"long lifetime":                           {func(a *apps.App) { a.Settings.Lifetime = apps.Duration(61 * time.Minute) }, "lifetime"},
		"nothing signed":                          {func(a *apps.App) { a.Settings.Sign = "none" }, "sign"},
		"unknown method":                          {func(a *apps.App) { a.Settings.SignatureMethod = "http://www.w3.org/2000/09/xmldsig#dsa-sha1" }, "signature-algorithm"},
		"HMAC":                                    {func(a *apps.App) { a.Settings.SignatureMethod = "http://www.w3.org/2000/09/xmldsig#hmac-sha1" }, "signature-algorithm"},
		"format with a blank":                     {func(a *apps.App) { a.Settings.NameID.Format = "urn:a b" }, "nameid-format"},
		"format encrypted":                        {func(a *apps.App) { a.Settings.NameID.Format = saml.FormatEncrypted }, "nameid-format"},
		"source of NameID unknown":                {func(a *apps.App) { a.Settings.NameID.Source = "shoe-size" }, "source"},
		"NameID from groups":                      {func(a *apps.App) { a.Settings.NameID.Source = apps.SourceGroups }, "nameid-source"},
		"claim without name":                      {func(a *apps.App) { a.Settings.Claims = []apps.Claim{{Source: apps.SourceEmail}} }, "claim"},
		"claim from nowhere":                      {func(a *apps.App) { a.Settings.Claims = []apps.Claim{{Name: "x", Source: "nowhere"}} }, "claim.x"},
		"constant without value":                  {func(a *apps.App) { a.Settings.Claims = []apps.Claim{{Name: "x", Source: apps.SourceConstant}} }, "claim.x"},
		"claim twice":                             {func(a *apps.App) { a.Settings.Claims = []apps.Claim{claim, claim} }, "claim.mail"},
		"signed requests, no key":                 {func(a *apps.App) { a.Settings.RequireSigned = true }, "require-signed-requests"},
		"unreadable key":                          {func(a *apps.App) { a.Settings.Keys = []apps.Key{{PublicKey: []byte("x")}} }, "key"},
		"key for something else":                  {func(a *apps.App) { a.Settings.Keys = []apps.Key{{Use: "cooking"}} }, "key"},
		"RelayState with a newline":               {func(a *apps.App) { a.Settings.RelayState = "a\nb" }, "relay-state"},
		"CORE-35 our entity ID of 257 characters": {func(a *apps.App) { a.Settings.IdPEntityID = strings.Repeat("a", 257) }, "idp-entity-id"},
		"our entity ID with a blank":              {func(a *apps.App) { a.Settings.IdPEntityID = "a b" }, "idp-entity-id"},
	} {
		t.Run(name, func(t *testing.T) {
			a := good()
			c.spoil(a)
			if got := field(t, a); got != c.field {
				t.Errorf("complaint about %q", got)
			}
		})
	}
}

func TestNormalizeTrimsAndDropsDangerousLinks(t *testing.T) {
	a := &apps.App{EntityID: " https://wiki.example.org/saml\n", Settings: apps.Settings{
		ACS: []apps.Endpoint{{Binding: saml.BindingPOST, Location: "\thttps://wiki.example.org/acs "}},
		Metadata: apps.Described{
			Logos: []apps.Logo{
				{URL: "data:image/svg+xml,<svg onload=alert(1)>"},
				{URL: "https://wiki.example.org/logo.png"},
				{URL: "data:image/png;base64,AAAA"},
				{URL: "http://wiki.example.org/logo.png"},
				{URL: "data:image/png;base64,"},
				{URL: "data:image/png;base64," + strings.Repeat("A", 64<<10)},
			},
			PrivacyURLs: []apps.Localized{{Lang: "en", Value: "javascript:alert(1)"}},
			ErrorURL:    "vbscript:x",
		},
	}}
	a.Normalize()
	if err := a.Validate(); err != nil {
		t.Fatal(err)
	}
	want := &apps.App{
		Name: "https://wiki.example.org/saml", Slug: "https-wiki-example-org-saml", EntityID: "https://wiki.example.org/saml",
		Settings: apps.Settings{
			ACS: []apps.Endpoint{{Binding: saml.BindingPOST, Location: "https://wiki.example.org/acs"}},
			Metadata: apps.Described{
				Logos:       []apps.Logo{{URL: "https://wiki.example.org/logo.png"}, {URL: "data:image/png;base64,AAAA"}},
				PrivacyURLs: []apps.Localized{},
			},
		},
	}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Error(diff)
	}
}

func TestSlugStandsForTheName(t *testing.T) {
	for name, want := range map[string]string{
		"Citrix GoToMeeting": "citrix-gotomeeting", "  Café  Wiki (new)! ": "cafe-wiki-new", "日本語": "app", "": "app",
		"00000000-0000-0000-0000-000000000000": "app", strings.Repeat("ab-", 40): strings.TrimSuffix(strings.Repeat("ab-", 20), "-"),
	} {
		if got := apps.SlugFrom(name); got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
	}
}

func TestOnlyStrongKeysOfKnownKindsAreTaken(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0")
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	strong, _ := rsa.GenerateKey(rand.Reader, 2048)
	curve, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	edwards, _, _ := ed25519.GenerateKey(rand.Reader)
	for name, c := range map[string]struct {
		public any
		field  string
	}{
		"RSA 1024": {weak.Public(), "key"}, "RSA 2048": {strong.Public(), ""},
		"P-256": {curve.Public(), ""}, "Ed25519": {edwards, "key"},
	} {
		der, err := x509.MarshalPKIXPublicKey(c.public)
		if err != nil {
			t.Fatal(err)
		}
		a := good()
		a.Settings.Keys = []apps.Key{{PublicKey: der}}
		if got := field(t, a); got != c.field {
			t.Errorf("%s: complaint about %q", name, got)
		}
	}
}

func TestRefusedAddressSaysWhatIsWrongWithIt(t *testing.T) {
	for location, word := range map[string]string{
		"https://wiki.example.org/*":        "wildcard",
		"https://me@wiki.example.org/":      "user name",
		"https://wiki.example.org/#top":     "fragment",
		"http://wiki.example.org/":          "not encrypted",
		"javascript:alert(1)":               "not an absolute URL",
		"ftp://wiki.example.org/":           "https://",
		"https://wiki.example.org/a b":      `' '`,
		"https://bücher.example/":           "xn--",
		"https://wiki.example.org:99999/":   "not an absolute URL",
		"https://wiki.example.org/\u202eab": "percent-encoded",
	} {
		if err := apps.CheckURL("acs", location, false); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %v", location, err)
		}
	}
}
