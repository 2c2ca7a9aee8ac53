package interop

import (
	"encoding/base64"
	"encoding/pem"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/beevik/etree"
)

const (
	responseElement  = "urn:oasis:names:tc:SAML:2.0:protocol:Response"
	assertionElement = "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"
)

// mustBeSigned asks xmlsec1 whether the identity provider's certificate verifies each signature that a path names.
func mustBeSigned(t *testing.T, xml, metadata string, paths ...string) {
	t.Helper()
	dir := t.TempDir()
	document, cert := filepath.Join(dir, "response.xml"), filepath.Join(dir, "idp.crt")
	mustNot(t, os.WriteFile(document, []byte(xml), 0o600))
	mustNot(t, os.WriteFile(cert, signingCertificate(t, metadata), 0o600))
	for _, path := range paths {
		output, err := exec.Command("xmlsec1", "--verify", "--enabled-key-data", "x509", "--pubkey-cert-pem", cert,
			"--id-attr:ID", responseElement, "--id-attr:ID", assertionElement, "--node-xpath", path, document).CombinedOutput()
		if err != nil {
			t.Errorf("xmlsec1 (Debian package xmlsec1) does not verify %s: %v\n%s\n%s", path, err, output, xml)
		}
	}
}

// signingCertificate is the first one for signing in the metadata at the address, as PEM.
func signingCertificate(t *testing.T, address string) []byte {
	t.Helper()
	response, err := http.Get(address)
	mustNot(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	mustNot(t, err)
	doc := etree.NewDocument()
	mustNot(t, doc.ReadFromBytes(body))
	for _, key := range doc.FindElements("//KeyDescriptor") {
		if key.SelectAttrValue("use", "signing") != "signing" {
			continue
		}
		text := strings.Join(strings.Fields(key.FindElement(".//X509Certificate").Text()), "")
		der, err := base64.StdEncoding.DecodeString(text)
		mustNot(t, err)
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	t.Fatalf("%s publishes no certificate for signing:\n%s", address, body)
	return nil
}
