package saml

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// ReadAuthnRequest reads an AuthnRequest (Core §3.4.1) as its schema has it: known elements once and in order, values of
// their type. What is allowed to be anything (Extensions) is allowed to be anything.
func ReadAuthnRequest(doc []byte) (*AuthnRequest, error) {
	root, err := strictxml.Parse(doc, strictxml.MessageLimits)
	if err != nil {
		return nil, err
	}
	if !root.Is(NSProtocol, "AuthnRequest") {
		return nil, fault.New(fault.Invalid, "This is %s, not a SAML 2.0 AuthnRequest.", root.Local)
	}
	// A signature anywhere counts: whoever moved it aside wants the rest to pass for a request that needs none.
	req := &AuthnRequest{Signed: holdsSignature(root)}
	if err := req.attributes(root); err != nil {
		return nil, err
	}
	if err := req.children(root); err != nil {
		return nil, err
	}
	return req, nil
}

func holdsSignature(e *strictxml.Element) bool {
	return e.Is(NSDSig, "Signature") || slices.ContainsFunc(e.Children, holdsSignature)
}

func (r *AuthnRequest) attributes(root *strictxml.Element) error {
	a := reader{e: root}
	r.ID = a.text("ID")
	r.Version = a.text("Version")
	r.IssueInstant = a.instant("IssueInstant")
	r.Destination = a.text("Destination")
	r.ForceAuthn = a.boolean("ForceAuthn")
	r.IsPassive = a.boolean("IsPassive")
	r.ACSURL = a.text("AssertionConsumerServiceURL")
	r.ACSIndex = a.index("AssertionConsumerServiceIndex")
	r.ProtocolBinding = Binding(a.text("ProtocolBinding"))
	r.AttributeIndex = a.index("AttributeConsumingServiceIndex")
	r.ProviderName = a.text("ProviderName")
	if !validID(r.ID) {
		a.refuse("ID", "must be an XML name of at most 256 characters")
	}
	// Only the unqualified ID counts; a look-alike is there to deceive somebody.
	for _, attr := range root.Attrs {
		if strings.EqualFold(attr.Local, "ID") && (attr.Space != "" || attr.Local != "ID") {
			a.refuse(attr.Local, "is not an attribute of this message")
		}
	}
	return a.err
}

// order is the sequence that the schema gives the children.
var order = map[string]int{
	"Issuer": 0, "Signature": 1, "Extensions": 2, "Subject": 3, "NameIDPolicy": 4, "Conditions": 5, "RequestedAuthnContext": 6, "Scoping": 7,
}

var spaces = map[string]string{"Issuer": NSAssertion, "Subject": NSAssertion, "Conditions": NSAssertion, "Signature": NSDSig}

func (r *AuthnRequest) children(root *strictxml.Element) error {
	last := -1
	for _, c := range root.Children {
		place, known := order[c.Local]
		space := spaces[c.Local]
		if space == "" {
			space = NSProtocol
		}
		if !known || c.Space != space || place <= last {
			return fault.New(fault.Invalid, "Line %d: <%s> is not expected here.", c.Line, c.Local)
		}
		last = place
		if err := r.child(c); err != nil {
			return err
		}
	}
	if r.Issuer == "" {
		return fault.New(fault.Invalid, "The request has no Issuer: it does not say which app sent it.")
	}
	return nil
}

func (r *AuthnRequest) child(c *strictxml.Element) (err error) {
	switch c.Local {
	case "Issuer":
		r.Issuer, err = readIssuer(c)
	case "Subject":
		r.Subject, err = readSubject(c)
	case "NameIDPolicy":
		a := reader{e: c}
		r.NameIDPolicy = &NameIDPolicy{NameIDFormat(a.text("Format")), a.text("SPNameQualifier"), a.boolean("AllowCreate")}
		err = a.err
	case "RequestedAuthnContext":
		r.RequestedAuthn, err = readRequestedAuthn(c)
	case "Scoping":
		r.Scoping, err = readScoping(c)
	}
	return err
}

// readIssuer takes an entity identifier (Core §8.3.6), byte for byte.
func readIssuer(e *strictxml.Element) (string, error) {
	if f, ok := e.Attr("Format"); ok && NameIDFormat(f) != FormatEntity {
		return "", fault.New(fault.Invalid, "Line %d: the Issuer has the Format %q; it must be an entity identifier.", e.Line, f)
	}
	if e.Trimmed() == "" || len(e.Children) > 0 {
		return "", fault.New(fault.Invalid, "Line %d: the Issuer is empty.", e.Line)
	}
	if utf8.RuneCountInString(e.Text) > 1024 {
		return "", fault.New(fault.Invalid, "Line %d: the Issuer is longer than 1024 characters.", e.Line)
	}
	return e.Text, nil
}

