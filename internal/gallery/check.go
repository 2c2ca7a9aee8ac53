package gallery

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

const format = 1 // of files

var (
	validID  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	validKey = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
)

// checking collects what is wrong with a file, so that its author reads all of it at once.
type checking struct{ problems []string }

func (c *checking) that(ok bool, place, format string, args ...any) {
	if !ok {
		c.problems = append(c.problems, place+": "+fmt.Sprintf(format, args...))
	}
}

func (c *checking) filled(place, text string) {
	c.that(strings.TrimSpace(text) != "", place, "is missing")
}

func (c *checking) https(place, raw string) {
	u, err := url.Parse(raw)
	c.that(err == nil && u.Scheme == "https" && u.Host != "", place, "%q is no https address", raw)
}

// check answers a line for each broken rule. At the end it makes an app of the examples: what works there works.
func (t *Template) check() []string {
	c := &checking{}
	t.checkHead(c)
	t.checkFields(c)
	t.checkVariants(c)
	t.checkClaims(c)
	t.checkForms(c)
	if len(c.problems) == 0 {
		t.checkExamples(c)
	}
	return c.problems
}

func (t *Template) checkHead(c *checking) {
	c.that(t.Format == format, "format", "is %d; this program reads %d", t.Format, format)
	c.that(validID.MatchString(t.ID), "id", "%q is not made of lower-case letters and digits with single hyphens", t.ID)
	c.filled("name", t.Name)
	c.filled("vendor", t.Vendor)
	c.filled("summary", t.Summary)
	c.that(len(t.Categories) > 0, "categories", "is empty")
	c.that(len(t.Guide) > 0, "guide", "is empty")
	c.that(len(t.Sources) > 0, "sources", "is empty: name the public pages that the values come from")
	for place, links := range map[string][]Link{"links": t.Links, "sources": t.Sources} {
		for i, l := range links {
			c.filled(fmt.Sprintf("%s[%d].label", place, i), l.Label)
			c.https(fmt.Sprintf("%s[%d].url", place, i), l.URL)
		}
	}
	if p := t.Provisioning; p != nil {
		c.that(slices.Contains([]string{"scim2", "scim1", "rest"}, p.Protocol), "provisioning.protocol", "%q is none of scim2, scim1, rest", p.Protocol)
		c.https("provisioning.documented", p.Documented)
	}
}

func (t *Template) checkFields(c *checking) {
	seen := map[string]bool{}
	for i := range t.Fields {
		f, place := &t.Fields[i], fmt.Sprintf("fields[%d]", i)
		c.that(validKey.MatchString(f.Key), place+".key", "%q is not made of letters and digits, a small letter first", f.Key)
		c.that(!strings.Contains("\n"+apps.SettingsHelp(), "\n"+f.Key+":"), place+".key", "%q is the name of a setting of every app", f.Key)
		c.that(!seen[f.Key], place+".key", "%q is there twice", f.Key)
		seen[f.Key] = true
		c.filled(place+".label", f.Label)
		c.filled(place+".help", f.Help)
		c.checkValues(place, f)
	}
	for _, key := range t.used() {
		c.that(seen[key], "fields", "nothing fills {%s}", key)
	}
	t.checkOptional(c)
}

// checkOptional keeps what may stay empty out of everything but the page where people start.
func (t *Template) checkOptional(c *checking) {
	for i := range t.Variants {
		v := t.Variants[i]
		v.SignOnURL = ""
		for _, key := range holes(strings.Join(t.texts(&v), " ")) {
			optional := slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Key == key && f.Optional })
			c.that(!optional, fmt.Sprintf("variants[%d]", i), "needs {%s}, which is optional", key)
		}
	}
}

