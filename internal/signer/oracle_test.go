package signer

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/beevik/etree"
	crewjam "github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

// The judges of this file share no code with the writer: xmlsec1, xmllint, openssl, goxmldsig, crewjam's service provider.

// kinds are the shapes an answer can have.
func kinds() map[string]*saml.Response {
	typed, bare, anonymous, odd := testResponse(), testResponse(), testResponse(), testResponse()
	typed.Assertion.TypedValues = true
	bare.InResponseTo, bare.Assertion.InResponseTo, bare.Assertion.Attributes = "", "", nil
	bare.Assertion.SessionIndex, bare.Assertion.SessionNotOnOrAfter, bare.Assertion.Context = "", time.Time{}, ""
	anonymous.Assertion.Subject = saml.NameID{}
	odd.Issuer, odd.Assertion.Issuer = "https://idp.example.com/a&b", "https://idp.example.com/a&b"
	odd.Assertion.Subject = saml.NameID{Value: "\t<>&\r\n\"' 😀"}
	return map[string]*saml.Response{"full": testResponse(), "typed": typed, "unsolicited": bare, "anonymous": anonymous, "odd": odd, "refusal": testRefusal()}
}

var choices = map[string]Choice{"assertion": {Assertion: true}, "response": {Response: true}, "both": {Assertion: true, Response: true}}

// eachSigned makes every kind with every method and every choice.
func eachSigned(t *testing.T, do func(t *testing.T, k *Key, m saml.SignatureMethod, kind string, signed []string, doc []byte)) {
	for _, name := range []string{"rsa", "p256", "p384", "p521"} {
		k := testKey(t, name)
		methods := k.Methods()
		if name == "rsa" {
			methods = append(methods, saml.RSASHA1)
		}
		for _, m := range methods {
			for kind, r := range kinds() {
				for choice, c := range choices {
					c.Method = m
					var signed []string
					if c.Response || r.Assertion == nil {
						signed = append(signed, "Response")
					}
					if c.Assertion && r.Assertion != nil {
						signed = append(signed, "Assertion")
					}
					t.Run(fmt.Sprintf("%s %s %s %s", name, filepath.Base(string(m)), kind, choice), func(t *testing.T) {
						t.Parallel()
						do(t, k, m, kind, signed, mustAppend(t, k, r, c))
					})
				}
			}
		}
	}
}

// program runs a judge on octets; a machine without it fails the test and says what to install.
func program(t testing.TB, debianPackage string, stdin []byte, name string, args ...string) ([]byte, error) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatalf("%s is missing: apt-get install %s", name, debianPackage)
	}
	cmd := exec.Command(name, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		return out.Bytes(), fmt.Errorf("%s: %w: %s", name, err, problems.Bytes())
	}
	return out.Bytes(), nil
}

// xmlsec lets xmlsec1 verify the signature of one element, under one certificate.
func xmlsec(t testing.TB, k *Key, element string, doc []byte) error {
	path := map[string]string{"Response": "/*", "Assertion": "/*/*[local-name()='Assertion']"}[element]
	_, err := program(t, "xmlsec1", doc, "xmlsec1", "--verify", "--enabled-key-data", "raw-x509-cert", "--pubkey-cert-pem", "testdata/"+k.ID+".crt",
		"--id-attr:ID", saml.NSProtocol+":Response", "--id-attr:ID", saml.NSAssertion+":Assertion", "--node-xpath", path+"/*[local-name()='Signature']", "-")
	return err
}

func TestXmlsecAcceptsWhatWeSignAndNothingElse(t *testing.T) {
	eachSigned(t, func(t *testing.T, k *Key, m saml.SignatureMethod, kind string, signed []string, doc []byte) {
		if a, _ := find(m); a.scheme == pss {
			opensslPSS(t, k, a, doc)
			return
		}
		for _, element := range signed {
			if err := xmlsec(t, k, element, doc); err != nil {
				t.Errorf("%s: %v", element, err)
			}
			if kind != "full" && kind != "refusal" {
				continue // one flipped octet of each structure is enough
			}
			if err := xmlsec(t, k, element, flipped(doc)); err == nil {
				t.Errorf("%s: accepted with one octet changed", element)
			}
		}
	})
}

// flipped changes one octet that every signature of the document covers: in the assertion, or in the status of a refusal.
func flipped(doc []byte) []byte {
	out := bytes.Clone(doc)
	for _, mark := range []string{"cm:bearer", "status:"} {
		if i := bytes.Index(out, []byte(mark)); i >= 0 {
			out[i+len(mark)-1] ^= 1
			return out
		}
	}
	panic("nothing to change")
}

