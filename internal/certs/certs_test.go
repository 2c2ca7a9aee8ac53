package certs_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/seal"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 500, time.UTC)

func create(t *testing.T, algorithm certs.Algorithm) *certs.Pair {
	t.Helper()
	p, err := certs.Create(algorithm, "idp.example.org", certs.DefaultValidity, now)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func newSealer(t *testing.T) *seal.Sealer {
	t.Helper()
	text, err := seal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	s, err := seal.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEachAlgorithmMakesASelfSignedSHA256Certificate(t *testing.T) {
	for _, algorithm := range certs.Algorithms {
		t.Run(string(algorithm), func(t *testing.T) {
			t.Parallel()
			p := create(t, algorithm)
			c, err := p.X509()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature); err != nil {
				t.Error(err)
			}
			if c.SignatureAlgorithm != x509.SHA256WithRSA && c.SignatureAlgorithm != x509.ECDSAWithSHA256 {
				t.Errorf("signed by %v", c.SignatureAlgorithm)
			}
			if got, err := certs.AlgorithmOf(c.PublicKey); err != nil || got != algorithm {
				t.Errorf("made %v, %v", got, err)
			}
			if c.Subject.CommonName != "idp.example.org" || c.IsCA {
				t.Errorf("subject %v, CA %v", c.Subject, c.IsCA)
			}
		})
	}
}

func TestCertificateIsValidFromJustBeforeNowForTenYears(t *testing.T) {
	p := create(t, certs.ECP256)
	c, _ := p.X509()
	if !p.NotBefore.Equal(c.NotBefore) || !p.NotAfter.Equal(c.NotAfter) {
		t.Errorf("kept %v to %v, certificate says %v to %v", p.NotBefore, p.NotAfter, c.NotBefore, c.NotAfter)
	}
	if !c.NotBefore.Before(now) || p.DaysLeft(now) != 3649 && p.DaysLeft(now) != 3650 {
		t.Errorf("from %v, %d days", c.NotBefore, p.DaysLeft(now))
	}
	if p.DaysLeft(p.NotAfter.Add(time.Second)) != -1 {
		t.Errorf("just expired: %d days left", p.DaysLeft(p.NotAfter.Add(time.Second)))
	}
}

func TestBadWishesAreRefused(t *testing.T) {
	for name, make := range map[string]func() (*certs.Pair, error){
		"rsa-1024":       func() (*certs.Pair, error) { return certs.Create("rsa-1024", "x", certs.DefaultValidity, now) },
		"no name":        func() (*certs.Pair, error) { return certs.Create(certs.ECP256, "", certs.DefaultValidity, now) },
		"no time at all": func() (*certs.Pair, error) { return certs.Create(certs.ECP256, "x", 0, now) },
		"a century": func() (*certs.Pair, error) {
			return certs.Create(certs.ECP256, "x", 100*365*24*time.Hour, now)
		},
	} {
		if _, err := make(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSealedPairOpensToTheSameKey(t *testing.T) {
	s, p := newSealer(t), create(t, certs.ECP256)
	sealed, err := p.Seal(s)
	if err != nil {
		t.Fatal(err)
	}
	der, _ := x509.MarshalPKCS8PrivateKey(p.Signer)
	if bytes.Contains(sealed.PrivateKey, der[len(der)-32:]) {
		t.Fatal("the sealed form shows the key")
	}
	opened, err := sealed.Open(s)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := x509.MarshalPKCS8PrivateKey(opened.Signer)
	if !bytes.Equal(der, again) {
		t.Fatal("another key came back")
	}
}

func TestSealedKeyOfAnotherRowIsRefused(t *testing.T) {
	s := newSealer(t)
	a, _ := create(t, certs.ECP256).Seal(s)
	b, _ := create(t, certs.ECP256).Seal(s)
	a.PrivateKey = b.PrivateKey
	if _, err := a.Open(s); err == nil {
		t.Fatal("opened a key that was sealed for another row")
	}
}

func TestKeyThatIsNotTheCertificatesOwnIsRefused(t *testing.T) {
	s, p := newSealer(t), create(t, certs.ECP256)
	p.Signer = create(t, certs.ECP256).Signer
	sealed, _ := p.Seal(s)
	if _, err := sealed.Open(s); !fault.Is(err, fault.Invalid) {
		t.Fatalf("got %v", err)
	}
}

func TestWeakRSAKeyIsRefused(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0")
	s := newSealer(t)
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "x"}, NotAfter: now}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	p := &certs.Pair{Certificate: certs.Certificate{ID: "k", Certificate: der}, Signer: key}
	sealed, _ := p.Seal(s)
	if _, err := sealed.Open(s); err == nil || !strings.Contains(err.Error(), "1024 bits") {
		t.Fatalf("got %v", err)
	}
}

func TestPrivateKeyIsNeverPrinted(t *testing.T) {
	p := create(t, certs.RSA2048)
	d := p.Signer.(*rsa.PrivateKey).D.String()
	for _, format := range []string{"%v", "%+v", "%#v"} {
		if got := fmt.Sprintf(format, p) + fmt.Sprintf(format, *p); strings.Contains(got, d) || strings.Contains(got, "D:") {
			t.Errorf("%s prints %s", format, got)
		}
	}
}

func TestExportFormsHoldTheSameCertificate(t *testing.T) {
	p := create(t, certs.ECP256)
	text, _ := p.Export(certs.PEM)
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" || len(rest) != 0 || !bytes.Equal(block.Bytes, p.Certificate.Certificate) {
		t.Error("PEM differs")
	}
	text, _ = p.Export(certs.Base64)
	if der, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text))); err != nil || !bytes.Equal(der, p.Certificate.Certificate) {
		t.Error("base64 differs")
	}
	if der, _ := p.Export(certs.DER); !bytes.Equal(der, p.Certificate.Certificate) {
		t.Error("DER differs")
	}
	if _, err := p.Export("pfx"); !fault.Is(err, fault.Invalid) {
		t.Errorf("pfx: %v", err)
	}
}