func readSubject(e *strictxml.Element) (*RequestedSubject, error) {
	s := &RequestedSubject{}
	for _, c := range e.Children {
		switch {
		case c.Is(NSAssertion, "NameID") && s.NameID == nil && !s.Encrypted:
			a := reader{e: c}
			s.NameID = &NameID{
				Value: c.Text, Format: NameIDFormat(a.text("Format")), NameQualifier: a.text("NameQualifier"),
				SPNameQualifier: a.text("SPNameQualifier"), SPProvidedID: a.text("SPProvidedID"),
			}
			if c.Trimmed() == "" {
				return nil, fault.New(fault.Invalid, "Line %d: the NameID of the Subject is empty.", c.Line)
			}
		case c.Is(NSAssertion, "EncryptedID") && s.NameID == nil && !s.Encrypted:
			s.Encrypted = true
		case c.Is(NSAssertion, "SubjectConfirmation"):
			method, _ := c.Attr("Method")
			s.Confirmation = append(s.Confirmation, method)
		default:
			return nil, fault.New(fault.Invalid, "Line %d: <%s> is not expected in a Subject.", c.Line, c.Local)
		}
	}
	return s, nil
}

func readRequestedAuthn(e *strictxml.Element) (*RequestedAuthnContext, error) {
	a := reader{e: e}
	r := &RequestedAuthnContext{Comparison: a.text("Comparison")}
	switch r.Comparison {
	case "":
		r.Comparison = "exact"
	case "exact", "minimum", "maximum", "better":
	default:
		a.refuse("Comparison", "must be exact, minimum, maximum or better")
	}
	for _, c := range e.Children {
		switch {
		case c.Is(NSAssertion, "AuthnContextClassRef") && len(r.Decls) == 0:
			r.Classes = append(r.Classes, AuthnContextClass(c.Trimmed()))
		case c.Is(NSAssertion, "AuthnContextDeclRef") && len(r.Classes) == 0:
			r.Decls = append(r.Decls, c.Trimmed())
		default:
			return nil, fault.New(fault.Invalid, "Line %d: <%s> is not expected in a RequestedAuthnContext.", c.Line, c.Local)
		}
		if c.Trimmed() == "" {
			return nil, fault.New(fault.Invalid, "Line %d: <%s> is empty.", c.Line, c.Local)
		}
	}
	if len(r.Classes)+len(r.Decls) == 0 {
		return nil, fault.New(fault.Invalid, "Line %d: the RequestedAuthnContext names no class.", e.Line)
	}
	return r, a.err
}

func readScoping(e *strictxml.Element) (*Scoping, error) {
	a := reader{e: e}
	s := &Scoping{ProxyCount: a.index("ProxyCount")}
	if list := e.Child(NSProtocol, "IDPList"); list != nil {
		for _, entry := range list.All(NSProtocol, "IDPEntry") {
			id, _ := entry.Attr("ProviderID")
			s.IDPs = append(s.IDPs, id)
		}
		if len(s.IDPs) == 0 {
			return nil, fault.New(fault.Invalid, "Line %d: the IDPList is empty.", list.Line)
		}
	}
	return s, a.err
}

// reader reads typed attributes of one element and keeps the first mistake.
type reader struct {
	e   *strictxml.Element
	err error
}

func (r *reader) refuse(name, why string) {
	if r.err == nil {
		r.err = fault.New(fault.Invalid, "Line %d: %s %s.", r.e.Line, name, why)
	}
}

func (r *reader) text(name string) string {
	v, _ := r.e.Attr(name)
	return v
}

// boolean reads xs:boolean; absent is false.
func (r *reader) boolean(name string) bool {
	v, ok := r.e.Attr(name)
	if !ok {
		return false
	}
	b, err := ParseBoolean(v)
	if err != nil {
		r.refuse(name, "must be true or false")
	}
	return b
}

// ParseBoolean reads the four spellings of xs:boolean and no other.
func ParseBoolean(s string) (bool, error) {
	switch strings.Trim(s, " \t\r\n") {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, fault.New(fault.Invalid, "%q is neither true nor false.", s)
}

// index reads xs:unsignedShort. A value out of range becomes -1, which no endpoint has: the request can then still be
// answered with an error at the default endpoint.
func (r *reader) index(name string) *int {
	v, ok := r.e.Attr(name)
	if !ok {
		return nil
	}
	n, err := strconv.ParseUint(strings.Trim(v, " \t\r\n"), 10, 16)
	i := int(n)
	if err != nil {
		i = -1
	}
	return &i
}

func (r *reader) instant(name string) time.Time {
	t, err := ParseInstant(r.text(name))
	if err != nil {
		r.refuse(name, "is missing or not an instant like 2026-11-23T09:00:00Z")
	}
	return t
}

// ParseInstant reads xs:dateTime, with or without a fraction. Without a zone it is UTC, never local time (Core §1.3.3).
func ParseInstant(s string) (time.Time, error) {
	s = strings.Trim(s, " \t\r\n")
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04:05.999999999", s)
	}
	if err != nil {
		return time.Time{}, fault.New(fault.Invalid, "%q is not an instant like 2026-11-23T09:00:00Z.", s)
	}
	return t.UTC(), nil
}

// validID says whether s is an NCName of usual length, which an xs:ID must be (Core §1.3.4).
func validID(s string) bool {
	if s == "" || utf8.RuneCountInString(s) > 256 {
		return false
	}
	for i, r := range s {
		letter := r == '_' || unicode.IsLetter(r)
		if !letter && (i == 0 || r != '.' && r != '-' && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)) {
			return false
		}
	}
	return true
}
