package admin

import (
	"net/http"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// Form is what people fill in, drawn by the partial admin-fields. The fields of two forms on one page need different names.
type Form struct {
	Action  string
	Fields  []Field
	Problem string // for the head of the form: what is about no field
}

// Field is one question. Kind is "" for a line of text, or url, lines, choice, check (value "yes") or file.
type Field struct {
	Name, Label, Kind string
	Help, Example     string
	Value             string
	Choices           []Choice
	Rows              int // of lines
	Optional          bool
	Problem           string
}

// Choice is one of the values of a field.
type Choice struct{ Value, Label string }

// Told are the ids of what describes the field: the message and the hint.
func (f Field) Told() string {
	ids := []string{}
	if f.Problem != "" {
		ids = append(ids, f.Name+"-problem")
	}
	if f.Help != "" || f.Example != "" {
		ids = append(ids, f.Name+"-hint")
	}
	return strings.Join(ids, " ")
}

// typed takes over what came with a request.
func (f *Form) typed(r *http.Request) {
	for i := range f.Fields {
		switch typed := r.PostForm.Get(f.Fields[i].Name); f.Fields[i].Kind {
		case "file": // cannot be given back
		case "check":
			f.Fields[i].Value = yes(typed == "yes")
		default:
			f.Fields[i].Value = typed
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
			f.Fields[i].Problem = trouble.Message
			return status, nil
		}
	}
	f.Problem = trouble.Message
	return status, nil
}
