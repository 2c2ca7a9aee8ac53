// Package certs is our signing keys and their life: a key is made as Next and published beside the active one, becomes
// Active by hand, and ends as Retired. Only an active key signs; a retired one is gone from our metadata.
//
// It refuses weak keys, and private keys in clear: outside the process they exist only sealed.
package certs

import (
	"crypto"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
)

// ID is a UUID in text form.
type ID string

// State is where in its life a key stands.
type State string

// Each scope (all apps, or one) has at most one active key.
const (
	Next    State = "next"
	Active  State = "active"
	Retired State = "retired"
)

// Algorithm is the kind of a key pair.
type Algorithm string

// RSA2048 is the default: every service provider can verify it, and it is three times as fast as RSA3072.
const (
	RSA2048 Algorithm = "rsa-2048"
	RSA3072 Algorithm = "rsa-3072"
	RSA4096 Algorithm = "rsa-4096"
	ECP256  Algorithm = "ec-p256"
	ECP384  Algorithm = "ec-p384"
)

// Certificate is one signing key with its certificate, as people see it: without the private key.
type Certificate struct {
	ID          ID
	AppID       apps.ID // empty: for every app that has none of its own
	State       State
	Algorithm   Algorithm
	Certificate []byte // DER
	NotBefore   time.Time
	NotAfter    time.Time
	CreatedAt   time.Time
	ActivatedAt *time.Time
	RetiredAt   *time.Time
}

// Pair is a certificate with its key in memory. It never leaves the process in this form.
type Pair struct {
	Certificate
	Signer crypto.Signer
}
