package apps

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

func (s *Settings) validateKeys() error {
	signing := false
	for i := range s.Keys {
		if err := s.Keys[i].Validate(); err != nil {
			return err
		}
		signing = signing || s.Keys[i].Use != "encryption"
	}
	if s.RequireSigned && !signing {
		return fault.Field("require-signed-requests", "Signed requests can only be required when a signing key of the app is known: import its metadata, or add its certificate.")
	}
	return nil
}

func (s *Settings) validateSigning() error {
	switch s.Sign {
	case "", SignBoth, SignAssertion, SignResponse:
	default:
		return fault.Field("sign", "%q cannot be signed: use assertion, response or both.", s.Sign)
	}
	if s.SignatureMethod == "" || SignatureMethodName(s.SignatureMethod) != "" {
		return nil
	}
	return fault.Field("signature-algorithm", "%q is no signature algorithm: use %s.", s.SignatureMethod, list(signatureMethods))
}

func (s *Settings) validateNameID() error {
	if f := string(s.NameID.Format); strings.ContainsFunc(f, unicode.IsSpace) || !printable(f) || utf8.RuneCountInString(f) > maxName {
		return fault.Field("nameid-format", "%q is no format: use %s, or the URN of another one.", f, list(nameIDFormats))
	}
	if s.NameID.Format == saml.FormatEncrypted {
		return fault.Field("nameid-format", "Encryption is no kind of identifier: choose the format of what is inside.")
	}
	switch s.NameID.Source {
	case "":
		return nil
	case SourceGroups, SourceConstant:
		return fault.Field("nameid-source", "A name identifier cannot come from %s: it has to tell people apart.", s.NameID.Source)
	}
	return s.NameID.Source.Validate()
}

func (s *Settings) validateClaims() error {
	seen := map[string]bool{}
	for i := range s.Claims {
		c := &s.Claims[i]
		if err := c.Validate(); err != nil {
			return err
		}
		key := c.Name + "\n" + string(c.Format())
		if seen[key] {
			return fault.Field("claim."+c.Name, "The claim %s is there twice.", c.Name)
		}
		seen[key] = true
	}
	return nil
}

// Validate names what is wrong with the claim.
func (c *Claim) Validate() error {
	if strings.TrimSpace(c.Name) == "" || utf8.RuneCountInString(c.Name) > maxName || !printable(c.Name) {
		return fault.Field("claim", "A claim needs a name of at most %d printable characters.", maxName)
	}
	field := "claim." + c.Name
	for _, text := range append([]string{c.FriendlyName, string(c.NameFormat)}, c.Constant...) {
		if utf8.RuneCountInString(text) > maxName || !printable(text) {
			return fault.Field(field, "The texts of a claim have at most %d printable characters.", maxName)
		}
	}
	if c.Source == SourceConstant && len(c.Constant) == 0 {
		return fault.Field(field, "A constant claim needs its value: write it like constant:employee.")
	}
	if err := c.Source.Validate(); err != nil {
		e := fault.From(err)
		return fault.Field(field, "%s", e.Message)
	}
	return nil
}
