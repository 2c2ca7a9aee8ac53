package gallery

import (
	"regexp"
	"slices"
)

// hole is a place that a field's value fills.
var hole = regexp.MustCompile(`\{([a-z][A-Za-z0-9]*)\}`)

// fill puts values into the holes of a text.
func fill(text string, values map[string]string) string {
	return hole.ReplaceAllStringFunc(text, func(h string) string { return values[h[1:len(h)-1]] })
}

// holes are the keys that a text needs.
func holes(text string) (keys []string) {
	for _, m := range hole.FindAllStringSubmatch(text, -1) {
		keys = append(keys, m[1])
	}
	return keys
}

// texts are all that is filled for a variant: its own values and the claims.
func (t *Template) texts(v *Variant) []string {
	texts := append([]string{v.EntityID, v.SignOnURL, v.RelayState}, v.ACS...)
	for _, e := range v.SLO {
		texts = append(texts, e.URL)
	}
	for _, c := range t.Claims {
		texts = append(append(texts, string(c.Source)), c.Constant...)
	}
	return texts
}

// FieldsOf are the fields that matter with a variant, in the file's order: those it has a hole for, and certificates.
func (t *Template) FieldsOf(variant string) ([]Field, error) {
	v, err := t.variant(variant)
	if err != nil {
		return nil, err
	}
	var needed []string
	for _, text := range t.texts(v) {
		needed = append(needed, holes(text)...)
	}
	var fields []Field
	for _, f := range t.Fields {
		if f.Kind == KindCertificate || slices.Contains(needed, f.Key) {
			fields = append(fields, f)
		}
	}
	return fields, nil
}
