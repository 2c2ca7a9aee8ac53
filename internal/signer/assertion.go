package signer

import (
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// Namespaces of typed attribute values.
const (
	nsXS  = "http://www.w3.org/2001/XMLSchema"
	nsXSI = "http://www.w3.org/2001/XMLSchema-instance"
)

const bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer"

// assertion writes the children in the order of the assertion schema (Core §2.3.3). It declares every prefix that it uses
// itself, so it can be cut out, encrypted or read alone.
func (w *writer) assertion(k *Key, a *algorithm, x *saml.Assertion, signed bool) {
	start := len(w.buf)
	w.raw(`<saml:Assertion xmlns:saml="` + saml.NSAssertion + `"`)
	if x.TypedValues {
		w.raw(` xmlns:xs="` + nsXS + `"`)
	}
	w.id(` ID="`, "Assertion ID", x.ID)
	w.instant(` IssueInstant="`, x.IssueInstant)
	w.raw(` Version="2.0">`)
	w.required("Issuer", x.Issuer)
	w.element(`<saml:Issuer>`, "Issuer", x.Issuer, `</saml:Issuer>`)
	var s seal
	if signed {
		s = w.open(k, a, start, x.ID, x.TypedValues)
	}
	w.subject(x)
	w.conditions(x)
	w.authnStatement(x)
	w.attributes(x)
	w.raw(`</saml:Assertion>`)
	if signed {
		w.close(s)
	}
}

// subject has one bearer confirmation, without NotBefore (Profiles §4.1.4.2) and without an Address: behind proxies nobody
// knows it, and a wrong one makes service providers refuse.
func (w *writer) subject(x *saml.Assertion) {
	w.raw(`<saml:Subject>`)
	if x.Subject != (saml.NameID{}) {
		w.nameID(x.Subject)
	}
	w.raw(`<saml:SubjectConfirmation Method="` + bearer + `"><saml:SubjectConfirmationData`)
	w.optional(` InResponseTo="`, "InResponseTo", x.InResponseTo)
	w.instant(` NotOnOrAfter="`, x.NotOnOrAfter)
	w.required("Recipient", x.Recipient)
	w.attr(` Recipient="`, "Recipient", x.Recipient)
	w.raw(`></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>`)
}

func (w *writer) nameID(n saml.NameID) {
	w.required("NameID", n.Value)
	w.raw(`<saml:NameID`)
	w.optional(` Format="`, "NameID Format", string(n.Format))
	w.optional(` NameQualifier="`, "NameQualifier", n.NameQualifier)
	w.optional(` SPNameQualifier="`, "SPNameQualifier", n.SPNameQualifier)
	w.optional(` SPProvidedID="`, "SPProvidedID", n.SPProvidedID)
	w.element(`>`, "NameID", n.Value, `</saml:NameID>`)
}

func (w *writer) conditions(x *saml.Assertion) {
	if !x.NotBefore.Before(x.NotOnOrAfter) {
		w.fail(fault.Field("NotOnOrAfter", "The assertion would end before it begins.")) // Core §2.5.1.2
	}
	w.instant(`<saml:Conditions NotBefore="`, x.NotBefore)
	w.instant(` NotOnOrAfter="`, x.NotOnOrAfter)
	w.required("Audience", x.Audience)
	w.element(`><saml:AudienceRestriction><saml:Audience>`, "Audience", x.Audience, `</saml:Audience></saml:AudienceRestriction></saml:Conditions>`)
}

func (w *writer) authnStatement(x *saml.Assertion) {
	class := x.Context
	if class == "" {
		class = saml.ClassUnspecified
	}
	w.instant(`<saml:AuthnStatement AuthnInstant="`, x.AuthnInstant)
	w.optional(` SessionIndex="`, "SessionIndex", x.SessionIndex)
	if !x.SessionNotOnOrAfter.IsZero() {
		w.instant(` SessionNotOnOrAfter="`, x.SessionNotOnOrAfter)
	}
	w.element(`><saml:AuthnContext><saml:AuthnContextClassRef>`, "AuthnContextClassRef", string(class),
		`</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`)
}

func (w *writer) attributes(x *saml.Assertion) {
	if len(x.Attributes) == 0 {
		return // an empty AttributeStatement is not valid (Core §2.7.3)
	}
	w.raw(`<saml:AttributeStatement>`)
	for i := range x.Attributes {
		w.attribute(&x.Attributes[i], x.TypedValues)
	}
	w.raw(`</saml:AttributeStatement>`)
}

// attribute writes no AttributeValue for no values, and an empty one for an empty string (Core §2.7.3.1.1).
func (w *writer) attribute(x *saml.Attribute, typed bool) {
	format := x.NameFormat
	if format == "" {
		format = saml.NameUnspecified
	}
	w.raw(`<saml:Attribute`)
	w.optional(` FriendlyName="`, "Attribute FriendlyName", x.FriendlyName)
	w.attr(` Name="`, "Attribute Name", x.Name)
	w.attr(` NameFormat="`, "Attribute NameFormat", string(format))
	w.raw(`>`)
	open := `<saml:AttributeValue>`
	if typed {
		open = `<saml:AttributeValue xmlns:xsi="` + nsXSI + `" xsi:type="xs:string">`
	}
	for _, value := range x.Values {
		w.element(open, x.Name, value, `</saml:AttributeValue>`)
	}
	w.raw(`</saml:Attribute>`)
}
