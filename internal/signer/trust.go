package signer

import (
	"crypto"
	cryptoecdsa "crypto/ecdsa"
	"crypto/rsa"
	"math/big"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// Trust is what a message is verified against: the keys that the metadata of its sender lists for signing, never those that
// a message brings along. SHA-1 counts only where the administrator allowed it for this sender.
type Trust struct {
	Keys      []crypto.PublicKey
	AllowSHA1 bool
}

// errSignature is all an outsider learns: whether the key or the digest was wrong would only help an attacker.
var errSignature = fault.New(fault.Invalid, "The signature does not fit the message and the keys in the sender's metadata; check that the metadata is current.")

func (t Trust) algorithm(m saml.SignatureMethod) (*algorithm, error) {
	a, ok := find(m)
	if !ok {
		return nil, fault.New(fault.Invalid, "The signature algorithm %.100q is not accepted; sign with RSA or ECDSA and SHA-256.", m)
	}
	if a.hash == crypto.SHA1 && !t.AllowSHA1 {
		return nil, fault.New(fault.Invalid, "Signatures with SHA-1 are not accepted from this sender; sign with SHA-256, or allow SHA-1 for this app.")
	}
	return a, nil
}

// each asks try about every key that the algorithm can be used with, until one fits. Weak keys are passed over.
func (t Trust) each(a *algorithm, try func(key crypto.PublicKey) bool) error {
	if len(t.Keys) == 0 {
		return fault.New(fault.Invalid, "The message is signed, but the sender's metadata has no signing key; import metadata that has one.")
	}
	err := error(errSignature)
	for _, key := range t.Keys {
		fits, weak := usable(key, a)
		switch {
		case !fits:
		case weak != nil:
			err = weak
		case try(key):
			return nil
		}
	}
	return err
}

// usable says whether key and algorithm belong together, and whether the key is too weak.
func usable(key crypto.PublicKey, a *algorithm) (fits bool, weak error) {
	switch p := key.(type) {
	case *rsa.PublicKey:
		return a.scheme != ecdsa, strongRSA(p)
	case *cryptoecdsa.PublicKey:
		_, _, known := curve(p)
		return a.scheme == ecdsa && known, nil
	}
	return false, nil
}

// verify checks one signature value against one usable key.
func verify(key crypto.PublicKey, a *algorithm, hashed, value []byte) bool {
	switch p := key.(type) {
	case *rsa.PublicKey:
		if a.scheme == pss {
			return rsa.VerifyPSS(p, a.hash, hashed, value, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
		}
		return rsa.VerifyPKCS1v15(p, a.hash, hashed, value) == nil
	case *cryptoecdsa.PublicKey:
		r, s, ok := split(p, value)
		return ok && cryptoecdsa.Verify(p, hashed, r, s)
	}
	return false
}

// split reads r and s, each as wide as the curve's order and neither zero nor too large: a zero pair once verified under
// any key (CVE-2022-21449). DER is refused by its length.
func split(p *cryptoecdsa.PublicKey, value []byte) (r, s *big.Int, ok bool) {
	size, _, known := curve(p)
	if !known || len(value) != 2*size {
		return nil, nil, false
	}
	r, s = new(big.Int).SetBytes(value[:size]), new(big.Int).SetBytes(value[size:])
	n := p.Params().N
	return r, s, r.Sign() > 0 && s.Sign() > 0 && r.Cmp(n) < 0 && s.Cmp(n) < 0
}
