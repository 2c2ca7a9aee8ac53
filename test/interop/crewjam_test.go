package interop

import (
	"context"
	"crypto"
	"crypto/tls"
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/crewjam/saml"
	"github.com/crewjam/saml/samlsp"
	dsig "github.com/russellhaering/goxmldsig"
)

// crewjam is a service provider of crewjam/saml with the same addresses as the programs in peers.
type crewjam struct {
	url string

	mu     sync.Mutex // one request at a time: the library's clock is global
	config config
	sent   []string // IDs of requests
}

func startCrewjam(t *testing.T, initial config) *peer {
	t.Helper()
	c := &crewjam{config: initial}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metadata", c.answer(c.metadata))
	mux.HandleFunc("GET /login", c.answer(c.login))
	mux.HandleFunc("POST /acs", c.answer(c.acs))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	c.url = server.URL
	return &peer{url: server.URL, config: initial, save: func(_ *testing.T, changed config) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.config = changed
	}}
}

func (c *crewjam) answer(handle func(http.ResponseWriter, *http.Request, *saml.ServiceProvider) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		offset := time.Duration(c.config.ClockOffset) * time.Second
		saml.TimeNow = func() time.Time { return time.Now().UTC().Add(offset) }
		sp, err := c.provider(r.Context(), r.URL.Path != "/metadata")
		if err == nil {
			err = handle(w, r, sp)
		}
		if err != nil {
			json.NewEncoder(w).Encode(result{Error: err.Error()})
		}
	}
}

func (c *crewjam) provider(ctx context.Context, withIDP bool) (*saml.ServiceProvider, error) {
	sp := &saml.ServiceProvider{
		EntityID:          c.config.EntityID,
		AcsURL:            mustURL(c.url + "/acs"),
		MetadataURL:       mustURL(c.url + "/metadata"),
		AuthnNameIDFormat: saml.NameIDFormat(c.config.NameIDFormat),
		AllowIDPInitiated: c.config.AllowUnsolicited,
	}
	if c.config.ForceAuthn {
		sp.ForceAuthn = &c.config.ForceAuthn
	}
	if classes := c.config.RequestedAuthnContext; len(classes) > 0 {
		sp.RequestedAuthnContext = &saml.RequestedAuthnContext{Comparison: "exact", AuthnContextClassRef: classes[0]}
	}
	// A certificate goes into the metadata for encryption, wanted or not: without need the library gets none.
	if c.config.SignRequests || c.config.Decrypt {
		pair, err := tls.LoadX509KeyPair(c.config.CertFile, c.config.KeyFile)
		if err != nil {
			return nil, err
		}
		sp.Key, sp.Certificate = pair.PrivateKey.(crypto.Signer), pair.Leaf
	}
	if c.config.SignRequests {
		sp.SignatureMethod = signatureMethods[c.config.SignatureAlgorithm]
	}
	var err error
	if withIDP {
		sp.IDPMetadata, err = samlsp.FetchMetadata(ctx, http.DefaultClient, mustURL(c.config.IDPMetadata))
	}
	return sp, err
}

var signatureMethods = map[string]string{
	"":           dsig.RSASHA256SignatureMethod,
	"rsa-sha256": dsig.RSASHA256SignatureMethod,
	"rsa-sha384": dsig.RSASHA384SignatureMethod,
	"rsa-sha512": dsig.RSASHA512SignatureMethod,
}

func (c *crewjam) metadata(w http.ResponseWriter, _ *http.Request, sp *saml.ServiceProvider) error {
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	return xml.NewEncoder(w).Encode(sp.Metadata())
}

func (c *crewjam) login(w http.ResponseWriter, r *http.Request, sp *saml.ServiceProvider) error {
	binding := saml.HTTPRedirectBinding
	if c.config.RequestBinding == "post" {
		binding = saml.HTTPPostBinding
	}
	request, err := sp.MakeAuthenticationRequest(sp.GetSSOBindingLocation(binding), binding, saml.HTTPPostBinding)
	if err != nil {
		return err
	}
	c.sent = append(c.sent, request.ID)
	if c.config.Passive { // too late for the signature of a POST; the tests ask by redirect
		request.IsPassive = &c.config.Passive
	}
	relay := r.FormValue("relay")
	if binding == saml.HTTPPostBinding {
		_, err := w.Write(request.Post(relay))
		return err
	}
	// The library puts the RelayState into the query as it is, so whoever calls it must escape.
	target, err := request.Redirect(url.QueryEscape(relay), sp)
	if err != nil {
		return err
	}
	http.Redirect(w, r, target.String(), http.StatusFound)
	return nil
}

func (c *crewjam) acs(w http.ResponseWriter, r *http.Request, sp *saml.ServiceProvider) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	assertion, err := sp.ParseResponse(r, c.sent)
	if invalid := (*saml.InvalidResponseError)(nil); errors.As(err, &invalid) {
		return invalid.PrivateErr
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(accepted(assertion, r.PostForm.Get("RelayState")))
}

func accepted(assertion *saml.Assertion, relay string) result {
	r := result{OK: true, RelayState: relay, Attributes: map[string]any{}}
	r.NameID, r.NameIDFormat = assertion.Subject.NameID.Value, assertion.Subject.NameID.Format
	r.InResponseTo = assertion.Subject.SubjectConfirmations[0].SubjectConfirmationData.InResponseTo
	r.SessionIndex = assertion.AuthnStatements[0].SessionIndex
	r.AuthnContext = assertion.AuthnStatements[0].AuthnContext.AuthnContextClassRef.Value
	for _, statement := range assertion.AttributeStatements {
		for _, a := range statement.Attributes {
			values := []any{}
			for _, value := range a.Values {
				values = append(values, value.Value)
			}
			r.Attributes[a.Name] = values
		}
	}
	return r
}

func mustURL(text string) url.URL {
	parsed, err := url.Parse(text)
	if err != nil {
		panic(err)
	}
	return *parsed
}
