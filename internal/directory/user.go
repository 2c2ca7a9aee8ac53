// Package directory is the people and groups of an organisation and the rules they keep: a user name is unique whatever its
// case, an attribute has any number of values, groups contain people and groups but never themselves.
//
// It refuses to know how people sign in (package auth) or which apps they may use (package apps).
package directory

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// UserID and GroupID are UUIDs in text form.
type (
	UserID  string
	GroupID string
)

// Role says what a person may do in the console.
type Role string

// RoleNone is everybody; RoleOwner may do everything.
const (
	RoleNone  Role = ""
	RoleOwner Role = "owner"
)

// User is one person. Email and UserName are unique in the organisation, compared without case.
type User struct {
	ID          UserID
	Email       string
	UserName    string // empty means Email
	GivenName   string
	FamilyName  string
	DisplayName string
	Attributes  Attributes
	Role        Role
	Disabled    bool
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Attributes are what an organisation knows of a person beyond the standard fields; each has any number of values.
type Attributes map[string][]string

// Limits of what one person may carry, in characters and in number.
const (
	maxField      = 256
	maxAttributes = 100
	maxValues     = 1000
)

// Normalize trims what people type and fills what follows from other fields.
func (u *User) Normalize() {
	for _, s := range []*string{&u.Email, &u.UserName, &u.GivenName, &u.FamilyName, &u.DisplayName} {
		*s = strings.TrimSpace(*s)
	}
	if u.UserName == "" {
		u.UserName = u.Email
	}
	if u.Attributes == nil {
		u.Attributes = Attributes{}
	}
}

// Validate names the first field that is wrong.
func (u *User) Validate() error {
	if addr, err := mail.ParseAddress(u.Email); err != nil || addr.Address != u.Email {
		return fault.Field("email", "%q is not an e-mail address: write it like ada@example.org.", u.Email)
	}
	for _, f := range []struct{ name, value string }{
		{"email", u.Email},
		{"username", u.UserName},
		{"given-name", u.GivenName},
		{"family-name", u.FamilyName},
		{"display-name", u.DisplayName},
		{"display-name", u.Name()}, // the last one is put together
	} {
		if err := validText(f.name, f.value); err != nil {
			return err
		}
	}
	if u.Role != RoleNone && u.Role != RoleOwner {
		return fault.Field("role", "There is no role %q.", u.Role)
	}
	return u.Attributes.Validate()
}

// Validate names the first attribute that is wrong.
func (a Attributes) Validate() error {
	if len(a) > maxAttributes {
		return fault.Field("attributes", "A person can have at most %d attributes.", maxAttributes)
	}
	for name, values := range a {
		if strings.TrimSpace(name) == "" {
			return fault.Field("attributes", "An attribute needs a name.")
		}
		if len(values) > maxValues {
			return fault.Field(name, "An attribute can have at most %d values.", maxValues)
		}
		for _, v := range append([]string{name}, values...) {
			if err := validText(name, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// validText refuses at entry what XML 1.0 could not carry later (XML §2.2) and what no form should hold.
func validText(field, s string) error {
	if !utf8.ValidString(s) {
		return fault.Field(field, "This text is not valid UTF-8.")
	}
	if utf8.RuneCountInString(s) > maxField {
		return fault.Field(field, "This is longer than %d characters.", maxField)
	}
	for _, r := range s {
		if unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF {
			return fault.Field(field, "Control characters are not allowed here.")
		}
	}
	return nil
}

// Name is what to call the person: the display name, else given and family name, else the user name.
func (u *User) Name() string {
	if u.DisplayName != "" {
		return u.DisplayName
	}
	if n := strings.TrimSpace(u.GivenName + " " + u.FamilyName); n != "" {
		return n
	}
	return u.UserName
}
