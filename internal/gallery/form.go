package gallery

import (
	"slices"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// FilledField is one box of the vendor's form with what goes into it.
type FilledField struct {
	Label string `json:"label"`
	Value string `json:"value"`
	Bind  Bind   `json:"bind"` // what kind of value it is: a certificate is a file to download, too
	Help  string `json:"help,omitempty"`
}

// FormsOf are the ways that the vendor offers with a variant, the usual one first.
func (t *Template) FormsOf(variant string) ([]Form, error) {
	v, err := t.variant(variant)
	if err != nil {
		return nil, err
	}
	var forms []Form
	for _, f := range t.Forms {
		if len(f.Variants) == 0 || slices.Contains(f.Variants, v.ID) {
			forms = append(forms, f)
		}
	}
	return forms, nil
}

// Form is what to type at the vendor in one mode, or the usual one (""), in the vendor's words and order. ours has the value
// of each Bind but BindText; one that is not there stays empty.
func (t *Template) Form(mode, variant string, ours map[Bind]string) ([]FilledField, error) {
	forms, err := t.FormsOf(variant)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(forms, func(f Form) bool { return mode == "" || f.Mode == mode })
	if i < 0 {
		return nil, fault.Field("mode", "%s has no way %q to enter an identity provider.", t.Name, mode)
	}
	var filled []FilledField
	for _, f := range forms[i].Fields {
		value := f.Text
		if f.Value != BindText {
			value = ours[f.Value]
		}
		filled = append(filled, FilledField{Label: f.Label, Value: value, Bind: f.Value, Help: f.Help})
	}
	return filled, nil
}

// CertificateFormat is the encoding that the vendor wants, to be offered first: pem, base64 or der; "" when the vendor never
// asks for the certificate by itself.
func (t *Template) CertificateFormat(variant string) string {
	forms, err := t.FormsOf(variant)
	if err != nil {
		return ""
	}
	for _, form := range forms {
		for _, f := range form.Fields {
			if format, ok := strings.CutPrefix(string(f.Value), certificatePrefix); ok {
				return format
			}
		}
	}
	return ""
}
