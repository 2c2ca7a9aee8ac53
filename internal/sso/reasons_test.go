package sso_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
	"github.com/lanyard-idp/lanyard/web"
)

// An outcome is one way to fail: what happens, what the browser gets, and which words the administrator reads.
type outcome struct {
	reason audit.Reason
	status int    // of the page, or
	codes  string // of the Response
	tells  []string
	make   func(b *bench, w *browser) *answer
}

var outcomes = []outcome{
	{audit.ReasonUnknownSP, 400, "", []string{"https://other.example"}, func(b *bench, w *browser) *answer {
		r := b.fresh()
		r.Issuer = "https://other.example"
		return w.redirect(r.xml())
	}},
	{audit.ReasonACSNotRegistered, 400, "", []string{"https://evil.example/acs", spACS}, func(b *bench, w *browser) *answer {
		return w.redirect(b.fresh().with("AssertionConsumerServiceURL", "https://evil.example/acs").xml())
	}},
	{audit.ReasonACSNotRegistered, 0, "Requester/RequestUnsupported", []string{"9", spACS}, func(b *bench, w *browser) *answer {
		return w.redirect(b.fresh().with("AssertionConsumerServiceIndex", "9").xml())
	}},
	{audit.ReasonRequestSignatureMissing, 403, "", []string{"Wiki", "not signed"}, func(b *bench, w *browser) *answer {
		b.change(signs)
		return w.redirect(b.fresh().xml())
	}},
	{audit.ReasonRequestSignatureInvalid, 403, "", []string{"signature", "metadata"}, func(b *bench, w *browser) *answer {
		return w.post(signedXML(b.t, evilKey(), b.fresh().xml()))
	}},
	{audit.ReasonRequestExpiredOrEarly, 400, "", []string{"2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z"}, func(b *bench, w *browser) *answer {
		r := b.fresh()
		r.Instant = nine.Add(-time.Hour).Format(time.RFC3339)
		return w.redirect(r.xml())
	}},
	{audit.ReasonRequestReplayed, 409, "", []string{"_twice", "Wiki"}, func(b *bench, w *browser) *answer {
		r := b.fresh()
		r.ID = "_twice"
		w.redirect(r.xml()).granted(r.ID)
		return w.redirect(r.xml())
	}},
	{audit.ReasonDestinationMismatch, 400, "", []string{"https://other.example/sso", endpoint}, func(b *bench, w *browser) *answer {
		r := b.fresh()
		r.Destination = "https://other.example/sso"
		return w.redirect(r.xml())
	}},
	{audit.ReasonNameIDUnsupported, 0, "Requester/InvalidNameIDPolicy", []string{"urn:x", "persistent"}, func(b *bench, w *browser) *answer {
		return w.redirect(b.fresh().holding(policy("Format", "urn:x")).xml())
	}},
	{audit.ReasonNameIDMissing, 0, "Responder/RequestDenied", []string{"ada", "attribute:staff"}, func(b *bench, w *browser) *answer {
		b.change(func(a *apps.App) {
			a.Settings.NameID = apps.NameIDRule{Format: saml.FormatUnspecified, Source: apps.AttributeSource("staff")}
		})
		return w.redirect(b.fresh().xml())
	}},
	{audit.ReasonAttributeMissing, 0, "Responder/RequestDenied", []string{"ada", "phone", "Wiki"}, func(b *bench, w *browser) *answer {
		b.change(func(a *apps.App) {
			a.Settings.Claims = []apps.Claim{{Name: "phone", Source: apps.AttributeSource("p"), Required: true}}
		})
		return w.redirect(b.fresh().xml())
	}},
	{audit.ReasonContextUnmet, 0, "Responder/NoAuthnContext", []string{"urn:x", ppt}, func(b *bench, w *browser) *answer {
		return w.redirect(b.fresh().holding(class("urn:x")).xml())
	}},
	{audit.ReasonPassiveNeedsLogin, 0, "Responder/NoPassive", []string{"no page", "sign in"}, func(b *bench, w *browser) *answer {
		return b.nobody().redirect(b.fresh().with("IsPassive", "true").xml())
	}},
	{audit.ReasonAppDisabled, 403, "", []string{"Wiki"}, func(b *bench, w *browser) *answer {
		b.change(func(a *apps.App) { a.Enabled = false })
		return w.redirect(b.fresh().xml())
	}},
	{audit.ReasonAppNotReady, 403, "", []string{"signing certificate"}, func(b *bench, w *browser) *answer {
		b.pairs = nil
		b.reload()
		return w.redirect(b.fresh().xml())
	}},
	{audit.ReasonAppNotReady, 403, "", []string{"Wiki", "HTTP-POST"}, func(b *bench, w *browser) *answer {
		b.change(func(a *apps.App) { a.Settings.ACS[0].Binding = saml.BindingArtifact })
		return w.get("/saml/start/wiki")
	}},
	{audit.ReasonNotAssigned, 0, "Responder/RequestDenied", []string{"ada", "Wiki"}, func(b *bench, w *browser) *answer {
		b.store.assigned[appID] = nil
		return w.redirect(b.fresh().xml())
	}},
	{audit.ReasonNotAssigned, 403, "", []string{"ada", "Wiki"}, func(b *bench, w *browser) *answer {
		b.store.assigned[appID] = nil
		return w.get("/saml/start/wiki")
	}},
	{audit.ReasonSessionExpired, 404, "", []string{"no such waiting sign-on"}, func(b *bench, w *browser) *answer {
		back := b.nobody().redirect(b.fresh().xml()).asked()
		b.now = nine.Add(session.PendingLimit)
		return w.get(back)
	}},
	{audit.ReasonBindingUnsupported, 0, "Requester/UnsupportedBinding", []string{"urn:x", "HTTP-POST"}, func(b *bench, w *browser) *answer {
		return w.redirect(b.fresh().with("ProtocolBinding", "urn:x").xml())
	}},
	{audit.ReasonMalformedRequest, 400, "", []string{"Line 1"}, func(b *bench, w *browser) *answer { return w.redirect("<x") }},
	{audit.ReasonMalformedRequest, 0, "VersionMismatch/RequestVersionTooHigh", []string{"3.0", "2.0"}, func(b *bench, w *browser) *answer {
		r := b.fresh()
		r.Version = "3.0"
		return w.redirect(r.xml())
	}},
	{audit.ReasonInternal, 500, "", nil, func(b *bench, w *browser) *answer {
		b.store.broken = errors.New("no disk")
		return w.redirect(b.fresh().xml())
	}},
}

