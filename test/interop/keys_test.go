package interop

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// serviceKey makes one key and certificate for all service providers of the run and answers with their files.
func serviceKey(t *testing.T) (keyFile, certFile string) {
	t.Helper()
	key, cert := servicePair()
	dir := t.TempDir()
	keyFile, certFile = filepath.Join(dir, "sp.key"), filepath.Join(dir, "sp.crt")
	mustNot(t, os.WriteFile(keyFile, key, 0o600))
	mustNot(t, os.WriteFile(certFile, cert, 0o600))
	return keyFile, certFile
}

var servicePair = sync.OnceValues(func() (key, cert []byte) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "a service provider"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(1, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		panic(err)
	}
	// PKCS #1, as the oldest of the libraries knows no other.
	key = pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)})
	cert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return key, cert
})