// opensslPSS checks what xmlsec1 1.2 cannot: it cuts SignedInfo out and gives it to openssl.
func opensslPSS(t *testing.T, k *Key, a *algorithm, doc []byte) {
	t.Helper()
	tree := etree.NewDocument()
	if err := tree.ReadFromBytes(doc); err != nil {
		t.Fatal(err)
	}
	sig := tree.FindElement("//ds:Signature")
	canonical := bytes.Replace(cut(t, doc, "<ds:SignedInfo>", "</ds:SignedInfo>"), []byte("<ds:SignedInfo>"), []byte(signedInfoAlone), 1)
	value, err := base64.StdEncoding.DecodeString(sig.SelectElement("ds:SignatureValue").Text())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	public, err := x509.MarshalPKIXPublicKey(k.signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	for name, octets := range map[string][]byte{"key": public, "value": value} {
		if err := os.WriteFile(filepath.Join(dir, name), octets, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	verify := func(data []byte) error {
		_, err := program(t, "openssl", data, "openssl", "dgst", "-"+a.hash.String()[:3]+a.hash.String()[4:], "-keyform", "DER", "-verify", filepath.Join(dir, "key"),
			"-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest", "-signature", filepath.Join(dir, "value"))
		return err
	}
	if err := verify(canonical); err != nil {
		t.Error(err)
	}
	if verify(append(canonical, ' ')) == nil {
		t.Error("openssl accepts anything")
	}
}

func cut(t testing.TB, doc []byte, from, to string) []byte {
	t.Helper()
	i, j := bytes.Index(doc, []byte(from)), bytes.Index(doc, []byte(to))
	if i < 0 || j < i {
		t.Fatalf("no %s in %s", from, doc)
	}
	return bytes.Clone(doc[i : j+len(to)])
}

// schemaErrors lets xmllint judge by the OASIS schemas, without a network.
func schemaErrors(t testing.TB, schema string, doc []byte) error {
	t.Helper()
	file := "/usr/share/xml/opensaml/" + schema
	if _, err := os.Stat(file); err != nil {
		t.Fatalf("%v: apt-get install opensaml-schemas xmltooling-schemas", err)
	}
	catalog, err := filepath.Abs("../../test/interop/catalog.xml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Setenv("XML_CATALOG_FILES", catalog); err != nil {
		t.Fatal(err)
	}
	_, err = program(t, "libxml2-utils", doc, "xmllint", "--nonet", "--noout", "--schema", file, "-")
	return err
}

func TestEveryDocumentFitsTheSchemas(t *testing.T) {
	k := testKey(t, "rsa")
	t.Run("CORE-29 all output is schema-valid", func(t *testing.T) {
		for kind, r := range kinds() {
			for choice, c := range choices {
				c.Method = saml.RSASHA256
				if err := schemaErrors(t, "saml-schema-protocol-2.0.xsd", mustAppend(t, k, r, c)); err != nil {
					t.Errorf("%s %s: %v", kind, choice, err)
				}
			}
		}
		broken := bytes.Replace(mustAppend(t, k, testRefusal(), choices["response"].with(saml.RSASHA256)), []byte("<samlp:Status>"), []byte("<samlp:State>"), 1)
		broken = bytes.Replace(broken, []byte("</samlp:Status>"), []byte("</samlp:State>"), 1)
		if schemaErrors(t, "saml-schema-protocol-2.0.xsd", broken) == nil {
			t.Error("the judge accepts anything")
		}
	})
}

func (c Choice) with(m saml.SignatureMethod) Choice {
	c.Method = m
	return c
}

func TestGoxmldsigAcceptsBothSignatures(t *testing.T) {
	k := testKey(t, "rsa")
	for _, m := range []saml.SignatureMethod{saml.RSASHA1, saml.RSASHA256, saml.RSASHA384, saml.RSASHA512} {
		for kind, r := range kinds() {
			if r.Assertion == nil {
				continue
			}
			doc := etree.NewDocument()
			if err := doc.ReadFromBytes(mustAppend(t, k, r, choices["both"].with(m))); err != nil {
				t.Fatal(err)
			}
			for _, el := range []*etree.Element{doc.Root(), doc.Root().SelectElement("saml:Assertion")} {
				if err := goxmldsigVerify(t, k, el); err != nil {
					t.Errorf("%s %s %s: %v", m, kind, el.Tag, err)
				}
			}
		}
	}
}

func goxmldsigVerify(t *testing.T, k *Key, el *etree.Element) error {
	t.Helper()
	cert, err := x509.ParseCertificate(k.cert)
	if err != nil {
		t.Fatal(err)
	}
	_, err = dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}}).Validate(el)
	return err
}

// crewjamProvider is a service provider that expects testResponse.
func crewjamProvider(t testing.TB, k *Key, r *saml.Response) *crewjam.ServiceProvider {
	t.Helper()
	acs, err := url.Parse(r.Destination)
	if err != nil {
		t.Fatal(err)
	}
	crewjam.TimeNow = func() time.Time { return testNow }
	t.Cleanup(func() { crewjam.TimeNow = time.Now })
	return &crewjam.ServiceProvider{
		EntityID: "https://sp.example.com/metadata", AcsURL: *acs, AllowIDPInitiated: r.InResponseTo == "",
		IDPMetadata: &crewjam.EntityDescriptor{EntityID: r.Issuer, IDPSSODescriptors: []crewjam.IDPSSODescriptor{{SSODescriptor: crewjam.SSODescriptor{
			RoleDescriptor: crewjam.RoleDescriptor{KeyDescriptors: []crewjam.KeyDescriptor{{Use: "signing", KeyInfo: crewjam.KeyInfo{
				X509Data: crewjam.X509Data{X509Certificates: []crewjam.X509Certificate{{Data: k.certText}}},
			}}}},
		}}}},
	}
}

func TestCrewjamServiceProviderAccepts(t *testing.T) {
	k := testKey(t, "rsa")
	for kind, r := range kinds() {
		for choice, c := range choices {
			sp := crewjamProvider(t, k, r)
			doc := mustAppend(t, k, r, c.with(saml.RSASHA256))
			got, err := sp.ParseXMLResponse(doc, []string{r.InResponseTo}, sp.AcsURL)
			if r.Assertion == nil {
				if err == nil {
					t.Errorf("%s %s: a refusal was taken for a sign-in", kind, choice)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s %s: %v", kind, choice, err.(*crewjam.InvalidResponseError).PrivateErr)
				continue
			}
			if got.ID != r.Assertion.ID {
				t.Errorf("%s %s: read assertion %q", kind, choice, got.ID)
			}
			if _, err := sp.ParseXMLResponse(flipped(doc), []string{r.InResponseTo}, sp.AcsURL); err == nil {
				t.Errorf("%s %s: accepted with one octet changed", kind, choice)
			}
		}
	}
}
