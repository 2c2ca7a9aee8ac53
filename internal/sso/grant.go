package sso

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"sync"
	"time"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// early is how long before now an assertion already holds, for service providers whose clock is behind.
const early = 2 * time.Minute

// grant lets the person in: the Response is built and signed, then its record is committed, then it is sent.
func (h *Handler) grant(w http.ResponseWriter, r *http.Request, a *accepted, v *session.Visit) error {
	name, err := h.nameID(r.Context(), a, v)
	if err != nil {
		return err
	}
	if err := a.named(name); err != nil {
		return err
	}
	attributes, err := a.attributes(v)
	if err != nil {
		return err
	}
	class := v.Session.AuthnContext
	if a.req != nil {
		if class, err = statedClass(a.req.RequestedAuthn, class); err != nil {
			return err
		}
	}
	now := h.Now()
	resp := a.response(now)
	resp.Assertion = &saml.Assertion{
		ID: newID(), Issuer: a.app.Issuer, IssueInstant: now, Subject: name, Recipient: a.acs.Location, InResponseTo: resp.InResponseTo,
		NotBefore: now.Add(-early), NotOnOrAfter: now.Add(a.lifetime()), Audience: a.app.EntityID,
		AuthnInstant: v.Session.AuthnInstant, SessionIndex: sessionIndex(v), SessionNotOnOrAfter: v.Session.ExpiresAt, Context: class,
		Attributes: attributes, TypedValues: a.app.Settings.TypedValues,
	}
	c := session.Conclusion{
		SignIn: a.record(),
		Participant: &session.Participant{
			SessionID: v.Session.ID, AppID: a.app.ID, NameID: name, SessionIndex: resp.Assertion.SessionIndex, AssertionUntil: resp.Assertion.NotOnOrAfter,
		},
	}
	describe(&c.SignIn.Detail, resp.Assertion)
	return h.send(w, r, a, resp, c)
}

// describe keeps what is needed to show later what was sent. A persistent identifier stays out: it is nobody's business
// but the app's (Core §8.3.7).
func describe(d *audit.Detail, as *saml.Assertion) {
	d.AssertionID, d.SessionIndex, d.Context = as.ID, as.SessionIndex, string(as.Context)
	d.NameIDFormat = string(as.Subject.Format)
	if as.Subject.Format != saml.FormatPersistent {
		d.NameID = as.Subject.Value
	}
	d.Attributes = released(as.Attributes)
}

// respondRefusal tells the app no, signed, at the address where it would have been told yes.
func (h *Handler) respondRefusal(w http.ResponseWriter, r *http.Request, a *accepted, no *refusal) error {
	if a.req == nil { // nobody asked: a page of ours
		return h.fail(r, a.identify(failed(no.reason, nil, "%s", no.explanation)))
	}
	resp := a.response(h.Now())
	resp.Status = no.status
	c := session.Conclusion{SignIn: a.record()}
	c.SignIn.Reason = no.reason
	c.SignIn.Detail.Explanation = no.explanation
	if a.visit == nil { // to a stranger's request, who may send as many as they like
		address := httpserver.Address(r.Context())
		if !h.Waits.Allow(address) {
			return errCrowd
		}
		if !h.Records.Allow(address) {
			c.SignIn.Message = nil
		}
	}
	c.SignIn.Detail.Status, c.SignIn.Detail.SubStatus = string(no.status.Code), string(no.status.SubCode)
	if err := h.send(w, r, a, resp, c); err != nil {
		return h.fail(r, a.identify(err))
	}
	return nil
}

func (a *accepted) response(now time.Time) *saml.Response {
	resp := &saml.Response{ID: newID(), Destination: a.acs.Location, Issuer: a.app.Issuer, IssueInstant: now}
	if a.req != nil {
		resp.InResponseTo = a.req.ID
	}
	return resp
}

// buffers hold a signed message and the page around it.
var buffers = sync.Pool{New: func() any { return &buffer{make([]byte, 0, 12<<10), make([]byte, 0, 16<<10)} }}

