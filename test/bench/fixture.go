package main

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"time"

	crewjam "github.com/crewjam/saml"
	"golang.org/x/sync/errgroup"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/signer"
)

// A fixture is an identity provider's key and a service provider with a key of its own.
type fixture struct {
	pair *certs.Pair
	key  *signer.Key
	rsa  *rsa.PrivateKey
	sp   *rsa.PrivateKey
	spki []byte
}

func newFixture() (*fixture, error) {
	pair, err := certs.Create(certs.RSA2048, "bench", time.Hour*24, time.Now())
	if err != nil {
		return nil, err
	}
	pair.State = certs.Active
	key, err := signer.NewKey("bench", pair.Signer, pair.Certificate.Certificate)
	if err != nil {
		return nil, err
	}
	sp, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	spki, err := x509.MarshalPKIXPublicKey(sp.Public())
	return &fixture{pair, key, pair.Signer.(*rsa.PrivateKey), sp, spki}, err
}

// bare makes n signatures as crypto/rsa does them, on one core.
func (f *fixture) bare(n int) (time.Duration, error) {
	return spend(func() error { return f.signatures(n) })
}

// bareBusy makes n signatures while every core is at work, as it is when a service is under load: cores share execution
// units, and a signature costs more CPU time beside a busy neighbour.
func (f *fixture) bareBusy(n int) (time.Duration, error) {
	return spend(func() error {
		var g errgroup.Group
		for range connections {
			g.Go(func() error { return f.signatures(n / connections) })
		}
		return g.Wait()
	})
}

func (f *fixture) signatures(n int) error {
	digest := sha256.Sum256([]byte("bench"))
	for range n {
		if _, err := rsa.SignPKCS1v15(nil, f.rsa, crypto.SHA256, digest[:]); err != nil {
			return err
		}
	}
	return nil
}

// app is a service provider that signs its requests, number i of many.
func (f *fixture) app(i int, base string, sign apps.Sign) apps.App {
	return apps.App{
		ID: apps.ID(fmt.Sprintf("00000000-0000-4000-8000-%012d", i)), Slug: fmt.Sprintf("bench-%d", i), Name: fmt.Sprintf("Bench %d", i),
		EntityID: entityID(i), Enabled: true, Version: 1,
		Settings: apps.Settings{
			ACS:  []apps.Endpoint{{Binding: saml.BindingPOST, Location: acs(i), Index: 0}},
			Keys: []apps.Key{{Use: "signing", PublicKey: f.spki}}, RequireSigned: true, Sign: sign,
			Claims: []apps.Claim{
				{Name: "urn:oid:0.9.2342.19200300.100.1.3", FriendlyName: "mail", Source: apps.SourceEmail},
				{Name: "urn:oid:2.5.4.42", FriendlyName: "givenName", Source: apps.SourceGivenName},
				{Name: "urn:oid:2.5.4.4", FriendlyName: "sn", Source: apps.SourceFamilyName},
				{Name: "urn:oid:2.16.840.1.113730.3.1.241", FriendlyName: "displayName", Source: apps.SourceDisplayName},
				{Name: "urn:oid:0.9.2342.19200300.100.1.1", FriendlyName: "uid", Source: apps.SourceUserName},
				{Name: "department", Source: apps.AttributeSource("department")},
				{Name: "groups", Source: apps.SourceGroups},
				{Name: "https://bench.example.org/tenant", Source: apps.SourceConstant, Constant: []string{"bench"}},
			},
		},
	}
}

func entityID(i int) string { return fmt.Sprintf("https://sp-%d.example.org/metadata", i) }
func acs(i int) string      { return fmt.Sprintf("https://sp-%d.example.org/acs", i) }

// request is the query of a signed AuthnRequest by redirect, with an ID that no other has.
func (f *fixture) request(app int, endpoint string) (query, id string) {
	id = "id-" + rand.Text()
	doc := fmt.Sprintf(`<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" `+
		`ID="%s" Version="2.0" IssueInstant="%s" Destination="%s" AssertionConsumerServiceURL="%s" ProtocolBinding="%s">`+
		`<saml:Issuer>%s</saml:Issuer><samlp:NameIDPolicy Format="%s" AllowCreate="true"/></samlp:AuthnRequest>`,
		id, time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), endpoint, acs(app), saml.BindingPOST, entityID(app), saml.FormatEmail)
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestSpeed)
	_, _ = w.Write([]byte(doc))
	_ = w.Close()
	query = "SAMLRequest=" + url.QueryEscape(base64.StdEncoding.EncodeToString(packed.Bytes())) + "&RelayState=" + url.QueryEscape("https://app.example.org/start?a=b") +
		"&SigAlg=" + url.QueryEscape(string(saml.RSASHA256))
	digest := sha256.Sum256([]byte(query))
	sig, err := rsa.SignPKCS1v15(nil, f.sp, crypto.SHA256, digest[:])
	if err != nil {
		panic(err)
	}
	return query + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(sig)), id
}

// requests prepares n of them, so that their making is not measured.
func (f *fixture) requests(n, nApps int, endpoint string) []string {
	out := make([]string, n)
	for i := range out {
		out[i], _ = f.request(i%nApps, endpoint)
	}
	return out
}

var (
	responseField = regexp.MustCompile(`name="SAMLResponse" value="([^"]+)"`)
	relayField    = regexp.MustCompile(`name="RelayState"`)
)

// check lets another implementation accept an answered page: crewjam's service provider.
func (f *fixture) check(page []byte, app int, issuer string) error {
	m := responseField.FindSubmatch(page)
	if m == nil || !relayField.Match(page) {
		return fmt.Errorf("the answer carries no response: %.200s", page)
	}
	doc, err := base64.StdEncoding.DecodeString(string(bytes.ReplaceAll(m[1], []byte("&#43;"), []byte("+"))))
	if err != nil {
		return err
	}
	inResponseTo := regexp.MustCompile(`InResponseTo="([^"]+)"`).FindSubmatch(doc)
	if inResponseTo == nil {
		return fmt.Errorf("the response answers no request")
	}
	acsURL, _ := url.Parse(acs(app))
	sp := crewjam.ServiceProvider{
		EntityID: entityID(app), AcsURL: *acsURL,
		IDPMetadata: &crewjam.EntityDescriptor{
			EntityID: issuer,
			IDPSSODescriptors: []crewjam.IDPSSODescriptor{{SSODescriptor: crewjam.SSODescriptor{RoleDescriptor: crewjam.RoleDescriptor{
				KeyDescriptors: []crewjam.KeyDescriptor{{Use: "signing", KeyInfo: crewjam.KeyInfo{X509Data: crewjam.X509Data{
					X509Certificates: []crewjam.X509Certificate{{Data: base64.StdEncoding.EncodeToString(f.pair.Certificate.Certificate)}},
				}}}},
			}}}},
		},
	}
	if _, err := sp.ParseXMLResponse(doc, []string{string(inResponseTo[1])}, *acsURL); err != nil {
		if private, ok := err.(*crewjam.InvalidResponseError); ok {
			err = private.PrivateErr
		}
		return fmt.Errorf("the service provider refuses the answer: %w", err)
	}
	return nil
}