func TestEveryWayToFailIsRecordedAndExplained(t *testing.T) {
	made := map[audit.Reason]bool{}
	for _, o := range outcomes {
		made[o.reason] = true
		t.Run(string(o.reason)+" "+o.codes, func(t *testing.T) {
			b := newBench(t)
			w := b.signedIn(ada())
			a := o.make(b, w)
			if o.codes != "" {
				a.refused(o.codes)
				if a.text("Status/StatusMessage") != o.reason.ForPerson() {
					t.Errorf("the app is told %q", a.text("Status/StatusMessage"))
				}
			} else {
				a.paged(o.status)
				if o.reason != audit.ReasonInternal && !strings.Contains(strings.ReplaceAll(a.Body, "&#39;", "'"), o.reason.ForPerson()) {
					t.Errorf("the person is told %s", a.Body)
				}
			}
			got := b.recorded(o.reason)
			for _, word := range o.tells {
				if !strings.Contains(got.Detail.Explanation, word) {
					t.Errorf("explained as %q, without %q", got.Detail.Explanation, word)
				}
				if strings.Contains(a.Body, got.Detail.Explanation) || strings.Contains(string(a.XML), got.Detail.Explanation) {
					t.Error("the explanation is shown to somebody")
				}
			}
			if got.Reference == "" || got.Reference != a.Header.Get("X-Request-Id") || got.At.IsZero() || b.store.early {
				t.Errorf("recorded %+v, answered before: %v", got, b.store.early)
			}
			if o.codes != "" && (got.Detail.Status == "" || got.Detail.ResponseID != a.attr("", "ID") || got.AppID != appID || got.RequestID == "" || len(got.Message) == 0) {
				t.Errorf("recorded %+v", got)
			}
		})
	}
	t.Run("each reason that a sign-on can have was made", func(t *testing.T) {
		elsewhere := []audit.Reason{audit.ReasonUserDisabled, audit.ReasonCredentialsWrong, audit.ReasonLockedOut, audit.ReasonFactorMissing, audit.ReasonFactorWrong, audit.ReasonCertificateExpired, audit.ReasonSPReportedFailure}
		for _, r := range elsewhere {
			made[r] = true
		}
		for _, r := range audit.Reasons {
			if !made[r] {
				t.Errorf("%s was not", r)
			}
		}
	})
}

func TestEachReasonHasBothSentences(t *testing.T) {
	for _, r := range audit.Reasons {
		if r.ForAdmin() == "" || r.ForPerson() == "" {
			t.Errorf("%s lacks a sentence", r)
		}
		key := "reason." + string(r)
		if web.English[key] != r.ForPerson() || web.Dutch[key] == "" {
			t.Errorf("%s cannot be translated", r)
		}
	}
	if audit.ReasonNone.ForPerson() != "" {
		t.Error("success has a sentence")
	}
}

func TestSuccessIsRecordedWhole(t *testing.T) {
	t.Run("OPS-06 the record of an assertion tells which, to whom, of whom and by which key", func(t *testing.T) {
		b := newBench(t)
		r := b.fresh()
		a := b.signedIn(ada()).redirect(r.xml(), "x")
		got := b.recorded(audit.ReasonNone)
		d := got.Detail
		if got.UserName != "ada" || got.UserID != ada().ID || got.AppID != appID || got.RequestID != r.ID || string(got.Message) != r.xml() || got.Address != "192.0.2.1" ||
			d.AssertionID != a.attr("Assertion", "ID") || d.ResponseID != a.attr("", "ID") || d.NameID != "ada@example.org" || d.SessionIndex != a.attr("Assertion/AuthnStatement", "SessionIndex") ||
			d.KeyID != "our-key" || d.AppVersion != 3 || d.ACS != spACS || d.Issuer != spID || d.Binding != string(saml.BindingRedirect) || d.Context != ppt || !d.RelayState || d.Signed ||
			len(d.Attributes) != 1 || d.Attributes[0].Name != "mail" {
			t.Errorf("recorded %+v", got)
		}
		if a.Status != http.StatusOK {
			t.Errorf("%d", a.Status)
		}
	})
}
