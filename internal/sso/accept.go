package sso

import (
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/catalog"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
	"github.com/lanyard-idp/lanyard/internal/signer"
)

// DefaultSkew is how far the clocks of two servers may be apart, either way; a request is fresh for so long.
const DefaultSkew = 5 * time.Minute

// accepted is a sign-on that may be answered, and where. Only accept, resume and start make one: whatever holds an
// accepted holds a request of a known app, with a good signature where there is or must be one, fresh, meant for us, and
// an ACS that is registered.
type accepted struct {
	app        *catalog.App
	req        *saml.AuthnRequest // nil when unsolicited
	acs        apps.Endpoint
	byPOST     bool
	signed     bool
	relayState string
	hasRelay   bool
	message    []byte         // as received, for the record
	since      time.Time      // when it was accepted; ForceAuthn wants a sign-in after it
	waiting    *waiting       // set when it has waited
	visit      *session.Visit // who is at the browser, once that is known
	problem    *refusal       // what accept saw that is to be answered with an error
}

// accept says whether a message may be answered. Its errors are failures: pages of ours.
func (h *Handler) accept(in *saml.Inbound) (*accepted, error) {
	if in.Response {
		return nil, failed(audit.ReasonMalformedRequest, fault.New(fault.Invalid, "A SAML response was sent to the address for requests."))
	}
	req, err := saml.ReadAuthnRequest(in.XML)
	if err != nil {
		return nil, withMessage(failed(audit.ReasonMalformedRequest, err), nil, &saml.AuthnRequest{}, in)
	}
	app, err := h.appOf(req)
	if err != nil {
		return nil, withMessage(err, app, req, in)
	}
	a := &accepted{
		app: app, req: req, byPOST: in.Binding == saml.BindingPOST, message: in.XML, since: h.Now().Truncate(time.Microsecond),
		relayState: in.RelayState, hasRelay: in.HasRelayState,
	}
	for _, check := range []func(*accepted, *saml.Inbound) error{h.authentic, h.meantForUs, h.fresh, h.locate} {
		if err := check(a, in); err != nil {
			return nil, withMessage(err, app, req, in)
		}
	}
	return a, nil
}

func (h *Handler) appOf(req *saml.AuthnRequest) (*catalog.App, error) {
	app, ok := h.Catalog().ByEntityID(req.Issuer)
	if !ok {
		return nil, failed(audit.ReasonUnknownSP, nil, "The request comes from %q; no app has that entity ID.", req.Issuer)
	}
	return app, usable(app)
}

// usable says whether an app can be answered at all.
func usable(app *catalog.App) error {
	if !app.Enabled {
		return failed(audit.ReasonAppDisabled, nil, "%s is switched off.", app.Name)
	}
	if err := app.Ready(); err != nil {
		return failed(audit.ReasonAppNotReady, err)
	}
	return nil
}

// authentic verifies every signature that is there and demands one where the app says that it signs. From here on only
// octets that were verified are read.
func (h *Handler) authentic(a *accepted, in *saml.Inbound) error {
	switch {
	case in.Signature != nil && a.req.Signed, in.Binding == saml.BindingRedirect && a.req.Signed:
		return failed(audit.ReasonRequestSignatureInvalid, nil, "The message of a redirect carries an XML signature; it belongs into the query.")
	case in.Signature != nil:
		if err := signer.VerifyQuery(in.Signature.Octets, in.Signature.Method, in.Signature.Value, a.app.Trust); err != nil {
			return failed(audit.ReasonRequestSignatureInvalid, err)
		}
		a.signed = true
	case a.req.Signed:
		return h.verifyDocument(a, in)
	case a.app.Settings.RequireSigned:
		return a.notSigned()
	}
	return nil
}

func (a *accepted) notSigned() error {
	return failed(audit.ReasonRequestSignatureMissing, nil, "%s signs its requests, but this one is not signed.", a.app.Name)
}

