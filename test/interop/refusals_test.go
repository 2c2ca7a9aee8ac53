package interop

import "testing"

// testRefusals shows that what Lanyard puts into a response is what lets a service provider refuse its misuse. Each
// refusal is preceded by the same walk with nothing wrong.
func (s suite) testRefusals(t *testing.T) {
	t.Run("RESP-12 one changed byte of an attribute is refused", func(t *testing.T) {
		s.mustKnowAda(t, s.fresh(t).deliver(t))
		s.fresh(t).deliverChanged(t, "Lovelace", "Lovelacf").mustBeRefused(t, "signature")
	})
	t.Run("RESP-06 an answer of an hour ago is refused", func(t *testing.T) {
		s.mustKnowAda(t, s.fresh(t).deliver(t))
		late := s.fresh(t)
		s.sp.with(t, func(c *config) { c.ClockOffset = 3600 })
		late.deliver(t).mustBeRefused(t, "expired|too old|confirm")
	})
	t.Run("RESP-09 an assertion for another audience is refused", s.testOtherAudience)
	t.Run("RESP-08 an answer to no request is refused by who waits for one", func(t *testing.T) {
		s.mustKnowAda(t, s.fresh(t).deliver(t))
		newBrowser().carry(t, s.start(t)).deliver(t).mustBeRefused(t, "InResponseTo|unsolicited|no request")
	})
}

// testOtherAudience registers a second app with the same address, so that nothing but the audience differs.
func (s suite) testOtherAudience(t *testing.T) {
	other := s.sp.config.EntityID + "/other"
	slug := "other-" + s.name
	s.idp.run(t, "", "app", "add", "--entity-id", other, "--acs", s.sp.url+"/acs", "--slug", slug)
	s.idp.assign(t, other)
	s.idp.await(t, "/saml/metadata/"+slug)
	t.Cleanup(func() { s.idp.run(t, "", "app", "remove", other) })
	s.sp.with(t, func(c *config) { c.AllowUnsolicited = true })
	s.mustKnowAda(t, newBrowser().carry(t, s.start(t)).deliver(t))
	newBrowser().carry(t, s.idp.url+"/saml/start/"+slug).deliver(t).mustBeRefused(t, "audience")
}
