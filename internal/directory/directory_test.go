package directory_test

import (
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

func good() *directory.User {
	return &directory.User{Email: "ada@example.org", UserName: "ada", GivenName: "Ada", FamilyName: "Lovelace"}
}

func TestWhatPeopleTypeIsTrimmedAndCompleted(t *testing.T) {
	u := &directory.User{Email: " ada@example.org\n", GivenName: "\tAda "}
	u.Normalize()
	if u.Email != "ada@example.org" || u.UserName != "ada@example.org" || u.GivenName != "Ada" || u.Attributes == nil {
		t.Errorf("became %+v", u)
	}
	g := &directory.Group{Name: " Staff "}
	if g.Normalize(); g.Name != "Staff" {
		t.Errorf("became %q", g.Name)
	}
}

func TestPersonIsCalledByTheBestName(t *testing.T) {
	u := good()
	u.DisplayName = "Countess"
	for _, want := range []string{"Countess", "Ada Lovelace", "Lovelace", "ada"} {
		if got := u.Name(); got != want {
			t.Errorf("called %q, want %q", got, want)
		}
		switch want {
		case "Countess":
			u.DisplayName = ""
		case "Ada Lovelace":
			u.GivenName = ""
		case "Lovelace":
			u.FamilyName = ""
		}
	}
}

func TestEachWrongFieldIsNamed(t *testing.T) {
	if err := good().Validate(); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("ä", 257)
	many := directory.Attributes{}
	for i := range 101 {
		many[strings.Repeat("a", i+1)] = nil
	}
	for name, c := range map[string]struct {
		spoil func(*directory.User)
		field string
	}{
		"no e-mail address":               {func(u *directory.User) { u.Email = "ada" }, "email"},
		"e-mail address with a name":      {func(u *directory.User) { u.Email = "Ada <ada@example.org>" }, "email"},
		"two e-mail addresses":            {func(u *directory.User) { u.Email = "a@example.org,b@example.org" }, "email"},
		"line break":                      {func(u *directory.User) { u.UserName = "a\r\nb" }, "username"},
		"NUL":                             {func(u *directory.User) { u.GivenName = "a\x00" }, "given-name"},
		"no UTF-8":                        {func(u *directory.User) { u.FamilyName = "\xff" }, "family-name"},
		"no character of XML":             {func(u *directory.User) { u.DisplayName = "\uFFFE" }, "display-name"},
		"CORE-34 long display name":       {func(u *directory.User) { u.DisplayName = long }, "display-name"},
		"CORE-34 long name put together":  {func(u *directory.User) { u.GivenName, u.FamilyName = long[:400], long[:400] }, "display-name"},
		"CORE-34 long value of attribute": {func(u *directory.User) { u.Attributes = directory.Attributes{"a": {"ok", long}} }, "a"},
		"attribute without name":          {func(u *directory.User) { u.Attributes = directory.Attributes{" ": {"x"}} }, "attributes"},
		"too many attributes":             {func(u *directory.User) { u.Attributes = many }, "attributes"},
		"too many values":                 {func(u *directory.User) { u.Attributes = directory.Attributes{"a": make([]string, 1001)} }, "a"},
		"unknown role":                    {func(u *directory.User) { u.Role = "king" }, "role"},
	} {
		t.Run(name, func(t *testing.T) {
			u := good()
			c.spoil(u)
			if err := u.Validate(); !fault.Is(err, fault.Invalid) || fault.From(err).Field != c.field {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("CORE-34 long name of a group", func(t *testing.T) {
		if err := (&directory.Group{Name: long}).Validate(); !fault.Is(err, fault.Invalid) {
			t.Errorf("got %v", err)
		}
	})
	if err := (&directory.Group{}).Validate(); !fault.Is(err, fault.Invalid) {
		t.Errorf("group without name: %v", err)
	}
}
