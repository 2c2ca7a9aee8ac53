package signer

import (
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// A Choice says what of a message is signed, and how. Each signature costs five times what everything else together does,
// so an app that needs one should get one.
type Choice struct {
	Assertion, Response bool
	Method              saml.SignatureMethod
}

// AppendResponse writes r, signed as chosen, behind dst and gives the longer slice; dst itself comes back when there is an
// error. A refusal carries no assertion and is always signed as a whole, whatever the Choice says.
//
// It refuses with fault.Invalid, naming the field: a success that nothing signs, a success without an assertion, a refusal
// with one, a method that the key cannot do, a value that XML 1.0 cannot carry, an ID that is none, and the lack of an
// issuer, an audience or a recipient, without which an assertion would be good anywhere.
func (k *Key) AppendResponse(dst []byte, r *saml.Response, c Choice) ([]byte, error) {
	a, err := k.algorithm(c.Method)
	if err != nil {
		return dst, err
	}
	if err := consistent(r, &c); err != nil {
		return dst, err
	}
	w := newWriter(dst)
	w.response(k, a, r, c)
	return w.done(dst)
}

// consistent refuses what must never leave, and makes a refusal signed.
func consistent(r *saml.Response, c *Choice) error {
	switch {
	case r.Status.OK() && r.Assertion == nil:
		return fault.Field("assertion", "A successful answer needs an assertion.")
	case !r.Status.OK() && r.Assertion != nil:
		return fault.Field("assertion", "A refusal must not carry an assertion.") // Core §3.2.2.1
	case !r.Status.OK():
		c.Response, c.Assertion = true, false
	case !c.Assertion && !c.Response:
		return fault.Field("sign", "Choose what is signed: the assertion, the response, or both.")
	case r.ID == r.Assertion.ID:
		return fault.Field("ID", "The response and its assertion need different IDs.")
	}
	return nil
}

// response writes the children in the order of the protocol schema (Core §3.2.2).
func (w *writer) response(k *Key, a *algorithm, r *saml.Response, c Choice) {
	start := len(w.buf)
	w.raw(`<samlp:Response xmlns:samlp="` + saml.NSProtocol + `"`)
	w.optional(` Destination="`, "Destination", r.Destination)
	w.id(` ID="`, "ID", r.ID)
	w.optional(` InResponseTo="`, "InResponseTo", r.InResponseTo)
	w.instant(` IssueInstant="`, r.IssueInstant)
	w.raw(` Version="2.0">`)
	w.issuer(r.Issuer)
	var s seal
	if c.Response {
		s = w.open(k, a, start, r.ID, r.Assertion != nil && r.Assertion.TypedValues)
	}
	w.status(r.Status)
	if r.Assertion != nil {
		w.assertion(k, a, r.Assertion, c.Assertion)
	}
	w.raw(`</samlp:Response>`)
	if c.Response {
		w.close(s)
	}
}

// issuer has no Format: entity is what its absence means (Core §2.2.5).
func (w *writer) issuer(entityID string) {
	w.required("Issuer", entityID)
	w.element(`<saml:Issuer xmlns:saml="`+saml.NSAssertion+`">`, "Issuer", entityID, `</saml:Issuer>`)
}

// status writes the detail inside the top-level code (Core §3.2.2.2).
func (w *writer) status(s saml.Status) {
	code := s.Code
	if code == "" {
		code = saml.StatusSuccess
	}
	w.raw(`<samlp:Status>`)
	w.attr(`<samlp:StatusCode Value="`, "StatusCode", string(code))
	w.raw(`>`)
	if s.SubCode != "" {
		w.attr(`<samlp:StatusCode Value="`, "StatusCode", string(s.SubCode))
		w.raw(`></samlp:StatusCode>`)
	}
	w.raw(`</samlp:StatusCode>`)
	if s.Message != "" {
		w.element(`<samlp:StatusMessage>`, "StatusMessage", s.Message, `</samlp:StatusMessage>`)
	}
	w.raw(`</samlp:Status>`)
}
