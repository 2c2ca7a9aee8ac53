package browser_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/crewjam/saml"
	"github.com/crewjam/saml/samlsp"
)

// app is a service provider of crewjam/saml on another site than Lanyard. Whoever it lets in is sent on to a page on yet
// another origin, as many apps do.
type app struct {
	name, url, landing string
	idp                *saml.EntityDescriptor

	mu      sync.Mutex
	waiting map[string]string // what each request was for, by its ID
	came    []arrival
	posted  int // how many Responses came, good or not
}

// arrival is one person who was let in.
type arrival struct{ For, RelayState, Who string }

// join adds an app to Lanyard that everybody may use.
func (s *service) join(t *testing.T, name string) *app {
	t.Helper()
	a := &app{name: name, waiting: map[string]string{}}
	landing := httptest.NewServer(http.HandlerFunc(a.land))
	t.Cleanup(landing.Close)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /start", a.start)
	mux.HandleFunc("POST /acs", a.acs)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	a.url, a.landing = server.URL, landing.URL+"/landed"

	address, err := url.Parse(s.url + "/saml/metadata")
	if err != nil {
		t.Fatal(err)
	}
	if a.idp, err = samlsp.FetchMetadata(context.Background(), http.DefaultClient, *address); err != nil {
		t.Fatal(err)
	}
	s.do("", "app", "add", "--name", name, "--slug", name, "--entity-id", a.url, "--acs", a.url+"/acs")
	s.do("", "app", "assign", name, "--everyone")
	return a
}

func (a *app) provider() *saml.ServiceProvider {
	acs, _ := url.Parse(a.url + "/acs")
	return &saml.ServiceProvider{EntityID: a.url, AcsURL: *acs, IDPMetadata: a.idp, AuthnNameIDFormat: saml.EmailAddressNameIDFormat}
}

// starting is where a person goes who wants into the app; what is a word to know the request by.
func (a *app) starting(what, binding string) string {
	return a.url + "/start?" + url.Values{"for": {what}, "binding": {binding}}.Encode()
}

func (a *app) start(w http.ResponseWriter, r *http.Request) {
	q, sp, binding := r.URL.Query(), a.provider(), saml.HTTPRedirectBinding
	if q.Get("binding") == "post" {
		binding = saml.HTTPPostBinding
	}
	request, err := sp.MakeAuthenticationRequest(sp.GetSSOBindingLocation(binding), binding, saml.HTTPPostBinding)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if q.Has("passive") {
		request.IsPassive = new(true)
	}
	a.mu.Lock()
	a.waiting[request.ID] = q.Get("for")
	a.mu.Unlock()
	if binding == saml.HTTPPostBinding {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(request.Post(q.Get("for")))
		return
	}
	address, err := request.Redirect(q.Get("for"), sp)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	http.Redirect(w, r, address.String(), http.StatusFound)
}

// acs takes each answer once.
func (a *app) acs(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.posted++
	came, err := a.judge(r)
	if err != nil {
		http.Redirect(w, r, a.landing+"?"+url.Values{"refused": {err.Error()}}.Encode(), http.StatusFound)
		return
	}
	a.came = append(a.came, came)
	http.Redirect(w, r, a.landing+"?"+url.Values{"for": {came.For}, "who": {came.Who}}.Encode(), http.StatusFound)
}

func (a *app) judge(r *http.Request) (arrival, error) {
	if err := r.ParseForm(); err != nil {
		return arrival{}, err
	}
	var ids []string
	for id := range a.waiting {
		ids = append(ids, id)
	}
	got, err := a.provider().ParseResponse(r, ids)
	var invalid *saml.InvalidResponseError
	if errors.As(err, &invalid) {
		return arrival{}, fmt.Errorf("%w: %s", invalid.PrivateErr, status(r))
	}
	if err != nil {
		return arrival{}, err
	}
	id := got.Subject.SubjectConfirmations[0].SubjectConfirmationData.InResponseTo
	came := arrival{a.waiting[id], r.PostForm.Get("RelayState"), got.Subject.NameID.Value}
	delete(a.waiting, id)
	return came, nil
}

// status is the second status code of a Response that brings nobody.
func status(r *http.Request) string {
	document, err := base64.StdEncoding.DecodeString(r.PostForm.Get("SAMLResponse"))
	if err != nil {
		return err.Error()
	}
	for _, code := range []string{saml.StatusNoPassive, saml.StatusRequestDenied} {
		if strings.Contains(string(document), `Value="`+code+`"`) {
			return code
		}
	}
	return "no second status code"
}

func (a *app) land(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	title := "Signed in for " + q.Get("for") + " as " + q.Get("who")
	if q.Has("refused") {
		title = "Refused: " + q.Get("refused")
	}
	fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,"><title>%s</title><h1>%[2]s</h1></html>`, a.name, html.EscapeString(title))
}

// arrivals are those since the last time.
func (a *app) arrivals() []arrival {
	a.mu.Lock()
	defer a.mu.Unlock()
	came := a.came
	a.came = nil
	return came
}

// responses is how many came since the last time.
func (a *app) responses() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := a.posted
	a.posted = 0
	return n
}
