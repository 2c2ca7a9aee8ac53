package sso

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/catalog"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// waiting is a sign-on that was taken up again.
type waiting struct{ token session.Token }

// kept is what a waiting sign-on is made of again. It holds what was read and verified, so it is never verified twice.
type kept struct {
	Request    *saml.AuthnRequest `json:"request,omitempty"`
	ACS        string             `json:"acs"`
	ByPOST     bool               `json:"byPost,omitempty"`
	Signed     bool               `json:"signed,omitempty"`
	RelayState string             `json:"relayState,omitempty"`
	HasRelay   bool               `json:"hasRelay,omitempty"`
	Message    []byte             `json:"message,omitempty"`
}

var errCrowd = fault.New(fault.Unavailable, "Too many people are signing in at this moment. Please try again in a minute.")

// wait keeps the sign-on and sends the browser to a page of ours. One that has waited already keeps its place.
func (h *Handler) wait(w http.ResponseWriter, r *http.Request, a *accepted, to func(token string) string) error {
	if a.waiting != nil {
		http.Redirect(w, r, to(a.waiting.token.Reveal()), http.StatusSeeOther)
		return nil
	}
	if !h.Waits.Allow(httpserver.Address(r.Context())) {
		return errCrowd
	}
	doc, err := json.Marshal(kept{a.req, a.acs.Location, a.byPOST, a.signed, a.relayState, a.hasRelay, a.message[:min(len(a.message), maxKeptMessage)]})
	if err != nil {
		return fmt.Errorf("keep a waiting sign-on: %w", err)
	}
	token := session.NewToken()
	p := session.Pending{AppID: a.app.ID, Request: doc, CreatedAt: a.since, ExpiresAt: a.since.Add(session.PendingLimit)}
	var id string
	var until time.Time
	if a.req != nil {
		id, until = a.req.ID, h.seenUntil(a)
	}
	if err := h.Store.Wait(r.Context(), token.Hash(), p, id, until); err != nil {
		return a.spent(err)
	}
	http.Redirect(w, r, to(token.Reveal()), http.StatusSeeOther)
	return nil
}

// resume takes up a sign-on that waited. The link is worth no more than the app's own request was: it lets nobody in who
// is not signed in, and the app gets its answer once.
func (h *Handler) resume(w http.ResponseWriter, r *http.Request) error {
	token := session.TokenFrom(chi.URLParam(r, "token"))
	p, err := h.Store.Waiting(r.Context(), token.Hash(), h.Now())
	if fault.Is(err, fault.NotFound) {
		return h.fail(r, failed(audit.ReasonSessionExpired, err))
	}
	if err != nil {
		return h.fail(r, err)
	}
	a, err := h.revive(p)
	if err != nil {
		return h.fail(r, err)
	}
	a.waiting = &waiting{token}
	return h.answer(w, r, a)
}

// revive makes the accepted sign-on again, and asks again what may have changed meanwhile: the app is still there and on,
// still takes such a sign-on, and still has the address.
func (h *Handler) revive(p session.Pending) (*accepted, error) {
	var k kept
	if err := json.Unmarshal(p.Request, &k); err != nil {
		return nil, fmt.Errorf("read a waiting sign-on: %w", err)
	}
	app, ok := h.Catalog().ByID(p.AppID)
	if !ok {
		return nil, failed(audit.ReasonUnknownSP, nil, "The app was removed while somebody was signing in to it.")
	}
	a := &accepted{
		app: app, req: k.Request, byPOST: k.ByPOST, signed: k.Signed, relayState: k.RelayState, hasRelay: k.HasRelay, message: k.Message, since: p.CreatedAt,
	}
	if err := a.stillThere(app, k.ACS); err != nil {
		return nil, a.identify(err)
	}
	return a, nil
}

func (a *accepted) stillThere(app *catalog.App, location string) error {
	if err := usable(app); err != nil {
		return err
	}
	switch {
	case a.req == nil && app.Settings.NoUnsolicited:
		return a.noStart()
	case a.req != nil && app.Settings.RequireSigned && !a.signed:
		return a.notSigned()
	}
	e, ok := byLocation(app.ACS, location)
	if !ok {
		return failed(audit.ReasonACSNotRegistered, nil, "%s had the address %q when the sign-in began; it was removed meanwhile.", app.Name, location)
	}
	a.acs = e
	return nil
}
