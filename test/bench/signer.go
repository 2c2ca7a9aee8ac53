package main

import (
	"crypto"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/signer"
)

// benchSigner goes from parameters to the signed form.
func benchSigner(r *report) error {
	f, err := newFixture()
	if err != nil {
		return err
	}
	for _, c := range []struct {
		name       string
		choice     signer.Choice
		signatures int
	}{
		{"parameters to signed form, one signature, of the bare signature rate", signer.Choice{Assertion: true, Method: saml.RSASHA256}, 1},
		{"parameters to signed form, both signatures, of two bare signatures", signer.Choice{Assertion: true, Response: true, Method: saml.RSASHA256}, 2},
	} {
		var page []byte
		ratio, _, err := inTurns(300, func(n int) (time.Duration, error) { return f.bare(n * c.signatures) }, func(n int) (time.Duration, error) {
			return spend(func() error {
				for range n {
					if page, err = form(page[:0], f.key, c.choice); err != nil {
						return err
					}
				}
				return nil
			})
		})
		if err != nil {
			return err
		}
		if err := f.check(page, 0, "https://idp.example.org/saml/metadata"); err != nil {
			return err
		}
		r.ratio(c.name, ratio, 0.97)
	}
	return benchFree(r, f)
}

// freeSigner costs nothing, so that what is left is ours.
type freeSigner struct{ crypto.Signer }

var nothing [256]byte

func (freeSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nothing[:], nil }

func benchFree(r *report, f *fixture) error {
	key, err := signer.NewKey("free", freeSigner{f.rsa}, f.pair.Certificate.Certificate)
	if err != nil {
		return err
	}
	var page []byte
	const n = 20_000
	cpu, err := spend(func() error {
		for range n {
			if page, err = form(page[:0], key, signer.Choice{Assertion: true, Method: saml.RSASHA256}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	b := testing.Benchmark(func(b *testing.B) {
		for range b.N {
			if page, err = form(page[:0], key, signer.Choice{Assertion: true, Method: saml.RSASHA256}); err != nil {
				b.Fatal(err)
			}
		}
	})
	micros := cpu.Seconds() * 1e6 / n
	r.add("the same with a free signer", fmt.Sprintf("%.1f µs", micros), "at most 25 µs", micros <= 25)
	r.add("– allocations, bytes", fmt.Sprintf("%d, %d B", b.AllocsPerOp(), b.AllocedBytesPerOp()), "at most 5, 2048 B", b.AllocsPerOp() <= 5 && b.AllocedBytesPerOp() <= 2048)
	return nil
}

var message []byte

func form(page []byte, key *signer.Key, c signer.Choice) ([]byte, error) {
	now := time.Now().UTC()
	const idp, relay = "https://idp.example.org/saml/metadata", "https://app.example.org/start?a=b"
	var err error
	message, err = key.AppendResponse(message[:0], &saml.Response{
		ID: "_0123456789abcdef0123456789abcdef01234567", InResponseTo: "id-request", Destination: acs(0), Issuer: idp, IssueInstant: now,
		Assertion: &saml.Assertion{
			ID: "_fedcba9876543210fedcba9876543210fedcba98", Issuer: idp, IssueInstant: now, Subject: saml.NameID{Value: "ada@example.org", Format: saml.FormatEmail},
			Recipient: acs(0), InResponseTo: "id-request", NotBefore: now.Add(-time.Minute), NotOnOrAfter: now.Add(5 * time.Minute), Audience: entityID(0),
			AuthnInstant: now, SessionIndex: "_11223344", SessionNotOnOrAfter: now.Add(time.Hour), Context: saml.ClassPasswordProtected, Attributes: sample,
		},
	}, c)
	if err != nil {
		return nil, err
	}
	return saml.AppendPostForm(page, saml.PostForm{
		Action: acs(0), Field: "SAMLResponse", Message: message, RelayState: relay, HasRelayState: true,
		Lang: "en", Title: "Signing in", Heading: "Signing in", NoScript: "One more step.", Button: "Continue", Stylesheet: "/static/app.css",
	})
}

// sample is 8 attributes with 10 values.
var sample = []saml.Attribute{
	{Name: "urn:oid:0.9.2342.19200300.100.1.3", NameFormat: saml.NameURI, FriendlyName: "mail", Values: []string{"ada@example.org"}},
	{Name: "urn:oid:2.5.4.42", NameFormat: saml.NameURI, FriendlyName: "givenName", Values: []string{"Ada"}},
	{Name: "urn:oid:2.5.4.4", NameFormat: saml.NameURI, FriendlyName: "sn", Values: []string{"Lovelace"}},
	{Name: "urn:oid:2.16.840.1.113730.3.1.241", NameFormat: saml.NameURI, FriendlyName: "displayName", Values: []string{"Ada Lovelace"}},
	{Name: "urn:oid:0.9.2342.19200300.100.1.1", NameFormat: saml.NameURI, FriendlyName: "uid", Values: []string{"ada"}},
	{Name: "department", NameFormat: saml.NameBasic, Values: []string{"Engines"}},
	{Name: "groups", NameFormat: saml.NameBasic, Values: []string{"analysts", "engineers", "staff"}},
	{Name: "https://bench.example.org/tenant", NameFormat: saml.NameURI, Values: []string{"bench"}},
}
