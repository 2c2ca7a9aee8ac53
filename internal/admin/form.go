package admin

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// Form is what people fill in, drawn by the partial admin-fields. Two forms of one page need names of their own.
type Form struct {
	Action  string
	Fields  []Field
	Problem string // for the head of the form: what is about no field
	Prefix  string // of the id of the message, where a page has several forms
}

// Field is one question. Kind is "" for a line of text, or url, lines, choice, check (value "yes") or file.
type Field struct {
	Name, Label, Kind string
	Help, Example     string
	Value             string
	Pattern           string // what the browser checks; the server does in any case
	Choices           []Choice
	Rows              int // of lines
	Optional          bool
	Problem           string

	told string // ids of what describes the field
}

// Choice is one of the values of a field.
type Choice struct{ Value, Label string }

// Told are the ids of what describes the field: the message and the hint.
func (f Field) Told() string {
	ids := []string{}
	if f.Problem != "" {
		ids = append(ids, cmp.Or(f.told, "problem"))
	}
	if f.Help != "" || f.Example != "" {
		ids = append(ids, f.Name+"-hint")
	}
	return strings.Join(ids, " ")
}

// typed takes over what came with a request.
func (f *Form) typed(r *http.Request) {
	for i := range f.Fields {
		if f.Fields[i].Kind != "file" {
			f.Fields[i].Value = r.PostForm.Get(f.Fields[i].Name)
		}
	}
}

// tell puts what the person can mend beside its field, or at the head of the form, and answers the status of the page. Any
// other trouble it hands back.
func (f *Form) tell(err error) (status int, _ error) {
	trouble := fault.From(err)
	switch trouble.Kind {
	case fault.Invalid:
		status = http.StatusUnprocessableEntity
	case fault.Conflict:
		status = http.StatusConflict
	default:
		return 0, err
	}
	for i := range f.Fields {
		if trouble.Field != "" && f.Fields[i].Name == trouble.Field {
			f.Fields[i].Problem, f.Fields[i].told = trouble.Message, f.Prefix+"problem"
			return status, nil
		}
	}
	f.Problem = trouble.Message
	return status, nil
}
