package certs

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"

	"github.com/google/uuid"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/seal"
)

// Validity of a signing certificate. A service provider pins the certificate by hand and often checks its dates: each
// expiry is an outage to plan for, while the certificate itself proves nothing that its dates could protect. So the usual
// one is long, and a key is replaced when there is a reason.
const (
	DefaultValidity = 10 * 365 * 24 * time.Hour
	MinValidity     = 24 * time.Hour
	MaxValidity     = 30 * 365 * 24 * time.Hour
)

// backdate covers service providers whose clock is behind ours.
const backdate = 5 * time.Minute

// Sealed is a certificate with its private key as the database keeps it: PKCS#8 DER, sealed.
type Sealed struct {
	Certificate
	PrivateKey []byte
}

// Create makes a key pair and a certificate that it signs itself, as Next and for every app; set AppID to make it one
// app's own. commonName is usually the host name of our public URL.
func Create(algorithm Algorithm, commonName string, validity time.Duration, now time.Time) (*Pair, error) {
	if validity < MinValidity || validity > MaxValidity {
		return nil, fault.Field("validity", "A certificate is valid for one day at least and thirty years at most.")
	}
	key, err := algorithm.generate()
	if err != nil {
		return nil, err
	}
	template, err := template(algorithm, commonName, validity, now)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make the certificate: %w", err)
	}
	return &Pair{Signer: key, Certificate: Certificate{
		ID: ID(uuid.NewString()), State: Next, Algorithm: algorithm, Certificate: der,
		NotBefore: template.NotBefore, NotAfter: template.NotAfter, CreatedAt: now,
	}}, nil
}

// template is a plain end-entity certificate, SHA-256 for every kind of key. No extensions beyond the key's use: some service
// providers choke on them.
func template(algorithm Algorithm, commonName string, validity time.Duration, now time.Time) (*x509.Certificate, error) {
	if commonName == "" || len(commonName) > 64 { // ub-common-name, RFC 5280 appendix A.1
		return nil, fault.Field("common-name", "The name in a certificate has 1 to 64 characters.")
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)) // positive, under 20 octets (RFC 5280 §4.1.2.2)
	if err != nil {
		return nil, fmt.Errorf("serial number: %w", err)
	}
	method := x509.SHA256WithRSA
	if algorithm == ECP256 || algorithm == ECP384 {
		method = x509.ECDSAWithSHA256
	}
	from := now.UTC().Truncate(time.Second).Add(-backdate)
	return &x509.Certificate{
		SerialNumber:       serial,
		Subject:            pkix.Name{CommonName: commonName},
		NotBefore:          from,
		NotAfter:           from.Add(backdate + validity),
		KeyUsage:           x509.KeyUsageDigitalSignature,
		SignatureAlgorithm: method,
	}, nil
}

// Where a private key stands; it is sealed for this place.
const (
	table  = "signing_keys"
	column = "private_key"
)

// Seal makes the form that the database keeps.
func (p *Pair) Seal(s *seal.Sealer) (*Sealed, error) {
	der, err := x509.MarshalPKCS8PrivateKey(p.Signer)
	if err != nil {
		return nil, fmt.Errorf("write the private key of %s: %w", p.ID, err)
	}
	sealed, err := s.Seal(der, table, string(p.ID), column)
	if err != nil {
		return nil, err
	}
	return &Sealed{Certificate: p.Certificate, PrivateKey: sealed}, nil
}

// Open makes the form that signs. It refuses a key that is too weak, or that is not the certificate's own.
func (k *Sealed) Open(s *seal.Sealer) (*Pair, error) {
	der, err := s.Open(k.PrivateKey, table, string(k.ID), column)
	if err != nil {
		return nil, err
	}
	certificate, err := k.X509()
	if err != nil {
		return nil, err
	}
	signer, algorithm, err := parseKey(der, certificate)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", k.ID, err)
	}
	p := &Pair{Certificate: k.Certificate, Signer: signer}
	p.Algorithm = algorithm
	return p, nil
}

// String keeps private keys out of logs.
func (p Pair) String() string { return "signing key " + string(p.ID) }

// GoString keeps private keys out of %#v.
func (p Pair) GoString() string { return p.String() }
