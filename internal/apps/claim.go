package apps

import (
	"strings"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// A Source says where a value comes from: a field of the person (below), "attribute:NAME" for a custom attribute, or a
// constant.
type Source string

// Fields of a person that a claim or NameID can be taken from.
const (
	SourceEmail       Source = "email"
	SourceUserName    Source = "username"
	SourceGivenName   Source = "given-name"
	SourceFamilyName  Source = "family-name"
	SourceDisplayName Source = "display-name"
	SourceUserID      Source = "id"
	SourceGroups      Source = "groups" // names of all groups, through nesting too
	SourceConstant    Source = "constant"

	attributePrefix = "attribute:"
)

// AttributeSource is the custom attribute of that name.
func AttributeSource(name string) Source { return Source(attributePrefix + name) }

// Validate says whether a value can come from there.
func (s Source) Validate() error {
	switch s {
	case SourceEmail, SourceUserName, SourceGivenName, SourceFamilyName, SourceDisplayName, SourceUserID, SourceGroups, SourceConstant:
		return nil
	}
	if name, ok := strings.CutPrefix(string(s), attributePrefix); ok && name != "" {
		return nil
	}
	return fault.Field("source", "%q is no source: use email, username, given-name, family-name, display-name, id, groups, constant or attribute:NAME.", s)
}

// Values are what the source holds for a person; an empty standard field is no value.
func (s Source) Values(u *directory.User, groups []string) []string {
	var one string
	switch s {
	case SourceEmail:
		one = u.Email
	case SourceUserName:
		one = u.UserName
	case SourceGivenName:
		one = u.GivenName
	case SourceFamilyName:
		one = u.FamilyName
	case SourceDisplayName:
		one = u.Name()
	case SourceUserID:
		one = string(u.ID)
	case SourceGroups:
		return groups
	default:
		return u.Attributes[strings.TrimPrefix(string(s), attributePrefix)]
	}
	if one == "" {
		return nil
	}
	return []string{one}
}

// Claim is one attribute the app is told.
type Claim struct {
	Name         string          `json:"name"`
	NameFormat   saml.NameFormat `json:"nameFormat,omitempty"` // empty: basic, or uri where Name is one
	FriendlyName string          `json:"friendlyName,omitempty"`
	Source       Source          `json:"source"`
	Constant     []string        `json:"constant,omitempty"` // with SourceConstant
	Required     bool            `json:"required,omitempty"` // refuse the sign-on when there is no value
}

// Format is the NameFormat that is written; it is never left out (Core §2.7.3.1).
func (c *Claim) Format() saml.NameFormat {
	switch {
	case c.NameFormat != "":
		return c.NameFormat
	case strings.HasPrefix(c.Name, "urn:") || strings.Contains(c.Name, "://"):
		return saml.NameURI
	}
	return saml.NameBasic
}

// Values are what this person gets for the claim.
func (c *Claim) Values(u *directory.User, groups []string) []string {
	if c.Source == SourceConstant {
		return c.Constant
	}
	return c.Source.Values(u, groups)
}

// NameIDRule says what identifies a person to the app. The zero rule is the e-mail address.
type NameIDRule struct {
	Format saml.NameIDFormat `json:"format,omitempty"` // what we send when the request does not ask
	Source Source            `json:"source,omitempty"` // of the value, for formats that are not made up by us
}

// FormatNone is the rule of an app that wants no NameID at all; it is our own word and never sent.
const FormatNone saml.NameIDFormat = "none"
