package saml

import "time"

// An AuthnRequest as a service provider sent it (Core §3.4.1): read and well-formed, but believed in nothing yet. What is
// optional and was absent is the zero value or nil.
type AuthnRequest struct {
	ID              string
	Version         string
	IssueInstant    time.Time
	Destination     string
	Issuer          string
	ForceAuthn      bool
	IsPassive       bool
	ACSURL          string
	ACSIndex        *int // 0 to 65535, or -1 for a value that is no number of that range
	ProtocolBinding Binding
	AttributeIndex  *int   // AttributeConsumingServiceIndex
	ProviderName    string // untrusted text
	Subject         *RequestedSubject
	NameIDPolicy    *NameIDPolicy
	RequestedAuthn  *RequestedAuthnContext
	Scoping         *Scoping
	Signed          bool // a ds:Signature is there, at its place or not; verified by package signer, not here
}

// RequestedSubject is the person the service provider wants to see (Core §3.4.1).
type RequestedSubject struct {
	NameID       *NameID
	Encrypted    bool     // an EncryptedID stands in its place
	Confirmation []string // the methods of its SubjectConfirmation elements
}

// NameIDPolicy is what the service provider asks of the identifier (Core §3.4.1.1).
type NameIDPolicy struct {
	Format          NameIDFormat // empty: our choice
	SPNameQualifier string
	AllowCreate     bool
}

// RequestedAuthnContext is how the person shall have signed in (Core §3.3.2.2.1).
type RequestedAuthnContext struct {
	Comparison string // "exact" when absent; else "minimum", "maximum", "better"
	Classes    []AuthnContextClass
	Decls      []string // AuthnContextDeclRef
}

// Scoping limits who may answer (Core §3.4.1.2).
type Scoping struct {
	ProxyCount *int
	IDPs       []string // ProviderID of each IDPEntry
}
