package signer

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/beevik/etree"
	crewjam "github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

// Signatures that other programs make, in the styles that service providers have.

// template is a Signature for xmlsec1 to fill in.
type template struct {
	c14n, transform, prefixes, method, digest string
	keyInfo                                   bool
}

var usual = template{c14n: excC14N, transform: excC14N, method: string(saml.RSASHA256), digest: string(saml.DigestSHA256), keyInfo: true}

func (s template) String() string {
	list, keyInfo := "", ""
	if s.prefixes != "" {
		list = `<ec:InclusiveNamespaces xmlns:ec="` + excC14N + `" PrefixList="` + s.prefixes + `"/>`
	}
	if s.keyInfo {
		keyInfo = "<KeyInfo><X509Data/></KeyInfo>"
	}
	second := ""
	if s.transform != "" {
		second = `<Transform Algorithm='` + s.transform + `'>` + list + `</Transform>`
	}
	return `<Signature xmlns="` + saml.NSDSig + "\">\n  <SignedInfo>\n    <CanonicalizationMethod Algorithm='" + s.c14n + `'/><SignatureMethod Algorithm="` + s.method + `"/>
    <Reference URI="#_req"><Transforms><Transform Algorithm="` + enveloped + `"/>` + second + `</Transforms>
    <DigestMethod Algorithm="` + s.digest + `"/><DigestValue></DigestValue></Reference>
  </SignedInfo><SignatureValue></SignatureValue>` + keyInfo + `</Signature>`
}

// foreignRequest is an AuthnRequest as nobody of ours would write it.
func foreignRequest(signature string) string {
	return "\ufeff<?xml version='1.0' encoding='UTF-8'?>\n<!-- made by hand -->\n<ns0:AuthnRequest xmlns:ns0='" + saml.NSProtocol + `' xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:ns1="` + saml.NSAssertion + `"
    Version="2.0" ID='_req' IssueInstant="2026-03-14T15:09:26.535Z">
  <ns1:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">https://sp.example.com/métadata?a&amp;b</ns1:Issuer>` + signature + `
  <ns0:Extensions>
    <!-- between elements -->
    <x xmlns="urn:x" b="&quot;&#9;" a='"'><y xmlns=""><![CDATA[<text>]]></y></x>
  </ns0:Extensions>
  <ns0:NameIDPolicy/></ns0:AuthnRequest>
`
}

