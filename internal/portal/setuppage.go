package portal

import (
	"net/http"

	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
)

// SetupPage is portal/setup.
type SetupPage struct {
	Action  string
	Fields  []Field
	Problem string // one that belongs to no field
	English bool   // Problem, or that of a field, is in English whatever the page is in
}

// Field is one line of a form.
type Field struct {
	Name         string
	Label        string // key of a text
	Hint         string // key of a text, or ""
	Type         string
	Autocomplete string
	Value        string
	Problem      string
	Max          int
	Required     bool
	Focus        bool
}

// maxField is what directory takes.
const maxField = 256

func setupPage(r *http.Request, u directory.User) SetupPage {
	return SetupPage{Action: r.URL.Path, Fields: []Field{
		{Name: "email", Label: "setup.email", Type: "email", Autocomplete: "username", Value: u.Email, Max: maxField, Required: true},
		{Name: "given-name", Label: "setup.given", Type: "text", Autocomplete: "given-name", Value: u.GivenName, Max: maxField},
		{Name: "family-name", Label: "setup.family", Type: "text", Autocomplete: "family-name", Value: u.FamilyName, Max: maxField},
		{Name: "password", Label: "setup.password", Hint: "setup.password.hint", Type: "password", Autocomplete: "new-password", Max: auth.MaxPasswordLength, Required: true},
	}}
}

// refuse puts what is wrong beside its field, and the focus there. A user name that is taken was made of the e-mail
// address.
func (p *SetupPage) refuse(field, message string, english bool) {
	p.English = english
	if field == "username" {
		field = "email"
	}
	for i := range p.Fields {
		if p.Fields[i].Name == field {
			p.Fields[i].Problem, p.Fields[i].Focus = message, true
			return
		}
	}
	p.Problem = message
}
