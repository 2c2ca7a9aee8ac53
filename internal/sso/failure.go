package sso

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/catalog"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// failure ends a sign-on with a page of ours: we do not know whom to answer, or must not.
type failure struct {
	reason      audit.Reason
	explanation string // for the administrator, with the values that differ
	cause       error
	record      audit.SignIn // what is known of the message
}

func (f *failure) Error() string { return string(f.reason) + ": " + f.explanation }
func (f *failure) Unwrap() error { return f.cause }

// failed makes a failure; without a format the explanation is the cause's own sentence.
func failed(reason audit.Reason, cause error, explanation ...any) *failure {
	f := &failure{reason: reason, cause: cause}
	switch {
	case len(explanation) > 0:
		f.explanation = cut(fmt.Sprintf(explanation[0].(string), explanation[1:]...))
	case cause != nil:
		f.explanation = cut(fault.From(cause).Message)
	}
	return f
}

// withMessage adds to a failure what was read of the message, for the record.
func withMessage(err error, app *catalog.App, req *saml.AuthnRequest, in *saml.Inbound) error {
	var f *failure
	if !errors.As(err, &f) {
		return err
	}
	f.record.RequestID, f.record.Message = req.ID, in.XML
	f.record.Detail.Issuer, f.record.Detail.Binding, f.record.Detail.ACS = req.Issuer, string(in.Binding), req.ACSURL
	if app != nil {
		f.record.AppID, f.record.AppName = app.ID, app.Name
	}
	return f
}

// refusal ends a sign-on with a signed Response that is no success.
type refusal struct {
	reason      audit.Reason
	status      saml.Status
	explanation string // for the administrator
}

func (r *refusal) Error() string { return string(r.reason) + ": " + r.explanation }

// refuse makes a refusal. The app is told the codes and the sentence that the closed list has for people; the explanation
// stays here, as it may name values that are nobody else's business.
func refuse(reason audit.Reason, code, sub saml.StatusCode, explanation string, args ...any) *refusal {
	return &refusal{reason, saml.Refusal(code, sub, reason.ForPerson()), cut(fmt.Sprintf(explanation, args...))}
}

func refuseBinding(explanation string, args ...any) *refusal {
	return refuse(audit.ReasonBindingUnsupported, saml.StatusRequester, saml.StatusUnsupportedBinding, explanation, args...)
}

// kinds of the failures that are not simply bad input.
var kinds = map[audit.Reason]fault.Kind{
	audit.ReasonAppDisabled: fault.Forbidden, audit.ReasonNotAssigned: fault.Forbidden, audit.ReasonAppNotReady: fault.Forbidden,
	audit.ReasonRequestSignatureInvalid: fault.Forbidden, audit.ReasonRequestSignatureMissing: fault.Forbidden,
	audit.ReasonSessionExpired: fault.NotFound, audit.ReasonRequestReplayed: fault.Conflict,
}

// fail records a failure and turns it into the error that the page shows. Anything else goes on as it is, recorded as ours.
func (h *Handler) fail(r *http.Request, err error) error {
	var f *failure
	if !errors.As(err, &f) {
		kind := fault.From(err).Kind
		if kind != fault.Internal {
			return err
		}
		f = &failure{reason: audit.ReasonInternal, cause: err}
	}
	rec := f.record
	h.stamp(r, &rec, f.reason)
	rec.Detail.Explanation = f.explanation
	if rec.UserID == "" && !h.Records.Allow(rec.Address) {
		httpserver.Note(r.Context(), slog.Bool("unrecorded", true)) // a flood must not fill the disk; the log line tells of it
	} else if recErr := h.Store.RecordSignIn(r.Context(), rec); recErr != nil {
		return fmt.Errorf("record a failed sign-on (%v): %w", err, recErr) // without a record there is no answer but the apology
	}
	h.note(r, rec.AppName, f.reason)
	if f.reason == audit.ReasonInternal {
		return err
	}
	httpserver.Note(r.Context(), slog.String("explanation", f.explanation))
	kind, ok := kinds[f.reason]
	if !ok {
		kind = fault.Invalid
	}
	return &fault.Error{Kind: kind, Code: string(f.reason), Message: f.reason.ForPerson()}
}

// Bounds of what a record and a log line keep of strangers' words, in bytes: a message may be longer than all of them.
const (
	maxKeptMessage = 16 << 10
	maxKeptWords   = 2 << 10
)

func cut(s string) string {
	if len(s) <= maxKeptWords {
		return s
	}
	return strings.ToValidUTF8(s[:maxKeptWords], "") + "…"
}

// stamp fills in what every record has.
func (h *Handler) stamp(r *http.Request, rec *audit.SignIn, reason audit.Reason) {
	rec.At = h.Now()
	rec.Kind = audit.KindSignOn
	rec.Reason = reason
	rec.Reference = httpserver.Reference(r.Context())
	rec.Address = httpserver.Address(r.Context())
	rec.UserAgent = r.UserAgent()
	rec.Message = rec.Message[:min(len(rec.Message), maxKeptMessage)]
	rec.Detail.Issuer, rec.Detail.ACS = cut(rec.Detail.Issuer), cut(rec.Detail.ACS)
}

// note adds the outcome to the log line and counts it.
func (h *Handler) note(r *http.Request, app string, reason audit.Reason) {
	outcome := string(reason)
	if reason == audit.ReasonNone {
		outcome = "success"
	}
	httpserver.Note(r.Context(), slog.String("app", app), slog.String("sign_on", outcome))
	h.Metrics.count(app, outcome)
}
