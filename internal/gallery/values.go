package gallery

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// variant finds a variant; "" is the usual one.
func (t *Template) variant(id string) (*Variant, error) {
	if id == "" {
		id = t.DefaultVariant
	}
	if id == "" {
		return &t.Variants[0], nil
	}
	var known []string
	for i := range t.Variants {
		if t.Variants[i].ID == id {
			return &t.Variants[i], nil
		}
		known = append(known, t.Variants[i].ID)
	}
	return nil, fault.Field("variant", "%s has no variant %q. These are: %s.", t.Name, id, strings.Join(known, ", "))
}

// complete checks what the administrator typed against the fields that matter, and adds defaults. Everything that is
// missing is named in one error: Field is the first of them.
func complete(t *Template, fields []Field, typed map[string]string) (map[string]string, error) {
	if err := noStrangers(t, typed); err != nil {
		return nil, err
	}
	values, missing := map[string]string{}, []Field(nil)
	for _, f := range fields {
		value := strings.TrimSpace(typed[f.Key])
		if value == "" {
			value = f.usual()
		}
		if value == "" && !f.Optional {
			missing = append(missing, f)
			continue
		}
		if err := f.check(value); err != nil {
			return nil, err
		}
		values[f.Key] = value
	}
	if len(missing) > 0 {
		return nil, fault.Field(missing[0].Key, "%s", t.needs(missing))
	}
	return values, nil
}

func noStrangers(t *Template, typed map[string]string) error {
	for key := range typed {
		if !slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Key == key }) {
			return fault.Field(key, "%s has no field %q.", t.Name, key)
		}
	}
	return nil
}

func (t *Template) needs(missing []Field) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s needs more:", t.Name)
	for _, f := range missing {
		fmt.Fprintf(&b, "\n%s: %s. %s For example %s=%s", f.Key, f.Label, f.Help, f.Key, f.Example)
	}
	return b.String()
}

// usual is what a field has when nobody says anything.
func (f *Field) usual() string {
	if f.Default == "" && len(f.Choices) > 0 {
		return f.Choices[0].Value
	}
	return f.Default
}

// check says whether a value fits; an empty one was allowed before.
func (f *Field) check(value string) error {
	switch {
	case value == "":
		return nil
	case len(f.Choices) > 0:
		if slices.ContainsFunc(f.Choices, func(c Choice) bool { return c.Value == value }) {
			return nil
		}
		return fault.Field(f.Key, "%q is no choice for %s. Use one of these: %s.", value, f.Label, f.choices())
	case f.Pattern == "":
		return nil
	}
	whole, err := f.whole()
	if err != nil {
		return err
	}
	if !whole.MatchString(value) {
		return fault.Field(f.Key, "%q does not look like %s. %s For example %s", value, f.Label, f.Help, f.Example)
	}
	return nil
}

// whole is the pattern for all of a value: one for a part of it would let anything into an address.
func (f *Field) whole() (*regexp.Regexp, error) { return regexp.Compile(`^(?:` + f.Pattern + `)$`) }

func (f *Field) choices() string {
	var said []string
	for _, c := range f.Choices {
		said = append(said, c.Value+" ("+c.Label+")")
	}
	return strings.Join(said, ", ")
}