func TestFingerprintsAreThoseOfTheDER(t *testing.T) {
	c := certs.Certificate{Certificate: []byte("abc")} // the well-known vectors of FIPS 180
	if c.SHA1() != "a9993e364706816aba3e25717850c26c9cd0d89d" {
		t.Error(c.SHA1())
	}
	if c.SHA256() != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Error(c.SHA256())
	}
	if got := certs.Colons("a9993e"); got != "A9:99:3E" {
		t.Error(got)
	}
}

func TestLifeOfAKey(t *testing.T) {
	later := now.AddDate(20, 0, 0)
	for _, c := range []struct {
		name  string
		state certs.State
		app   bool
		do    func(*certs.Certificate) error
		want  certs.State // empty: Conflict
	}{
		{"next becomes active", certs.Next, false, func(c *certs.Certificate) error { return c.Activate(now) }, certs.Active},
		{"active stays as it is", certs.Active, false, func(c *certs.Certificate) error { return c.Activate(now) }, ""},
		{"retired never comes back", certs.Retired, false, func(c *certs.Certificate) error { return c.Activate(now) }, ""},
		{"expired never signs", certs.Next, false, func(c *certs.Certificate) error { return c.Activate(later) }, ""},
		{"next can retire", certs.Next, false, func(c *certs.Certificate) error { return c.Retire(now) }, certs.Retired},
		{"the one that signs cannot", certs.Active, false, func(c *certs.Certificate) error { return c.Retire(now) }, ""},
		{"an app's own can", certs.Active, true, func(c *certs.Certificate) error { return c.Retire(now) }, certs.Retired},
		{"retired cannot retire", certs.Retired, false, func(c *certs.Certificate) error { return c.Retire(now) }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			key := certs.Certificate{State: c.state, NotAfter: now.AddDate(10, 0, 0)}
			if c.app {
				key.AppID = "an app"
			}
			err := c.do(&key)
			if c.want == "" && !fault.Is(err, fault.Conflict) {
				t.Fatalf("got %v", err)
			}
			if c.want != "" && (err != nil || key.State != c.want) {
				t.Fatalf("state %s, %v", key.State, err)
			}
		})
	}
}
