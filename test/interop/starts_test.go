package interop

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func (s suite) testStarts(t *testing.T) {
	t.Run("SSO-29 the sign-on may start at Lanyard", s.testStartAtLanyard)
	t.Run("AUTH-01 ForceAuthn asks for the password again", s.testForceAuthn)
	t.Run("AUTH-06 IsPassive without a session is answered with a signed NoPassive", s.testPassiveWithoutSession)
	t.Run("AUTH-07 IsPassive with a session signs in silently", s.testPassiveWithSession)
	if !s.terse {
		t.Run("AUTH-10 a class of authentication that a password is not gets NoAuthnContext", s.testUnmetClass)
	}
	t.Run("ERR-05 who is not assigned is told so by the app", s.testUnassigned)
}

func (s suite) testStartAtLanyard(t *testing.T) {
	s.sp.with(t, func(c *config) { c.AllowUnsolicited = true })
	got := newBrowser().carry(t, s.start(t)).deliver(t)
	s.mustKnowAda(t, got)
	if got.InResponseTo != "" {
		t.Errorf("the response names the request %q, and there is none", got.InResponseTo)
	}
}

// start is where the person's tile of the app leads.
func (s suite) start(t *testing.T) string {
	t.Helper()
	s.idp.keep(t, s.sp)
	return s.idp.url + "/saml/start/" + s.sp.slug
}

func (s suite) testForceAuthn(t *testing.T) {
	b := newBrowser()
	s.mustKnowAda(t, b.carry(t, s.login(t, "first")).deliver(t))
	s.mustKnowAda(t, b.carry(t, s.login(t, "second")).deliver(t))
	if b.signIns != 1 {
		t.Fatalf("the password was asked for %d times without ForceAuthn", b.signIns)
	}
	s.sp.with(t, func(c *config) { c.ForceAuthn = true })
	started := time.Now().Truncate(time.Second)
	d := b.carry(t, s.login(t, "third"))
	s.mustKnowAda(t, d.deliver(t))
	if b.signIns != 2 {
		t.Errorf("the password was asked for %d times with ForceAuthn", b.signIns)
	}
	if at := authnInstant(t, d.xml); at.Before(started) {
		t.Errorf("the authentication is of %s, before the request of %s", at, started)
	}
}

func (s suite) testPassiveWithoutSession(t *testing.T) {
	s.sp.with(t, func(c *config) { c.Passive = true })
	b := newBrowser()
	d := b.carry(t, s.login(t, "/quietly"))
	if b.signIns != 0 {
		t.Error("a form was shown")
	}
	s.mustBeDenied(t, d, "NoPassive")
}

func (s suite) testPassiveWithSession(t *testing.T) {
	b := newBrowser()
	s.mustKnowAda(t, b.carry(t, s.login(t, "first")).deliver(t))
	s.sp.with(t, func(c *config) { c.Passive = true })
	s.mustKnowAda(t, b.carry(t, s.login(t, "second")).deliver(t))
	if b.signIns != 1 {
		t.Errorf("the password was asked for %d times", b.signIns)
	}
}

func (s suite) testUnmetClass(t *testing.T) {
	const smartcard = "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI"
	s.sp.with(t, func(c *config) { c.RequestedAuthnContext = []string{smartcard} })
	s.mustBeDenied(t, s.fresh(t), "NoAuthnContext")
}

func (s suite) testUnassigned(t *testing.T) {
	s.mustKnowAda(t, s.fresh(t).deliver(t))
	app := s.sp.config.EntityID
	t.Cleanup(func() { s.idp.assign(t, app) })
	s.idp.run(t, "", "app", "unassign", app, "--user", adaName)
	s.mustBeDenied(t, s.fresh(t), "RequestDenied")
}

// mustBeDenied requires a signed response without an assertion, that the service provider takes for the refusal it is.
func (s suite) mustBeDenied(t *testing.T, d delivery, code string) {
	t.Helper()
	mustBeSigned(t, d.xml, s.idp.metadata(), "/*/*[local-name()='Signature']")
	if strings.Contains(d.xml, "Assertion") {
		t.Errorf("a refusal with an assertion:\n%s", d.xml)
	}
	const status = "urn:oasis:names:tc:SAML:2.0:status:"
	if got := statusCodes(t, d.xml); !slices.Equal(got, []string{status + "Responder", status + code}) {
		t.Errorf("the status is %v", got)
	}
	d.deliver(t).mustBeRefused(t, code+"|Responder")
}
