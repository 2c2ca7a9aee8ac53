package admin

import (
	"net/url"
	"strconv"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/gallery"
)

// Names of fields that are settings of every app.
const (
	nameField     = "name"
	entityIDField = "entity-id"
)

func (o *offered) page(owner *directory.User) (TemplatePage, error) {
	fields, err := o.t.FieldsOf(o.variant)
	if err != nil {
		return TemplatePage{}, err
	}
	page := TemplatePage{
		Account: account(owner), Template: tileOf(o.t, len(o.made) > 0), Needs: o.t.Requirements, Links: o.t.Links, Sources: o.t.Sources,
		Form: Form{Action: o.path(o.variant)},
	}
	page.addVariants(o)
	for _, f := range fields {
		page.Form.Fields = append(page.Form.Fields, templateField(f))
	}
	for i := range o.made {
		page.Already = append(page.Already, AppLink{o.made[i].Name, appPath(&o.made[i])})
	}
	if len(o.made) > 0 {
		page.Form.Fields = append(page.Form.Fields, o.second()...)
	}
	return page, nil
}

func (o *offered) path(variant string) string {
	return "/admin/apps/add/" + o.t.ID + "?" + url.Values{"variant": {variant}}.Encode()
}

func (p *TemplatePage) addVariants(o *offered) {
	for _, v := range o.t.Variants {
		if v.ID == o.variant {
			p.Note = v.Note
		}
		if len(o.t.Variants) > 1 {
			p.Variants = append(p.Variants, VariantLink{v.Name, o.path(v.ID), v.ID == o.variant})
		}
	}
}

// second asks what tells another app of the same template from the first.
func (o *offered) second() []Field {
	return []Field{
		{Name: nameField, Label: "Name", Value: o.t.Name + " " + strconv.Itoa(len(o.made)+1)},
		{
			Name: entityIDField, Label: "Entity ID of this one", Optional: true,
			Help: "Two apps cannot have the same. Where the vendor gives every customer one of their own, it follows from the fields above.",
		},
	}
}

// templateField draws a field of a template; one with a default shows it. Its pattern is not for the browser, whose regular
// expressions are others: the answer says what does not fit.
func templateField(f gallery.Field) Field {
	drawn := Field{Name: f.Key, Label: f.Label, Help: f.Help, Example: f.Example, Value: f.Default, Optional: !f.Needed()}
	for _, c := range f.Choices {
		drawn.Kind, drawn.Optional = "choice", false
		drawn.Choices = append(drawn.Choices, Choice{c.Value, c.Label})
	}
	if f.Kind == gallery.KindCertificate {
		drawn.Kind, drawn.Rows = "lines", 4
	}
	return drawn
}