// xmlsecSigned lets xmlsec1 sign with one of our test keys.
func xmlsecSigned(t testing.TB, k *Key, doc string) string {
	t.Helper()
	out, err := program(t, "xmlsec1", []byte(doc), "xmlsec1", "--sign", "--privkey-pem", "testdata/"+k.ID+".key,testdata/"+k.ID+".crt",
		"--id-attr:ID", saml.NSProtocol+":AuthnRequest", "--id-attr:ID", saml.NSMetadata+":EntityDescriptor", "-")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestWhatXmlsecSignsVerifies(t *testing.T) {
	k, ec := testKey(t, "rsa"), testKey(t, "p256")
	styles := map[string]func(*template){
		"the usual": func(*template) {}, "without KeyInfo": func(s *template) { s.keyInfo = false },
		"prefix list": func(s *template) { s.prefixes = "xs ds saml #default" },
		"C14N 1.0":    func(s *template) { s.c14n, s.transform = c14N10, c14N10 }, "C14N 1.1": func(s *template) { s.c14n, s.transform = c14N11, c14N11 },
		"SHA-384":       func(s *template) { s.method, s.digest = string(saml.RSASHA384), string(saml.DigestSHA384) },
		"SHA-512":       func(s *template) { s.method, s.digest = string(saml.RSASHA512), string(saml.DigestSHA512) },
		"with comments": func(s *template) { s.transform = excC14NComment },
	}
	for name, style := range styles {
		t.Run(name, func(t *testing.T) {
			s := usual
			style(&s)
			got := accepted(t, xmlsecSigned(t, k, foreignRequest(s.String())), trustIn(testKey(t, "other"), k))
			if !strings.Contains(got, "&lt;text&gt;") || !strings.Contains(got, "métadata?a&amp;b") {
				t.Error(got)
			}
			if strings.Contains(got, "<!--") {
				t.Errorf("comments were read: %s", got)
			}
		})
	}
	t.Run("SIG-12 PrefixList is understood", func(t *testing.T) {
		s := usual
		s.prefixes = "ds saml samlp xs"
		got := accepted(t, xmlsecSigned(t, k, foreignRequest(s.String())), trustIn(k))
		if !strings.Contains(got, "xmlns:xs=") {
			t.Error(got) // nothing but the list makes xs part of what is signed
		}
	})
	t.Run("SIG-08 ECDSA with r and s side by side, both ways", func(t *testing.T) {
		s := usual
		s.method = string(saml.ECDSASHA256)
		accepted(t, xmlsecSigned(t, ec, foreignRequest(s.String())), trustIn(k, ec))
		ours := mustAppend(t, ec, testResponse(), choices["both"].with(saml.ECDSASHA256))
		for _, element := range []string{"Response", "Assertion"} {
			if err := xmlsec(t, ec, element, ours); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("SIG-07 RSA with SHA-256, both ways", func(t *testing.T) {
		accepted(t, xmlsecSigned(t, k, foreignRequest(usual.String())), trustIn(k))
		if err := xmlsec(t, k, "Response", mustAppend(t, k, testResponse(), choices["both"].with(saml.RSASHA256))); err != nil {
			t.Error(err)
		}
	})
	t.Run("SIG-05 without KeyInfo the key of metadata verifies", func(t *testing.T) {
		s := usual
		s.keyInfo = false
		doc := xmlsecSigned(t, k, foreignRequest(s.String()))
		accepted(t, doc, trustIn(k))
		rejected(t, "another key", doc, trustIn(testKey(t, "other")))
	})
	t.Run("SIG-06 KeyInfo never chooses trust", func(t *testing.T) {
		doc := xmlsecSigned(t, testKey(t, "other"), foreignRequest(usual.String()))
		accepted(t, doc, trustIn(testKey(t, "other")))
		rejected(t, "its own certificate", doc, trustIn(k))
	})
}

func TestOutOfDateCertificatesAreOnlyContainers(t *testing.T) {
	k := testKey(t, "rsa")
	accepted(t, goodRequest(t, k), Trust{Keys: trustIn(k).Keys}) // a Trust has no dates at all
}

// crewjam's samlsp signs with C14N 1.1.
func TestWhatCrewjamSignsVerifies(t *testing.T) {
	k := testKey(t, "rsa")
	cert, err := x509.ParseCertificate(k.cert)
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{dsig.RSASHA256SignatureMethod, dsig.RSASHA512SignatureMethod} {
		sp := crewjam.ServiceProvider{
			EntityID: "https://sp.example.com/metadata", Key: k.signer.(*rsa.PrivateKey), Certificate: cert, SignatureMethod: method,
			AcsURL: url.URL{Scheme: "https", Host: "sp.example.com", Path: "/acs"}, IDPMetadata: &crewjam.EntityDescriptor{},
		}
		req, err := sp.MakeAuthenticationRequest("https://idp.example.com/saml/sso", crewjam.HTTPPostBinding, crewjam.HTTPPostBinding)
		if err != nil {
			t.Fatal(err)
		}
		doc := etree.NewDocument()
		doc.SetRoot(req.Element())
		octets, err := doc.WriteToBytes()
		if err != nil {
			t.Fatal(err)
		}
		got := accepted(t, string(octets), trustIn(k))
		if !strings.Contains(got, "https://sp.example.com/acs") {
			t.Error(got)
		}
		rejected(t, "changed", strings.Replace(string(octets), "https://sp.example.com/acs", "https://evil.example/acs", 1), trustIn(k))
	}
}

// testMetadata has everything that makes canonical forms differ.
const testMetadata = `<?xml version="1.0"?>
<!-- ours -->
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute"
    ID="_meta" entityID="https://idp.example.com/saml/metadata?a&gt;b">
  <Extensions><mdattr:EntityAttributes><saml:Attribute Name="a" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">
    <saml:AttributeValue xsi:type="xs:string">v</saml:AttributeValue></saml:Attribute></mdattr:EntityAttributes></Extensions>
  <IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>MIIB</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.com/saml/sso"/>
  </IDPSSODescriptor>
</EntityDescriptor>
`

func TestSignedMetadata(t *testing.T) {
	for _, name := range []string{"rsa", "p256", "p384", "p521"} {
		k := testKey(t, name)
		for _, m := range k.Methods() {
			signed, err := k.SignDocument([]byte(testMetadata), m)
			if err != nil {
				t.Fatal(err)
			}
			if err := schemaErrors(t, "saml-schema-metadata-2.0.xsd", signed); err != nil {
				t.Errorf("%s: %v", m, err)
			}
			if a, _ := find(m); a.scheme == pss {
				rejected(t, "PSS", string(signed), trustIn(k)) // goxmldsig cannot verify it
				continue
			}
			for doc, want := range map[string]bool{string(signed): true, strings.Replace(string(signed), "saml/sso", "saml/ssx", 1): false} {
				if err := xmlsecMetadata(t, k, doc); (err == nil) != want {
					t.Errorf("%s: xmlsec1 says %v", m, err)
				}
				if _, err := VerifyDocument([]byte(doc), trustIn(k)); (err == nil) != want {
					t.Errorf("%s: VerifyDocument says %v", m, err)
				}
			}
		}
	}
}

func xmlsecMetadata(t *testing.T, k *Key, doc string) error {
	_, err := program(t, "xmlsec1", []byte(doc), "xmlsec1", "--verify", "--enabled-key-data", "raw-x509-cert", "--pubkey-cert-pem", "testdata/"+k.ID+".crt",
		"--id-attr:ID", saml.NSMetadata+":EntityDescriptor", "--node-xpath", "/*/*[local-name()='Signature']", "-")
	return err
}

func TestLargeMetadataVerifies(t *testing.T) {
	k := testKey(t, "rsa")
	var b strings.Builder
	b.WriteString(`<md:EntitiesDescriptor xmlns:md="` + saml.NSMetadata + `" ID="_all">`)
	for i := range 3000 {
		fmt.Fprintf(&b, `<md:EntityDescriptor ID="_%d" entityID="https://sp%d.example.com"><md:Extensions></md:Extensions></md:EntityDescriptor>`, i, i)
	}
	b.WriteString(`</md:EntitiesDescriptor>`)
	doc := signed(t, k, b.String())
	if got := accepted(t, doc, trustIn(k)); got != b.String() {
		t.Error("other octets")
	}
	rejected(t, "as a message", strings.ReplaceAll(doc, saml.NSMetadata, saml.NSProtocol), trustIn(k))
}

func TestSignDocumentRefusesWhatCannotBeSigned(t *testing.T) {
	k := testKey(t, "rsa")
	for _, doc := range []string{
		"", "text", "<a", `<a ID="_x"></a>`, `<a ID="1x"><b></b></a>`, `<a><b></b></a>`, `<a ID="a b"><b></b></a>`, "<a ID='_x'><b/></a><c/>",
		`<samlp:LogoutResponse xmlns:samlp="` + saml.NSProtocol + `" ID="_x"><samlp:Status></samlp:Status></samlp:LogoutResponse>`, goodRequest(t, k), `<!DOCTYPE a><a ID="_x"><b/></a>x`,
	} {
		got, err := k.SignDocument([]byte(doc), saml.RSASHA256)
		if got != nil {
			t.Errorf("%q: signed", doc)
		}
		wantInvalid(t, err)
	}
	_, err := k.SignDocument([]byte(testMetadata), saml.ECDSASHA256)
	wantInvalid(t, err)
}

func TestTooManyNamespacesAreRefused(t *testing.T) {
	k := testKey(t, "rsa")
	with := func(n int) string {
		var b bytes.Buffer
		for i := range n {
			fmt.Fprintf(&b, `<n%d:x xmlns:n%d="urn:%d">`, i, i, i)
		}
		for i := n - 1; i >= 0; i-- {
			fmt.Fprintf(&b, "</n%d:x>", i)
		}
		return b.String()
	}
	accepted(t, signed(t, k, request("_req", goodACS, with(40))), trustIn(k))
	t.Run("XML-07 fifty thousand namespaces, a hundred thousand attributes, deep nesting", func(t *testing.T) {
		var spaces, attributes strings.Builder
		for i := range 50000 {
			fmt.Fprintf(&spaces, ` xmlns:n%d="urn:%d"`, i, i)
			fmt.Fprintf(&attributes, ` a%d="" b%d=""`, i, i)
		}
		for _, start := range []string{"<x" + spaces.String() + ">", "<x" + attributes.String() + ">"} {
			rejected(t, "one element", swap(t, goodRequest(t, k), "</ds:Signature>", "</ds:Signature>"+start+"</x>"), trustIn(k))
		}
		rejected(t, "nesting", swap(t, goodRequest(t, k), "</ds:Signature>", "</ds:Signature>"+strings.Repeat("<x>", 200000)+strings.Repeat("</x>", 200000)), trustIn(k))
		many := strings.Replace(with(40), "<n0:x ", "<n0:x"+declared(30)+" ", 1)
		rejected(t, "down one path", redigest(t, k, swap(t, goodRequest(t, k), "</ds:Signature>", "</ds:Signature>"+many), request("_req", goodACS, with(40))), trustIn(k))
	})
}

// declared is n namespace declarations that nobody uses, so that exclusive canonicalization drops them.
func declared(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` xmlns:unused%d="urn:%d"`, i, i)
	}
	return b.String()
}
