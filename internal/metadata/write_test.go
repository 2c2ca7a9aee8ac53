package metadata

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml/samlsp"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/signer"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// testPair reads one of the key pairs that package signer is tested with: rsa, other (RSA too), p256.
func testPair(t testing.TB, name string) (crypto.Signer, []byte) {
	t.Helper()
	var der [2][]byte
	for i, ext := range []string{".key", ".crt"} {
		text, err := os.ReadFile(filepath.Join("..", "signer", "testdata", name+ext))
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode(text)
		der[i] = block.Bytes
	}
	private, err := x509.ParsePKCS8PrivateKey(der[0])
	if err != nil {
		t.Fatal(err)
	}
	return private.(crypto.Signer), der[1]
}

func testKey(t testing.TB, name string) *signer.Key {
	t.Helper()
	private, cert := testPair(t, name)
	k, err := signer.NewKey(name, private, cert)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// full is a document with everything in it.
func full(t testing.TB) Document {
	k := testKey(t, "rsa")
	return Document{
		EntityID: "https://idp.example/saml/metadata", SSO: "https://idp.example/saml/sso",
		Certificates:  [][]byte{k.Certificate(), testKey(t, "other").Certificate()},
		NameIDFormats: IssuedFormats(&apps.Settings{}), ErrorURL: "https://idp.example/error?code=ERRORURL_CODE&ts=ERRORURL_TS",
		DisplayNames:     []apps.Localized{{Lang: "en", Value: `Example <"&'> Ltd`}, {Lang: "de", Value: "Beispiel"}, {Lang: "en", Value: "twice"}},
		Logos:            []apps.Logo{{URL: "https://idp.example/logo.png", Width: 80, Height: 60}, {URL: "https://idp.example/unknown-size.png"}},
		Organization:     &Organization{Name: "Example", URL: "https://example/"},
		TechnicalContact: &apps.Contact{GivenName: "Ada", SurName: "Lovelace", Company: "Example", Emails: []string{"ada@example.org"}, Phones: []string{"+44 1"}},
		ValidUntil:       now.Add(time.Hour), Key: k,
	}
}

func bare(t testing.TB) Document {
	return Document{
		EntityID: "https://idp.example/saml/metadata", SSO: "https://idp.example/saml/sso", Certificates: [][]byte{testKey(t, "rsa").Certificate()},
		NameIDFormats: []saml.NameIDFormat{saml.FormatEmail},
	}
}

func mustWrite(t testing.TB, d Document) []byte {
	t.Helper()
	doc, err := Write(d)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// written reads a document back with the strict reader, and gives its role.
func written(t testing.TB, d Document) (entity, role *strictxml.Element) {
	t.Helper()
	entity, err := strictxml.Parse(mustWrite(t, d), limits)
	if err != nil {
		t.Fatal(err)
	}
	return entity, entity.Child(saml.NSMetadata, "IDPSSODescriptor")
}

// program runs a judge on octets; a machine without it fails the test and says what to install.
func program(t testing.TB, debianPackage string, stdin []byte, name string, args ...string) error {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatalf("%s is missing: apt-get install %s", name, debianPackage)
	}
	cmd := exec.Command(name, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

// schema pulls in the schemas of all that we write; inside of Extensions xmllint checks what it has a schema for.
const schema = `<schema xmlns="http://www.w3.org/2001/XMLSchema">
<import namespace="urn:oasis:names:tc:SAML:2.0:metadata" schemaLocation="file:///usr/share/xml/opensaml/saml-schema-metadata-2.0.xsd"/>
<import namespace="urn:oasis:names:tc:SAML:metadata:ui" schemaLocation="file:///usr/share/xml/opensaml/sstc-saml-metadata-ui-v1.0.xsd"/>
<import namespace="urn:oasis:names:tc:SAML:metadata:algsupport" schemaLocation="file:///usr/share/xml/opensaml/sstc-saml-metadata-algsupport-v1.0.xsd"/>
</schema>`

func schemaErrors(t testing.TB, doc []byte) error {
	t.Helper()
	for _, file := range []string{"/usr/share/xml/opensaml/saml-schema-metadata-2.0.xsd", "/usr/share/xml/xmltooling/xmldsig-core-schema.xsd"} {
		if _, err := os.Stat(file); err != nil {
			t.Fatalf("%v: apt-get install opensaml-schemas xmltooling-schemas", err)
		}
	}
	file := filepath.Join(t.TempDir(), "all.xsd")
	catalog, err := filepath.Abs("../../test/interop/catalog.xml")
	if err == nil {
		err = os.WriteFile(file, []byte(schema), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return program(t, "libxml2-utils", doc, "env", "XML_CATALOG_FILES="+catalog, "xmllint", "--nonet", "--noout", "--schema", file, "-")
}

func xmlsec(t testing.TB, key *signer.Key, doc []byte) error {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: key.Certificate()}), 0o600); err != nil {
		t.Fatal(err)
	}
	return program(t, "xmlsec1", doc, "xmlsec1", "--verify", "--enabled-key-data", "raw-x509-cert", "--pubkey-cert-pem", file, "--id-attr:ID", saml.NSMetadata+":EntityDescriptor", "-")
}

func goxmldsig(t testing.TB, key *signer.Key, doc []byte) error {
	t.Helper()
	cert, err := x509.ParseCertificate(key.Certificate())
	if err != nil {
		t.Fatal(err)
	}
	tree := etree.NewDocument()
	if err := tree.ReadFromBytes(doc); err != nil {
		t.Fatal(err)
	}
	_, err = dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}}).Validate(tree.Root())
	return err
}

