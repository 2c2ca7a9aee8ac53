package sso

import (
	"context"
	"encoding/base32"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// policy refuses at once a NameIDPolicy that nobody could meet (Core §3.4.1.1).
func (h *Handler) policy(a *accepted) error {
	p := a.req.NameIDPolicy
	if p == nil {
		return nil
	}
	if p.SPNameQualifier != "" && p.SPNameQualifier != a.app.EntityID {
		return invalidPolicy("The app %s asks for the name identifier of %q.", a.app.EntityID, p.SPNameQualifier)
	}
	if f := p.Format; f != "" && f != saml.FormatUnspecified && !served(f) && f != a.app.Settings.NameID.Format {
		return invalidPolicy("The app asks for a name identifier of the format %q; it can have an e-mail address, a persistent or a transient identifier.", f)
	}
	return nil
}

func invalidPolicy(explanation string, args ...any) *refusal {
	return refuse(audit.ReasonNameIDUnsupported, saml.StatusRequester, saml.StatusInvalidNameIDPolicy, explanation, args...)
}

// served says whether every app can have this format.
func served(f saml.NameIDFormat) bool {
	return f == saml.FormatEmail || f == saml.FormatPersistent || f == saml.FormatTransient
}

// format is the request's, else the app's rule, else the first in the app's metadata that we serve, else the e-mail
// address (Core §3.4.1.1, §8.3.1).
func (a *accepted) format() saml.NameIDFormat {
	if a.req != nil && a.req.NameIDPolicy != nil {
		if f := a.req.NameIDPolicy.Format; f != "" && f != saml.FormatUnspecified {
			return f
		}
	}
	if f := a.app.Settings.NameID.Format; f != "" {
		return f
	}
	for _, f := range a.app.Settings.Metadata.NameIDFormats {
		if served(f) || f == saml.FormatUnspecified {
			return f
		}
	}
	return saml.FormatEmail
}

// nameID makes the identifier of the person for this app.
func (h *Handler) nameID(ctx context.Context, a *accepted, v *session.Visit) (saml.NameID, error) {
	id := saml.NameID{Format: a.format()}
	switch id.Format {
	case apps.FormatNone:
		return saml.NameID{}, nil
	case saml.FormatTransient:
		// One for each session and app, so that logout can name it.
		if p := v.Participant; p != nil && p.NameID.Format == saml.FormatTransient {
			return p.NameID, nil
		}
		id.Value = newID()
		return id, nil
	case saml.FormatPersistent:
		return h.persistent(ctx, a, v)
	}
	values := a.nameSource(id.Format).Values(&v.User, v.Groups)
	if len(values) == 0 || strings.TrimSpace(values[0]) == "" {
		return id, refuse(audit.ReasonNameIDMissing, saml.StatusResponder, saml.StatusRequestDenied,
			"%s has no value for the name identifier of %s (%s).", v.User.UserName, a.app.Name, a.nameSource(id.Format))
	}
	id.Value = values[0]
	return id, nil
}

// nameSource is the rule's, but an identifier that says it is an e-mail address is one.
func (a *accepted) nameSource(f saml.NameIDFormat) apps.Source {
	rule := a.app.Settings.NameID
	if rule.Source != "" && (rule.Format == f || f != saml.FormatEmail) {
		return rule.Source
	}
	return apps.SourceEmail
}

// persistent is opaque, for this pair of person and app only, and for ever the same (Core §8.3.7). A new one is made only
// when the request allows it or there is no request.
func (h *Handler) persistent(ctx context.Context, a *accepted, v *session.Visit) (saml.NameID, error) {
	id := saml.NameID{Format: saml.FormatPersistent, NameQualifier: a.app.Issuer, SPNameQualifier: a.app.EntityID, Value: v.PersistentID}
	if id.Value != "" {
		return id, nil
	}
	if a.req != nil && a.req.NameIDPolicy != nil && a.req.NameIDPolicy.Format == saml.FormatPersistent && !a.req.NameIDPolicy.AllowCreate {
		return id, invalidPolicy("The app asks for a persistent identifier but does not allow a new one, and %s has none there yet.", v.User.UserName)
	}
	var err error
	id.Value, err = h.Store.PersistentID(ctx, a.app.ID, v.User.ID, opaque(), h.Now())
	return id, err
}

// opaque is 160 random bits in lower-case base32, which stays unique where case is lost.
func opaque() string {
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random(20)))
}

// named compares the subject that the request names with the person at the browser (Core §3.4.1.4): strongly, so value,
// format and qualifiers as far as they are given.
func (a *accepted) named(id saml.NameID) error {
	if a.req == nil || a.req.Subject == nil || a.req.Subject.NameID == nil {
		return nil
	}
	want := a.req.Subject.NameID
	same := want.Value == id.Value &&
		(want.Format == "" || want.Format == saml.FormatUnspecified || want.Format == id.Format) &&
		(want.NameQualifier == "" || want.NameQualifier == a.app.Issuer) &&
		(want.SPNameQualifier == "" || want.SPNameQualifier == a.app.EntityID)
	if !same {
		return a.unknownPrincipal("The request names another subject than the person at the browser.")
	}
	return nil
}
