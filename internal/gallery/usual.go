package gallery

import "cmp"

// Usual is the variant that is meant by an ID: the template's usual one by "".
func (t *Template) Usual(id string) string {
	return cmp.Or(id, t.DefaultVariant, t.Variants[0].ID)
}

// Needed says whether nobody but the administrator can fill the field.
func (f Field) Needed() bool { return !f.Optional && f.Default == "" && len(f.Choices) == 0 }
