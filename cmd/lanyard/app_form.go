package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/gallery"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

// formView is one way to enter us at the vendor, in the vendor's words and order.
type formView struct {
	Mode   string                `json:"mode"`
	Where  string                `json:"where,omitempty"`
	Fields []gallery.FilledField `json:"fields"`
}

// addForms fills the vendor's forms when the app came from a template that is still there.
func (v *appView) addForms(ctx context.Context, p *program, s *postgres.Store, a *apps.App) error {
	if a.Settings.Template == "" {
		return nil
	}
	all, err := p.templates()
	if err != nil {
		return err
	}
	t, err := gallery.ByID(all, a.Settings.Template)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	ours, err := p.formValues(ctx, s, a)
	if err != nil {
		return err
	}
	forms, err := t.FormsOf(a.Settings.TemplateVariant)
	if err != nil {
		return nil // the variant is gone with a newer template: the general values do
	}
	for _, f := range forms {
		fields, err := t.Form(f.Mode, a.Settings.TemplateVariant, ours)
		if err != nil {
			return err
		}
		v.Forms = append(v.Forms, formView{Mode: f.Mode, Where: f.Where, Fields: fields})
	}
	return nil
}

// formValues are ours and the app's; what is a file is the command that writes it.
func (p *program) formValues(ctx context.Context, s *postgres.Store, a *apps.App) (map[gallery.Bind]string, error) {
	values := gallery.Ours(p.config.BaseURL(), a)
	values[gallery.BindMetadataXML] = "lanyard metadata --app " + a.Slug + " > metadata.xml"
	c, err := signing(ctx, s, a.ID)
	switch {
	case fault.Is(err, fault.NotFound):
		for _, b := range []gallery.Bind{gallery.BindPEM, gallery.BindBase64, gallery.BindSHA1, gallery.BindSHA256} {
			values[b] = "not there yet: the service makes the first certificate when it starts"
		}
	case err != nil:
		return nil, err
	default:
		c.Fill(values)
	}
	values[gallery.BindDER] = "lanyard cert export --app " + a.Slug + " --format der > lanyard.cer"
	return values, nil
}

// printForms shows each value on lines of its own: it is there to be copied.
func printForms(w io.Writer, app string, forms []formView) {
	for _, f := range forms {
		fmt.Fprintf(w, "\nAt %s, %s", visible(app), visible(f.Mode))
		if f.Where != "" {
			fmt.Fprintf(w, " (%s)", visible(f.Where))
		}
		fmt.Fprintln(w, ":")
		for _, field := range f.Fields {
			fmt.Fprintf(w, "  %s\n", visible(field.Label))
			for line := range strings.SplitSeq(field.Value, "\n") {
				fmt.Fprintf(w, "      %s\n", visible(line))
			}
			if field.Help != "" {
				fmt.Fprintf(w, "    (%s)\n", visible(field.Help))
			}
		}
	}
}
