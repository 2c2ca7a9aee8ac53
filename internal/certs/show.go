package certs

import (
	"crypto/sha1" // what many consoles show to compare by; nothing relies on it
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// X509 is the certificate parsed.
func (c *Certificate) X509() (*x509.Certificate, error) {
	parsed, err := x509.ParseCertificate(c.Certificate)
	if err != nil {
		return nil, fmt.Errorf("certificate %s: %w", c.ID, err)
	}
	return parsed, nil
}

// SHA1 is the fingerprint in lower-case hex without separators, as Entra writes thumbprints.
func (c *Certificate) SHA1() string {
	sum := sha1.Sum(c.Certificate)
	return hex.EncodeToString(sum[:])
}

// SHA256 is the fingerprint in lower-case hex without separators.
func (c *Certificate) SHA256() string {
	sum := sha256.Sum256(c.Certificate)
	return hex.EncodeToString(sum[:])
}

// Colons writes a fingerprint as OpenSSL does: upper-case bytes with colons between.
func Colons(fingerprint string) string {
	var b strings.Builder
	for i, c := range strings.ToUpper(fingerprint) {
		if i > 0 && i%2 == 0 {
			b.WriteByte(':')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// Format is a way of writing a certificate to a file.
type Format string

// The forms that vendors' pages take.
const (
	PEM    Format = "pem"    // with BEGIN and END lines
	Base64 Format = "base64" // one line, without them
	DER    Format = "der"    // binary
)

// Export writes the certificate. It never holds the private key.
func (c *Certificate) Export(f Format) ([]byte, error) {
	switch f {
	case PEM:
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate}), nil
	case Base64:
		return []byte(base64.StdEncoding.EncodeToString(c.Certificate) + "\n"), nil
	case DER:
		return c.Certificate, nil
	}
	return nil, fault.Field("format", "%q is no form of a certificate: use pem, base64 or der.", f)
}
