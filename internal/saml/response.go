package saml

import "time"

// A Response is what we answer an AuthnRequest with (Core §3.3.3, Profiles §4.1.4.2). All instants are written in UTC with
// whole seconds or milliseconds.
type Response struct {
	ID           string
	InResponseTo string // empty when unsolicited
	Destination  string // the ACS URL
	Issuer       string // our entity ID, or the app's own for us
	IssueInstant time.Time
	Status       Status
	Assertion    *Assertion // nil in a refusal: a non-Success response carries no assertion (Core §3.2.2.1)
}

// Status is how a request ended (Core §3.2.2). The zero Status is Success.
type Status struct {
	Code    StatusCode `json:"code,omitempty"`
	SubCode StatusCode `json:"subCode,omitempty"`
	Message string     `json:"message,omitempty"`
}

// Refusal makes the status of a request that was not granted.
func Refusal(code, subCode StatusCode, message string) Status {
	return Status{Code: code, SubCode: subCode, Message: message}
}

// OK says whether this is Success.
func (s Status) OK() bool { return s.Code == "" || s.Code == StatusSuccess }

// An Assertion says who somebody is, to one service provider, for a few minutes (Core §2.3.3). It always carries exactly one
// bearer confirmation and one AuthnStatement, and an AttributeStatement only when there are attributes (Profiles §4.1.4.2).
type Assertion struct {
	ID           string
	Issuer       string
	IssueInstant time.Time
	Subject      NameID // a zero NameID is left out
	Recipient    string // the ACS URL
	InResponseTo string // empty when unsolicited
	NotBefore    time.Time
	NotOnOrAfter time.Time // of the conditions and of the bearer confirmation
	Audience     string    // the service provider's entity ID

	AuthnInstant        time.Time
	SessionIndex        string
	SessionNotOnOrAfter time.Time // zero: left out
	Context             AuthnContextClass

	Attributes  []Attribute
	TypedValues bool // write xsi:type="xs:string" on each value, for service providers that insist
}

// A NameID names the person to one service provider (Core §2.2.3).
type NameID struct {
	Value           string       `json:"value"`
	Format          NameIDFormat `json:"format,omitempty"`
	NameQualifier   string       `json:"nameQualifier,omitempty"`
	SPNameQualifier string       `json:"spNameQualifier,omitempty"`
	SPProvidedID    string       `json:"spProvidedId,omitempty"`
}

// An Attribute is one fact about the person (Core §2.7.3.1). No values: no AttributeValue is written.
type Attribute struct {
	Name         string
	NameFormat   NameFormat // always written
	FriendlyName string     // left out when empty
	Values       []string
}
