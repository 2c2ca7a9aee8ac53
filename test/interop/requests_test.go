package interop

import (
	"regexp"
	"strings"
	"testing"
)

func (s suite) testRequests(t *testing.T) {
	t.Run("MODE-01 an unsigned request by redirect signs in", func(t *testing.T) { s.testRequest(t, "redirect", "") })
	t.Run("MODE-18 an unsigned request by POST signs in", func(t *testing.T) { s.testRequest(t, "post", "") })
	for _, algorithm := range s.signs {
		id := algorithmID(algorithm)
		t.Run(id+" a redirect query signed by "+algorithm+" signs in", func(t *testing.T) { s.testRequest(t, "redirect", algorithm) })
		t.Run(id+" a POST request signed by "+algorithm+" signs in", func(t *testing.T) { s.testRequest(t, "post", algorithm) })
	}
	t.Run("SSO-02 a POST from another site finds the session", s.testPOSTFindsSession)
	t.Run("MODE-18 a signed request by POST signs in", func(t *testing.T) { s.testRequest(t, "post", "rsa-sha256") })
	t.Run("RED-07 the RelayState of a redirect comes back byte for byte", func(t *testing.T) { s.testRelayState(t, "redirect", "") })
	t.Run("RED-04 a signed query verifies as the library escaped it", func(t *testing.T) { s.testRelayState(t, "redirect", "rsa-sha256") })
	t.Run("POST-04 the RelayState of a POST comes back byte for byte", func(t *testing.T) { s.testRelayState(t, "post", "") })
	t.Run("RED-S3 a changed RelayState under a signature is refused", s.testChangedRelayState)
	t.Run("SSO-04 the signature of a redirect cannot be left out", func(t *testing.T) { s.testMissingSignature(t, "redirect") })
	t.Run("SSO-04 the signature of a POST cannot be left out", func(t *testing.T) { s.testMissingSignature(t, "post") })
	t.Run("SSO-06 a changed signed POST request is refused", s.testChangedPOST)
}

// testRequest signs in by the binding, with signed requests when an algorithm is named.
func (s suite) testRequest(t *testing.T, binding, algorithm string) {
	s.ask(t, binding, algorithm)
	got := s.fresh(t).deliver(t)
	s.mustKnowAda(t, got)
	if got.InResponseTo == "" {
		t.Error("the response names no request")
	}
}

// ask makes the service provider send its requests that way until the test ends.
func (s suite) ask(t *testing.T, binding, algorithm string) {
	t.Helper()
	s.sp.with(t, func(c *config) {
		c.RequestBinding, c.SignatureAlgorithm, c.SignRequests = binding, algorithm, algorithm != ""
	})
}

func (s suite) testPOSTFindsSession(t *testing.T) {
	b := newBrowser()
	s.mustKnowAda(t, b.carry(t, s.login(t, "first")).deliver(t))
	s.ask(t, "post", "")
	s.mustKnowAda(t, b.carry(t, s.login(t, "second")).deliver(t))
	if b.signIns != 1 {
		t.Errorf("the password was asked for %d times", b.signIns)
	}
}

var relayStates = []string{
	"https://sp.example/a?b=c&d=e#f",
	"a+b c%20d%2Fe%00f==",
	`"quotes" 'apostrophes' & <angles> &amp; \backslash`,
	" ümlaut 日本語 😀 ",
	strings.Repeat("0123456789", 8),
}

func (s suite) testRelayState(t *testing.T, binding, algorithm string) {
	s.ask(t, binding, algorithm)
	b := newBrowser()
	for _, relay := range relayStates {
		if algorithm != "" && s.garbles != "" && strings.ContainsAny(relay, s.garbles) {
			continue
		}
		got := b.carry(t, s.login(t, relay)).deliver(t)
		got.mustBeAccepted(t)
		if got.RelayState != relay {
			t.Errorf("%q came back as %q", relay, got.RelayState)
		}
	}
}

func (s suite) testChangedRelayState(t *testing.T) {
	s.ask(t, "redirect", "rsa-sha256")
	b := newBrowser()
	s.mustKnowAda(t, b.carry(t, s.login(t, "/mine")).deliver(t))
	address := b.redirection(t, s.login(t, "/mine")).String()
	changed := strings.Replace(address, "RelayState=%2Fmine", "RelayState=%2Ftheirs", 1)
	if changed == address {
		t.Fatalf("no RelayState to change in %s", address)
	}
	mustBeTurnedAway(t, b.get(t, changed))
}

// testMissingSignature switches signing off behind Lanyard's back: its metadata of the app still says that it signs.
func (s suite) testMissingSignature(t *testing.T, binding string) {
	s.ask(t, binding, "rsa-sha256")
	b := newBrowser()
	s.mustKnowAda(t, b.carry(t, s.login(t, "/mine")).deliver(t))
	s.sp.with(t, func(c *config) { c.SignRequests = false })
	at := b.get(t, s.sp.login("/mine"))
	if binding == "post" {
		at = at.submit(t, nil)
	}
	mustBeTurnedAway(t, at)
}

var issueSecond = regexp.MustCompile(`(IssueInstant="[0-9-]+T[0-9]+:[0-9]+:[0-9])([0-9])`)

func (s suite) testChangedPOST(t *testing.T) {
	s.ask(t, "post", "rsa-sha256")
	b := newBrowser()
	s.mustKnowAda(t, b.carry(t, s.login(t, "/mine")).deliver(t))
	page := b.get(t, s.login(t, "/mine"))
	xml := decode(t, page.form.fields["SAMLRequest"])
	changed := issueSecond.ReplaceAllStringFunc(xml, func(instant string) string {
		last := len(instant) - 1
		return instant[:last] + string('0'+(instant[last]-'0'+1)%10)
	})
	if changed == xml {
		t.Fatalf("no instant to change in %s", xml)
	}
	mustBeTurnedAway(t, page.submit(t, map[string]string{"SAMLRequest": encode(changed)}))
}

// mustBeTurnedAway requires a page of Lanyard's own that says no: nothing goes to the service provider.
func mustBeTurnedAway(t *testing.T, p *page) {
	t.Helper()
	if p.form != nil || p.status < 400 || p.status > 499 {
		t.Errorf("%s answered %d:\n%s", p.url.Host, p.status, brief(p.body))
	}
}
