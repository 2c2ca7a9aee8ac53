package testsp

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/crewjam/saml"
	"github.com/crewjam/saml/samlsp"
)

const (
	cookie  = "test-app"
	keep    = time.Hour
	maxKept = 1000
)

// visit is one browser at the app: a request under way, or a person who is in.
type visit struct {
	until    time.Time
	requests []string // IDs of AuthnRequests that are not answered yet

	In          bool
	NameID      string
	Format      string
	Attributes  []attribute
	Issuer      string
	Context     string
	Session     string
	Solicited   bool
	AuthnAt     time.Time
	IssuedAt    time.Time
	ValidFrom   time.Time
	ValidUntil  time.Time
	SessionEnds *time.Time
}

type attribute struct {
	Name   string
	Values []string
}

// describe takes out of an assertion what the page shows.
func (v *visit) describe(a *saml.Assertion) {
	v.In, v.Issuer, v.IssuedAt = true, a.Issuer.Value, a.IssueInstant
	if s := a.Subject; s != nil && s.NameID != nil {
		v.NameID, v.Format = s.NameID.Value, s.NameID.Format
		for _, c := range s.SubjectConfirmations {
			v.Solicited = c.SubjectConfirmationData != nil && c.SubjectConfirmationData.InResponseTo != ""
		}
	}
	if c := a.Conditions; c != nil {
		v.ValidFrom, v.ValidUntil = c.NotBefore, c.NotOnOrAfter
	}
	for _, s := range a.AuthnStatements {
		v.AuthnAt, v.Session, v.SessionEnds = s.AuthnInstant, s.SessionIndex, s.SessionNotOnOrAfter
		if ref := s.AuthnContext.AuthnContextClassRef; ref != nil {
			v.Context = ref.Value
		}
	}
	v.Attributes = nil
	for _, s := range a.AttributeStatements {
		for _, at := range s.Attributes {
			one := attribute{Name: at.Name}
			for _, value := range at.Values {
				one.Values = append(one.Values, value.Value)
			}
			v.Attributes = append(v.Attributes, one)
		}
	}
}

// memory holds visits by the value of a random cookie, a bounded number for a bounded time.
type memory struct {
	mu     sync.Mutex
	visits map[string]*visit
}

func (m *memory) get(id string, now time.Time) (*visit, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.visits[id]
	if !ok || now.After(v.until) {
		return nil, false
	}
	copied := *v
	return &copied, true
}

func (m *memory) put(id string, v visit) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.visits == nil || len(m.visits) >= maxKept {
		m.visits = map[string]*visit{}
	}
	m.visits[id] = &v
}

func (m *memory) drop(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.visits, id)
}

// browser is the memory as samlsp wants it: requests that wait for an answer, and sessions.
type browser struct{ app *App }

// TrackRequest remembers an AuthnRequest in this browser's visit.
func (b *browser) TrackRequest(w http.ResponseWriter, r *http.Request, requestID string) (string, error) {
	v, id := b.visit(w, r)
	v.requests = append(slices.Clip(v.requests), requestID) // the same browser may ask twice at once
	if len(v.requests) > 10 {
		v.requests = v.requests[1:]
	}
	b.app.visits.put(id, v)
	return requestID, nil
}

// StopTrackingRequest is done with the session: an answered request is forgotten there.
func (b *browser) StopTrackingRequest(http.ResponseWriter, *http.Request, string) error { return nil }

// GetTrackedRequests are the ones of this browser that are not answered.
func (b *browser) GetTrackedRequests(r *http.Request) []samlsp.TrackedRequest {
	v, _ := b.app.visits.get(b.app.Cookies.Read(r, cookie), b.app.Now())
	if v == nil {
		return nil
	}
	var out []samlsp.TrackedRequest
	for _, id := range v.requests {
		out = append(out, samlsp.TrackedRequest{Index: id, SAMLRequestID: id, URI: Path})
	}
	return out
}

// GetTrackedRequest finds one by the RelayState that came back.
func (b *browser) GetTrackedRequest(r *http.Request, index string) (*samlsp.TrackedRequest, error) {
	for _, t := range b.GetTrackedRequests(r) {
		if t.Index == index {
			return &t, nil
		}
	}
	return nil, http.ErrNoCookie
}

// CreateSession keeps what the app was told, under a new cookie.
func (b *browser) CreateSession(w http.ResponseWriter, r *http.Request, a *saml.Assertion) error {
	b.app.visits.drop(b.app.Cookies.Read(r, cookie))
	v := visit{until: b.app.Now().Add(keep)}
	v.describe(a)
	b.app.visits.put(b.fresh(w), v)
	return nil
}

// DeleteSession and GetSession complete the interface; the app uses neither.
func (b *browser) DeleteSession(http.ResponseWriter, *http.Request) error { return errUnused }

// GetSession says that nobody is there.
func (b *browser) GetSession(*http.Request) (samlsp.Session, error) { return nil, samlsp.ErrNoSession }

var errUnused = errors.New("the test app ends visits itself")

func (b *browser) visit(w http.ResponseWriter, r *http.Request) (visit, string) {
	id := b.app.Cookies.Read(r, cookie)
	if v, ok := b.app.visits.get(id, b.app.Now()); ok {
		return *v, id
	}
	return visit{until: b.app.Now().Add(keep)}, b.fresh(w)
}

func (b *browser) fresh(w http.ResponseWriter) string {
	id := rand.Text()
	b.app.Cookies.Write(w, cookie, id, keep)
	return id
}