func (h *Handler) verifyDocument(a *accepted, in *saml.Inbound) error {
	verified, err := signer.VerifyDocument(in.XML, a.app.Trust)
	if err != nil {
		return failed(audit.ReasonRequestSignatureInvalid, err)
	}
	req, err := saml.ReadAuthnRequest(verified)
	if err != nil {
		return failed(audit.ReasonMalformedRequest, err)
	}
	if req.Issuer != a.req.Issuer || req.ID != a.req.ID {
		return failed(audit.ReasonRequestSignatureInvalid, nil, "The signature covers another request than the one that was sent.")
	}
	a.req, a.signed = req, true
	return nil
}

// meantForUs compares Destination with the address the message arrived at; a signed one must have it (Bindings §3.4.5.2,
// §3.5.5.2).
func (h *Handler) meantForUs(a *accepted, _ *saml.Inbound) error {
	switch {
	case a.req.Destination == h.endpoint():
		return nil
	case a.req.Destination == "" && !a.signed:
		return nil
	case a.req.Destination == "":
		return failed(audit.ReasonDestinationMismatch, nil, "The request is signed but names no Destination; it must be %s.", h.endpoint())
	}
	return failed(audit.ReasonDestinationMismatch, nil, "The request is meant for %q; this address is %s.", a.req.Destination, h.endpoint())
}

func (h *Handler) fresh(a *accepted, _ *saml.Inbound) error {
	age := a.since.Sub(a.req.IssueInstant)
	if age <= h.Skew && age >= -h.Skew {
		return nil
	}
	return failed(audit.ReasonRequestExpiredOrEarly, nil, "The request was made at %s; here it is %s.",
		a.req.IssueInstant.Format(time.RFC3339), a.since.Format(time.RFC3339))
}

// locate finds where to answer: only ever an ACS that is registered and takes HTTP-POST. A URL that is not registered is
// never answered; an index that is not, or a binding that we cannot answer by, is answered with an error at the default.
func (h *Handler) locate(a *accepted, _ *saml.Inbound) error {
	a.acs = *a.app.Default
	req := a.req
	switch {
	case req.ACSURL != "":
		e, ok := byLocation(a.app.ACS, req.ACSURL)
		if !ok && registered(a.app.Settings.ACS, req.ACSURL) {
			a.problem = refuseBinding("The app asked to be answered at %s, which does not take HTTP-POST.", req.ACSURL)
			break
		}
		if !ok {
			return failed(audit.ReasonACSNotRegistered, nil, "%s asked to be answered at %q; registered are %s.", a.app.Name, req.ACSURL, locations(a.app.ACS))
		}
		a.acs = e
		if req.ACSIndex != nil && *req.ACSIndex != e.Index {
			a.problem = refuse(audit.ReasonACSNotRegistered, saml.StatusRequester, saml.StatusRequestUnsupported,
				"The request names the address %q and the index %d, which is another's.", req.ACSURL, *req.ACSIndex)
		}
	case req.ACSIndex != nil:
		a.locateByIndex(*req.ACSIndex)
	}
	if b := req.ProtocolBinding; a.problem == nil && b != "" && b != saml.BindingPOST {
		a.problem = refuseBinding("The app asked to be answered by %q; answers go by HTTP-POST.", b)
	}
	return nil
}

func (a *accepted) locateByIndex(index int) {
	for _, e := range a.app.Settings.ACS {
		if e.Index != index {
			continue
		}
		if e.Binding == saml.BindingPOST {
			a.acs = e
		} else {
			a.problem = refuseBinding("The app asked to be answered at its address number %d, which takes %q; answers go by HTTP-POST.", index, e.Binding)
		}
		return
	}
	a.problem = refuse(audit.ReasonACSNotRegistered, saml.StatusRequester, saml.StatusRequestUnsupported,
		"The app asked to be answered at its address number %d; it has %s.", index, locations(a.app.ACS))
}

// byLocation compares byte for byte: no case folding, no default port, no trailing slash (SAML2Int SDP-IDP06).
func byLocation(acs []apps.Endpoint, location string) (apps.Endpoint, bool) {
	for _, e := range acs {
		if e.Location == location {
			return e, true
		}
	}
	return apps.Endpoint{}, false
}

func registered(acs []apps.Endpoint, location string) bool {
	_, ok := byLocation(acs, location)
	return ok
}

func locations(acs []apps.Endpoint) string {
	var s string
	for i, e := range acs {
		if i > 0 {
			s += ", "
		}
		s += e.Location
	}
	return s
}
