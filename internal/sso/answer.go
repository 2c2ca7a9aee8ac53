package sso

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// answer decides on an accepted sign-on: a Response, granted or refused, or a round by the sign-in page first.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request, a *accepted) error {
	err := h.decide(w, r, a)
	var no *refusal
	if errors.As(err, &no) {
		return h.respondRefusal(w, r, a, no)
	}
	if err != nil {
		return h.fail(r, a.identify(err))
	}
	return nil
}

func (h *Handler) decide(w http.ResponseWriter, r *http.Request, a *accepted) error {
	if a.problem != nil {
		return a.problem
	}
	if err := h.demands(a); err != nil {
		return err
	}
	token := h.Pages.Cookies.Read(r, httpserver.SessionCookie)
	if token == "" && a.byPOST && a.waiting == nil {
		// A cross-site POST comes without our cookie (it is SameSite=Lax); a redirect to ourselves brings it.
		return h.wait(w, r, a, func(waiting string) string { return "/saml/resume/" + waiting })
	}
	visit, err := h.visit(r, a, token)
	if err != nil {
		return err
	}
	if visit == nil || a.forced(visit) {
		return h.needSignIn(w, r, a)
	}
	a.visit = visit
	if !visit.Assigned {
		return a.notAssigned(visit)
	}
	return h.grant(w, r, a, visit)
}

// visit is nil when nobody is signed in.
func (h *Handler) visit(r *http.Request, a *accepted, token string) (*session.Visit, error) {
	if token == "" {
		return nil, nil
	}
	v, err := h.Store.Visit(r.Context(), session.VisitQuery{
		TokenHash: session.TokenFrom(token).Hash(), AppID: a.app.ID, Groups: wantsGroups(a.app.Settings.Claims), Now: h.Now(),
	})
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return v, err
}

// forced says that the person must prove who they are once more: the app asked for it, and the last proof is older than
// its request (Core §3.4.1).
func (a *accepted) forced(v *session.Visit) bool {
	return a.req != nil && a.req.ForceAuthn && v.Session.AuthnInstant.Before(a.since)
}

// needSignIn sends the person to the sign-in page, unless the app wants no page shown (Core §3.4.1, IsPassive).
func (h *Handler) needSignIn(w http.ResponseWriter, r *http.Request, a *accepted) error {
	if a.req != nil && a.req.IsPassive {
		return refuse(audit.ReasonPassiveNeedsLogin, saml.StatusResponder, saml.StatusNoPassive, "The app wants no page shown, but somebody has to sign in first.")
	}
	return h.wait(w, r, a, func(waiting string) string {
		q := url.Values{"next": {"/saml/resume/" + waiting}, "app": {a.app.Slug}}
		if a.req != nil && a.req.ForceAuthn {
			q.Set("again", "1")
		}
		return "/login?" + q.Encode()
	})
}

func (a *accepted) notAssigned(v *session.Visit) error {
	if a.req == nil {
		return failed(audit.ReasonNotAssigned, nil, "%s is not assigned to %s.", v.User.UserName, a.app.Name)
	}
	return refuse(audit.ReasonNotAssigned, saml.StatusResponder, saml.StatusRequestDenied, "%s is not assigned to %s.", v.User.UserName, a.app.Name)
}

// demands looks at what the request asks beyond an answer; what cannot be met is refused before anybody signs in for
// nothing.
func (h *Handler) demands(a *accepted) error {
	if a.req == nil {
		return nil
	}
	for _, check := range []func(*accepted) error{version, h.scoping, subjectConfirmation, h.policy, h.context} {
		if err := check(a); err != nil {
			return err
		}
	}
	return nil
}

// version wants 2.0 (Core §3.2.1, §4.1.3).
func version(a *accepted) error {
	sub := saml.StatusRequestVersionTooLow
	switch v := a.req.Version; {
	case v == "2.0":
		return nil
	case v > "2.0":
		sub = saml.StatusRequestVersionTooHigh
	}
	return refuse(audit.ReasonMalformedRequest, saml.StatusVersionMismatch, sub, "The request has the version %q; it must be 2.0.", a.req.Version)
}

// scoping: a list of identity providers that does not name us excludes us (Core §3.4.1.2).
func (h *Handler) scoping(a *accepted) error {
	s := a.req.Scoping
	if s == nil || len(s.IDPs) == 0 {
		return nil
	}
	for _, id := range s.IDPs {
		if id == a.app.Issuer {
			return nil
		}
	}
	return refuse(audit.ReasonMalformedRequest, saml.StatusRequester, saml.StatusNoSupportedIDP, "The request lists identity providers that may answer; %s is not among them.", a.app.Issuer)
}

const bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer"

// subjectConfirmation: we confirm by bearer only.
func subjectConfirmation(a *accepted) error {
	if a.req.Subject == nil {
		return nil
	}
	for _, m := range a.req.Subject.Confirmation {
		if m != bearer {
			return refuse(audit.ReasonMalformedRequest, saml.StatusRequester, saml.StatusRequestUnsupported, "The request wants the subject confirmed by %q; only bearer is offered.", m)
		}
	}
	if a.req.Subject.Encrypted {
		return a.unknownPrincipal("The request names its subject in encrypted form, which is not supported.")
	}
	return nil
}

// unknownPrincipal answers a request for a person who is not the one at the browser, whoever that would be: an app must
// not learn whether they exist.
func (a *accepted) unknownPrincipal(explanation string) *refusal {
	return refuse(audit.ReasonNameIDUnsupported, saml.StatusRequester, saml.StatusUnknownPrincipal, "%s", explanation)
}

// wantsGroups says whether any claim is made of group names.
func wantsGroups(claims []apps.Claim) bool {
	for _, c := range claims {
		if c.Source == apps.SourceGroups {
			return true
		}
	}
	return false
}

// lifetime of an assertion for this app.
func (a *accepted) lifetime() time.Duration {
	if l := a.app.Settings.Lifetime; l > 0 {
		return time.Duration(l)
	}
	return time.Duration(apps.DefaultLifetime)
}

// identify adds to a failure after accept what is known by then.
func (a *accepted) identify(err error) error {
	var f *failure
	if !errors.As(err, &f) {
		if fault.From(err).Kind != fault.Internal {
			return err
		}
		f = &failure{reason: audit.ReasonInternal, cause: err}
	}
	f.record = a.record()
	return f
}

// record is what is known of the sign-on itself.
func (a *accepted) record() audit.SignIn {
	rec := audit.SignIn{AppID: a.app.ID, AppName: a.app.Name, Message: a.message}
	rec.Detail.ACS = a.acs.Location
	rec.Detail.AppVersion = a.app.Version
	rec.Detail.Signed = a.signed
	rec.Detail.RelayState = a.hasRelay
	if a.visit != nil {
		rec.UserID, rec.UserName = a.visit.User.ID, a.visit.User.UserName
	}
	if a.req != nil {
		rec.RequestID, rec.Detail.Issuer = a.req.ID, a.req.Issuer
		rec.Detail.Binding = string(saml.BindingRedirect)
		if a.byPOST {
			rec.Detail.Binding = string(saml.BindingPOST)
		}
	}
	return rec
}
