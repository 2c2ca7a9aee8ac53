package interop

import "testing"

// kind is one implementation of a service provider and what it knows.
type kind struct {
	name       string
	start      func(*testing.T, config) *peer
	algorithms []string // of signatures on responses
	ecdsa      bool     // among them, with a key of that kind
	signs      []string // algorithms of its own requests
	garbles    string   // characters that it escapes in one way to sign a query and in another to send it
	terse      bool     // knows neither the format of a name ID nor classes of authentication

	wantsAssertionsSigned bool // its metadata says so, whatever it is told
}

// The lists are what the libraries do, tried one by one: samlify and node-saml know no SHA-384 (xml-crypto), the others
// no RSASSA-PSS (goxmldsig, and xmlsec1 before 1.3); goxmldsig reads ECDSA values as DER, which no XML signature is.
// samlify's own RSASSA-PSS is left out: its queries have a salt of 20 octets instead of the 32 of RFC 6931 §2.3.10.
var kinds = []kind{
	{
		name: "node-saml", start: program("node", "peers/node-saml.mjs"),
		algorithms: []string{"rsa-sha256", "rsa-sha512", "rsa-pss-sha256"},
		signs:      []string{"rsa-sha256", "rsa-sha512"}, garbles: " '",
	},
	{
		name: "samlify", start: program("node", "peers/samlify.mjs"),
		algorithms: []string{"rsa-sha256", "rsa-sha512", "rsa-pss-sha256"},
		signs:      []string{"rsa-sha256", "rsa-sha512"}, terse: true,
	},
	{
		name: "pysaml2", start: program("/usr/bin/python3", "peers/pysaml2_sp.py"),
		algorithms: []string{"rsa-sha256", "rsa-sha384", "rsa-sha512"}, ecdsa: true,
		signs: []string{"rsa-sha256", "rsa-sha384", "rsa-sha512"},
	},
	{
		name: "crewjam", start: startCrewjam,
		algorithms: []string{"rsa-sha256", "rsa-sha384", "rsa-sha512"},
		signs:      []string{"rsa-sha256", "rsa-sha384", "rsa-sha512"}, wantsAssertionsSigned: true,
	},
}

func program(command ...string) func(*testing.T, config) *peer {
	return func(t *testing.T, initial config) *peer { t.Helper(); return startProgram(t, initial, command...) }
}

// suite is one kind of service provider, registered at Lanyard.
type suite struct {
	kind
	idp *lanyard
	sp  *peer
}

const emailFormat = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"

func TestServiceProvidersOfOthersSignPeopleInByLanyard(t *testing.T) {
	idp := startLanyard(t)
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			key, cert := serviceKey(t)
			sp := k.start(t, config{
				IDPMetadata: idp.metadata(), EntityID: "https://" + k.name + ".example/sp", NameIDFormat: emailFormat,
				KeyFile: key, CertFile: cert,
			})
			s := suite{k, idp, sp}
			idp.keep(t, sp)
			idp.assign(t, sp.config.EntityID)
			t.Run("requests", s.testRequests)
			t.Run("responses", s.testResponses)
			t.Run("names", s.testNames)
			t.Run("starts", s.testStarts)
			t.Run("refusals", s.testRefusals)
		})
	}
}

// login is where a sign-on starts. Lanyard has read the metadata of the service provider as it is now.
func (s suite) login(t *testing.T, relay string) string {
	t.Helper()
	s.idp.keep(t, s.sp)
	return s.sp.login(relay)
}

// fresh starts a sign-on in a new browser and carries it to the response.
func (s suite) fresh(t *testing.T) delivery {
	t.Helper()
	return newBrowser().carry(t, s.login(t, "/after"))
}

// mustKnowAda requires what every service provider reports: who signed in, and for which of its requests.
func (s suite) mustKnowAda(t *testing.T, r result) {
	t.Helper()
	r.mustBeAccepted(t)
	if r.NameID != adaName {
		t.Errorf("the name ID is %q", r.NameID)
	}
	if !s.terse && r.NameIDFormat != emailFormat {
		t.Errorf("the format of the name ID is %q", r.NameIDFormat)
	}
	if r.SessionIndex == "" {
		t.Error("no session index, so no logout later")
	}
	if len(r.Attributes) == 0 {
		t.Error("no attributes")
	}
	const password = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
	if !s.terse && r.AuthnContext != password {
		t.Errorf("the authentication context is %q", r.AuthnContext)
	}
}