// checkValues wants a limit for everything that can become part of an address.
func (c *checking) checkValues(place string, f *Field) {
	switch {
	case f.Kind == KindCertificate:
		return
	case f.Kind != KindText:
		c.that(false, place+".kind", "%q is no kind of field", f.Kind)
	case len(f.Choices) > 0:
		for _, choice := range f.Choices {
			c.that(choice.Value != "" && choice.Label != "", place+".choices", "one has no value or no label")
		}
	default:
		c.filled(place+".pattern", f.Pattern)
		c.filled(place+".example", f.Example)
		_, err := f.whole()
		c.that(err == nil, place+".pattern", "is no regular expression: %v", err)
		c.that(err != nil || f.check(f.Example) == nil, place+".example", "%q does not match the pattern", f.Example)
	}
	if f.Default != "" && len(c.problems) == 0 {
		c.that(f.check(f.Default) == nil, place+".default", "%q does not fit", f.Default)
	}
}

// used are the keys of all holes.
func (t *Template) used() (keys []string) {
	for i := range t.Variants {
		for _, text := range t.texts(&t.Variants[i]) {
			keys = append(keys, holes(text)...)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func (t *Template) checkVariants(c *checking) {
	c.that(len(t.Variants) > 0, "variants", "is empty")
	ids := map[string]bool{}
	for i, v := range t.Variants {
		place := fmt.Sprintf("variants[%d]", i)
		c.that(validID.MatchString(v.ID) && !ids[v.ID], place+".id", "%q is no id, or there twice", v.ID)
		ids[v.ID] = true
		c.filled(place+".name", v.Name)
		c.filled(place+".entityId", v.EntityID)
		c.that(len(v.ACS) > 0, place+".acs", "is empty")
		for _, e := range v.SLO {
			c.that(bindings[e.Binding] != "", place+".slo", "%q is none of redirect, post, soap", e.Binding)
		}
	}
	c.that(t.DefaultVariant == "" || ids[t.DefaultVariant], "defaultVariant", "there is no variant %q", t.DefaultVariant)
}

func (t *Template) checkClaims(c *checking) {
	c.filled("nameId.format", t.NameID.Format)
	for i, claim := range t.Claims {
		place := fmt.Sprintf("claims[%d]", i)
		_, known := nameFormats[claim.NameFormat]
		c.that(known, place+".nameFormat", "%q is none of basic, uri, unspecified", claim.NameFormat)
		err := (&apps.Claim{Name: claim.Name, Source: claim.Source, Constant: claim.Constant}).Validate()
		c.that(err == nil, place, "%s", said(err))
		c.that(!claim.Off || !claim.Required, place, "is off and required")
	}
	certificate := slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Kind == KindCertificate && !f.Optional })
	c.that(!t.RequireSigned || certificate, "requireSigned", "needs a field of the kind certificate that is not optional")
}

func (t *Template) checkForms(c *checking) {
	for _, v := range t.Variants {
		forms, err := t.FormsOf(v.ID)
		c.that(err == nil && len(forms) > 0, "forms", "there is none for the variant %s", v.ID)
	}
	for i, form := range t.Forms {
		place := fmt.Sprintf("forms[%d]", i)
		c.filled(place+".mode", form.Mode)
		c.that(len(form.Fields) > 0, place+".fields", "is empty")
		for _, id := range form.Variants {
			c.that(slices.ContainsFunc(t.Variants, func(v Variant) bool { return v.ID == id }), place+".variants", "there is no variant %q", id)
		}
		for j, f := range form.Fields {
			place := fmt.Sprintf("%s.fields[%d]", place, j)
			c.filled(place+".label", f.Label)
			c.that(f.Value.known(), place+".value", "%q is nothing that can be shown", f.Value)
			c.that((f.Value == BindText) == (f.Text != ""), place+".text", "goes with the value text, and only with it")
		}
	}
}

func (t *Template) checkExamples(c *checking) {
	for _, v := range t.Variants {
		_, err := t.App(t.examples(v.ID), v.ID)
		c.that(err == nil, "variants."+v.ID, "does not make an app of the examples: %s", said(err))
	}
}

// examples are the example of every field that a variant needs.
func (t *Template) examples(variant string) map[string]string {
	values := map[string]string{}
	fields, _ := t.FieldsOf(variant) // the variant is one of the file's
	for _, f := range fields {
		if f.Example != "" && f.Kind == KindText {
			values[f.Key] = f.Example
		}
	}
	return values
}

func said(err error) string {
	if err == nil {
		return ""
	}
	return fault.From(err).Message
}