func TestOthersReadOurMetadata(t *testing.T) {
	t.Run("MDP-21 the document is schema-valid", func(t *testing.T) {
		unsigned, logout := full(t), full(t)
		unsigned.Key = nil
		logout.SLO = []apps.Endpoint{{Binding: saml.BindingRedirect, Location: "https://idp.example/saml/slo", ResponseLocation: "https://idp.example/saml/slo/return"}}
		for name, d := range map[string]Document{"full": full(t), "unsigned": unsigned, "bare": bare(t), "with logout": logout} {
			if err := schemaErrors(t, mustWrite(t, d)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, broken := range []string{"md:NameIDFormat", "alg:DigestMethod Algorithm", "mdui:DisplayName"} {
			if schemaErrors(t, bytes.ReplaceAll(mustWrite(t, unsigned), []byte(broken), []byte(broken+"x"))) == nil {
				t.Errorf("the judge takes %sx", broken)
			}
		}
	})
	t.Run("MDP-14 signed metadata with validUntil verifies", func(t *testing.T) {
		for _, name := range []string{"rsa", "p256"} {
			d := full(t)
			d.Key = testKey(t, name)
			doc := mustWrite(t, d)
			for what, judge := range map[string]func(testing.TB, *signer.Key, []byte) error{"xmlsec1": xmlsec, "goxmldsig": goxmldsig} {
				if name == "p256" && what == "goxmldsig" {
					continue // it reads ECDSA values in another form than XML Signature has
				}
				if err := judge(t, d.Key, doc); err != nil {
					t.Errorf("%s %s: %v", what, name, err)
				}
				if judge(t, d.Key, bytes.Replace(doc, []byte("/saml/sso"), []byte("/saml/ssx"), 1)) == nil {
					t.Errorf("%s %s: a changed document verifies", what, name)
				}
				if judge(t, testKey(t, "other"), doc) == nil {
					t.Errorf("%s %s: another key verifies", what, name)
				}
			}
			if e, _ := written(t, d); text(e, "validUntil") != "2026-11-23T08:00:00Z" {
				t.Errorf("validUntil %q", text(e, "validUntil"))
			}
		}
	})
	t.Run("crewjam's service provider reads it", func(t *testing.T) {
		e, err := samlsp.ParseMetadata(mustWrite(t, full(t)))
		if err != nil {
			t.Fatal(err)
		}
		role := e.IDPSSODescriptors[0]
		if e.EntityID != "https://idp.example/saml/metadata" || len(role.SingleSignOnServices) != 2 || len(role.KeyDescriptors) != 2 {
			t.Errorf("%+v", e)
		}
	})
}

func TestOurMetadataTellsTheTruth(t *testing.T) {
	entity, role := written(t, full(t))
	t.Run("MDP-02 the signing certificates are there, the active one first", func(t *testing.T) {
		var got []string
		for _, k := range all(role, "KeyDescriptor") {
			if text(k, "use") != "signing" {
				t.Errorf("use %q", text(k, "use"))
			}
			got = append(got, k.Child(saml.NSDSig, "KeyInfo").Child(saml.NSDSig, "X509Data").Child(saml.NSDSig, "X509Certificate").Text)
		}
		want := []string{base64.StdEncoding.EncodeToString(testKey(t, "rsa").Certificate()), base64.StdEncoding.EncodeToString(testKey(t, "other").Certificate())}
		if !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
	})
	t.Run("MDP-15 no encryption key is published", func(t *testing.T) {
		for _, k := range all(role, "KeyDescriptor") {
			if use := text(k, "use"); use != "signing" {
				t.Errorf("use %q", use)
			}
		}
	})
	t.Run("MDP-04 display name and logo stand at the role", func(t *testing.T) {
		ui := extensions(role, nsUI, "UIInfo")
		if len(ui) != 1 || ui[0].Child(nsUI, "DisplayName").Text != `Example <"&'> Ltd` || len(ui[0].All(nsUI, "Logo")) != 1 {
			t.Errorf("%+v", ui)
		}
	})
	t.Run("MDP-22 every name has a language, and each language one name", func(t *testing.T) {
		var got []string
		for _, e := range extensions(role, nsUI, "UIInfo")[0].All(nsUI, "DisplayName") {
			got = append(got, lang(e))
		}
		o := entity.Child(saml.NSMetadata, "Organization")
		if !slices.Equal(got, []string{"en", "de"}) || lang(o.Children[0]) != "en" || lang(o.Children[1]) != "en" || lang(o.Children[2]) != "en" {
			t.Errorf("%q", got)
		}
	})
	t.Run("MDP-05 the technical contact has a mailto address", func(t *testing.T) {
		c := entity.Child(saml.NSMetadata, "ContactPerson")
		if text(c, "contactType") != "technical" || first(c, "EmailAddress") != "mailto:ada@example.org" {
			t.Errorf("%+v", c)
		}
	})
	t.Run("MDP-10 the NameID formats are those that are issued", func(t *testing.T) {
		var got []saml.NameIDFormat
		for _, f := range all(role, "NameIDFormat") {
			got = append(got, saml.NameIDFormat(f.Text))
		}
		if want := []saml.NameIDFormat{saml.FormatEmail, saml.FormatUnspecified, saml.FormatPersistent, saml.FormatTransient}; !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		for _, c := range []struct {
			rule saml.NameIDFormat
			list []saml.NameIDFormat
			want []saml.NameIDFormat
		}{
			{saml.FormatPersistent, nil, []saml.NameIDFormat{saml.FormatPersistent, saml.FormatEmail, saml.FormatUnspecified, saml.FormatTransient}},
			{saml.FormatWindows, nil, []saml.NameIDFormat{saml.FormatWindows, saml.FormatEmail, saml.FormatUnspecified, saml.FormatPersistent, saml.FormatTransient}},
			{"", []saml.NameIDFormat{saml.FormatKerberos, saml.FormatTransient}, []saml.NameIDFormat{saml.FormatTransient, saml.FormatEmail, saml.FormatUnspecified, saml.FormatPersistent}},
			{apps.FormatNone, nil, []saml.NameIDFormat{saml.FormatEmail, saml.FormatUnspecified, saml.FormatPersistent, saml.FormatTransient}},
		} {
			s := apps.Settings{NameID: apps.NameIDRule{Format: c.rule}, Metadata: apps.Described{NameIDFormats: c.list}}
			if got := IssuedFormats(&s); !slices.Equal(got, c.want) {
				t.Errorf("%s %s: %s", c.rule, c.list, got)
			}
		}
	})
	t.Run("MDP-18 WantAuthnRequestsSigned says whether unsigned requests are refused", func(t *testing.T) {
		d := full(t)
		d.WantAuthnRequestsSigned = true
		if _, signed := written(t, d); text(role, "WantAuthnRequestsSigned") != "false" || text(signed, "WantAuthnRequestsSigned") != "true" {
			t.Error("it does not")
		}
	})
	t.Run("MDP-19 only what is served is advertised", func(t *testing.T) {
		var got []string
		for _, e := range role.Children {
			if strings.HasSuffix(e.Local, "Service") {
				got = append(got, e.Local+" "+text(e, "Binding")+" "+text(e, "Location"))
			}
		}
		want := []string{"SingleSignOnService " + string(saml.BindingRedirect) + " https://idp.example/saml/sso", "SingleSignOnService " + string(saml.BindingPOST) + " https://idp.example/saml/sso"}
		if !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
	})
	t.Run("MDP-08 the accepted algorithms are published", func(t *testing.T) {
		if got := published(entity, "SigningMethod"); len(got) != len(accepted) || got[0] != string(saml.RSASHA256) || slices.Contains(got, string(saml.RSASHA1)) {
			t.Errorf("%q", got)
		}
		for _, m := range accepted {
			if !verifies(t, m) {
				t.Errorf("%s is published, but not verified", m)
			}
		}
	})
	t.Run("MDP-09 in order of preference, and enabled ones only", func(t *testing.T) {
		d := full(t)
		d.SignatureMethods = []saml.SignatureMethod{saml.RSASHA512, saml.ECDSASHA256, saml.RSASHA256}
		e, _ := written(t, d)
		if got := published(e, "SigningMethod"); !slices.Equal(got, []string{string(saml.RSASHA512), string(saml.ECDSASHA256), string(saml.RSASHA256)}) {
			t.Errorf("%q", got)
		}
		if got := published(e, "DigestMethod"); !slices.Equal(got, []string{string(saml.DigestSHA512), string(saml.DigestSHA256)}) {
			t.Errorf("%q", got)
		}
	})
	t.Run("a document that lacks what it needs is refused", func(t *testing.T) {
		for _, change := range []func(*Document){func(d *Document) { d.EntityID = "" }, func(d *Document) { d.SSO = "" }, func(d *Document) { d.Certificates = nil }} {
			d := full(t)
			change(&d)
			if _, err := Write(d); !fault.Is(err, fault.Invalid) {
				t.Error(err)
			}
		}
	})
}

func published(entity *strictxml.Element, local string) (got []string) {
	for _, e := range extensions(entity, nsAlgorithm, local) {
		got = append(got, text(e, "Algorithm"))
	}
	return got
}

// verifies says whether package signer takes this method.
func verifies(t *testing.T, m saml.SignatureMethod) bool {
	t.Helper()
	for _, name := range []string{"rsa", "p256"} {
		k := testKey(t, name)
		query, err := k.SignQuery("SAMLRequest=x", m)
		if err != nil {
			continue
		}
		octets, signature, _ := strings.Cut(query, "&Signature=")
		value, err := base64.StdEncoding.DecodeString(strings.NewReplacer("%2B", "+", "%2F", "/", "%3D", "=").Replace(signature))
		private, _ := testPair(t, name)
		return err == nil && signer.VerifyQuery(octets, m, value, signer.Trust{Keys: []crypto.PublicKey{private.Public()}}) == nil
	}
	return false
}

func TestStableContent(t *testing.T) {
	t.Run("MDP-13 the same content is the same document", func(t *testing.T) {
		once, again := full(t), full(t)
		if !bytes.Equal(mustWrite(t, once), mustWrite(t, again)) || ETag(once) != ETag(again) {
			t.Error("it differs")
		}
	})
	t.Run("other content has another ID and ETag", func(t *testing.T) {
		seen := map[string]bool{ETag(full(t)): true}
		for i, change := range []func(*Document){
			func(d *Document) { d.EntityID += "x" }, func(d *Document) { d.Certificates = d.Certificates[:1] }, func(d *Document) { d.ValidUntil = d.ValidUntil.Add(time.Hour) },
			func(d *Document) { d.WantAuthnRequestsSigned = true }, func(d *Document) { d.Key = testKey(t, "other") }, func(d *Document) { d.Key = nil },
			func(d *Document) { d.Organization = nil },
		} {
			d := full(t)
			change(&d)
			if tag := ETag(d); seen[tag] {
				t.Errorf("change %d is not seen", i)
			} else {
				seen[tag] = true
			}
			if e, _ := written(t, d); "W/\""+strings.TrimPrefix(text(e, "ID"), "_")+"\"" != ETag(d) {
				t.Errorf("ID %s", text(e, "ID"))
			}
		}
	})
}