type buffer struct{ message, page []byte }

// send signs, commits, and only then lets the message go.
func (h *Handler) send(w http.ResponseWriter, r *http.Request, a *accepted, resp *saml.Response, c session.Conclusion) error {
	b := buffers.Get().(*buffer)
	defer buffers.Put(b)
	var err error
	if b.message, err = a.app.Key.AppendResponse(b.message[:0], resp, a.app.Choice); err != nil {
		return ours(err)
	}
	if b.page, err = h.page(b.page[:0], r, a, b.message); err != nil {
		return ours(err)
	}
	h.stamp(r, &c.SignIn, c.SignIn.Reason)
	c.SignIn.Detail.ResponseID, c.SignIn.Detail.KeyID = resp.ID, a.app.Key.ID
	if a.waiting != nil {
		c.Waiting = a.waiting.token.Hash()
	} else if a.req != nil {
		c.RequestID, c.SeenUntil = a.req.ID, h.seenUntil(a)
	}
	if err := h.Store.Conclude(r.Context(), c); err != nil {
		return a.spent(err)
	}
	h.note(r, a.app.Name, c.SignIn.Reason)
	head := w.Header()
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Content-Security-Policy", saml.PostFormCSP)
	head.Set("Cache-Control", "no-cache, no-store")
	head.Set("Pragma", "no-cache")
	_, _ = w.Write(b.page) // a browser that has gone away changes nothing: what happened is recorded
	return nil
}

// spent tells a replay, and a session that ended at this moment, from a breakdown.
func (a *accepted) spent(err error) error {
	switch {
	case fault.Is(err, fault.NotFound):
		return failed(audit.ReasonSessionExpired, err)
	case !fault.Is(err, fault.Conflict):
		return err
	case a.req == nil:
		return failed(audit.ReasonRequestReplayed, err)
	}
	return failed(audit.ReasonRequestReplayed, err, "The request %q of %s was seen before.", a.req.ID, a.app.Name)
}

// ours is for what went wrong with the message that we were about to send, whatever its writer calls it: the person cannot
// help it, and the administrator reads the sentence in the record.
func ours(err error) error {
	if fault.From(err).Kind == fault.Internal {
		return err
	}
	return failed(audit.ReasonInternal, &fault.Error{Kind: fault.Internal, Cause: err}, "%s", fault.From(err).Message)
}

// seenUntil is when the request would be too old anyway.
func (h *Handler) seenUntil(a *accepted) time.Time {
	return a.req.IssueInstant.Add(h.Skew + time.Minute)
}

// page wraps the message into the form that carries it.
func (h *Handler) page(dst []byte, r *http.Request, a *accepted, message []byte) ([]byte, error) {
	lang := h.Pages.Language(r)
	text := func(key string, args ...any) string {
		s, err := h.Pages.Texts.Text(lang, key, args...)
		if err != nil {
			return a.app.Name
		}
		return s
	}
	return saml.AppendPostForm(dst, saml.PostForm{
		Action: a.acs.Location, Field: "SAMLResponse", Message: message, RelayState: a.relayState, HasRelayState: a.hasRelay,
		Lang: string(lang), Title: text("post.title", a.app.Name), Heading: text("post.title", a.app.Name),
		NoScript: text("post.noscript"), Button: text("post.button", a.app.Name), Stylesheet: h.Stylesheet,
	})
}

// sessionIndex is the one that the app knows already in this session, else a new one. It is random for each app, so that
// two apps cannot tell by it that they serve one person (Core §2.7.2).
func sessionIndex(v *session.Visit) string {
	if v.Participant != nil {
		return v.Participant.SessionIndex
	}
	return newID()
}

// newID is an xs:ID with 160 random bits (Core §1.3.4).
func newID() string {
	var b [41]byte
	b[0] = '_'
	hex.Encode(b[1:], random(20))
	return string(b[:])
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}
