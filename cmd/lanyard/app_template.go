package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/gallery"
	"github.com/lanyard-idp/lanyard/internal/metadata"
)

type appTemplatesCmd struct {
	Query []string `arg:"" optional:"" help:"Words of the name, a former name, or the vendor; an ID shows all about that app."`
	output
}

// Help tells where own files go.
func (*appTemplatesCmd) Help() string {
	return "Own files of the same format (docs/gallery.md) go into the folder gallery in the data folder."
}

func (c *appTemplatesCmd) Run(_ context.Context, p *program) error {
	all, err := p.templates()
	if err != nil {
		return err
	}
	if t, err := gallery.ByID(all, strings.Join(c.Query, " ")); err == nil {
		return c.print(p, []gallery.Template{*t}, func(w io.Writer) { describeTemplate(w, t) })
	}
	found := gallery.Search(all, strings.Join(c.Query, " "))
	return c.print(p, found, func(w io.Writer) { listTemplates(w, found) })
}

// templates reads the gallery with the administrator's own files; one of those that is broken is only a warning, for the
// others are fine.
func (p *program) templates() ([]gallery.Template, error) {
	all, err := (&gallery.Folder{Dir: filepath.Join(p.config.DataDir, "gallery")}).Templates()
	if all == nil {
		return nil, err
	}
	for _, broken := range apart(err) {
		if broken != nil {
			fmt.Fprintln(p.errs, "warning:", visible(broken.Error()))
		}
	}
	return all, nil
}

func listTemplates(w io.Writer, found []gallery.Template) {
	if len(found) == 0 {
		fmt.Fprintln(w, "Nothing in the gallery is called so. Add the app by its metadata, or by entity ID and ACS URL: lanyard app add --help")
		return
	}
	rows := make([][]string, len(found))
	for i := range found {
		t := &found[i]
		fields, _ := t.FieldsOf("") // the usual variant is always there
		rows[i] = []string{t.ID, t.Name, t.Vendor, strings.Join(neededKeys(fields), ", ")}
	}
	table(w, []string{"TEMPLATE", "NAME", "VENDOR", "NEEDS"}, rows)
}

// neededKeys are the fields that nobody but the administrator can fill.
func neededKeys(fields []gallery.Field) (keys []string) {
	for _, f := range fields {
		if f.Needed() {
			keys = append(keys, f.Key)
		}
	}
	if keys == nil {
		return []string{"nothing"}
	}
	return keys
}

// describeTemplate shows what one has to know to add the app.
func describeTemplate(w io.Writer, t *gallery.Template) {
	facts(w, "Template", t.ID, "Name", t.Name, "Formerly", strings.Join(t.FormerNames, ", "), "Vendor", t.Vendor, "About", t.Summary,
		"Before you begin", strings.Join(t.Requirements, "\n"))
	for i := range t.Variants {
		describeVariant(w, t, i)
	}
	fmt.Fprintln(w, "\nSteps:")
	for i, step := range t.Guide {
		fmt.Fprintf(w, "  %d. %s\n", i+1, visible(step))
	}
	fmt.Fprintln(w, "\nTaken from:")
	for _, s := range t.Sources {
		fmt.Fprintf(w, "  %s\n      %s\n", visible(s.Label), visible(s.URL))
	}
}

func describeVariant(w io.Writer, t *gallery.Template, i int) {
	v, usual := &t.Variants[i], ""
	if v.ID == t.Usual("") {
		usual = " (the usual one)"
	}
	fmt.Fprintf(w, "\n--variant %s%s: %s\n", v.ID, usual, visible(v.Name))
	if v.Note != "" {
		fmt.Fprintf(w, "  %s\n", visible(v.Note))
	}
	fields, _ := t.FieldsOf(v.ID) // the variant is one of its own
	for _, f := range fields {
		may := ""
		if !f.Needed() {
			may = " (may be left out)"
		}
		fmt.Fprintf(w, "  --set %s=%s%s\n      %s\n", f.Key, visible(sample(f)), may, visible(f.Label+". "+f.Help))
	}
}

// sample is what could stand there: an example, the choices, or a file.
func sample(f gallery.Field) string {
	switch {
	case f.Kind == gallery.KindCertificate:
		return "@FILE"
	case len(f.Choices) > 0:
		var values []string
		for _, c := range f.Choices {
			values = append(values, c.Value)
		}
		return strings.Join(values, "|")
	}
	return f.Example
}

// fromTemplate makes the app of the gallery. It takes the template's fields out of --set; what is left are settings.
func (c *appAddCmd) fromTemplate(p *program) (metadata.Imported, error) {
	all, err := p.templates()
	if err != nil {
		return metadata.Imported{}, err
	}
	t, err := gallery.ByID(all, c.Template)
	if err != nil {
		return metadata.Imported{}, err
	}
	values, settings, err := splitFields(t, c.Set)
	if err != nil {
		return metadata.Imported{}, err
	}
	a, err := t.App(values, c.Variant)
	if err != nil {
		return metadata.Imported{}, withSet(err)
	}
	c.Set = settings
	if start, err := t.SignOnURL(values, c.Variant); err == nil && start != "" && !c.JSON {
		fmt.Fprintf(p.out, "People can also start at %s\n", start)
	}
	return metadata.Imported{App: a}, nil
}

func splitFields(t *gallery.Template, pairs []string) (values map[string]string, settings []string, err error) {
	values = map[string]string{}
	for _, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		i := slices.IndexFunc(t.Fields, func(f gallery.Field) bool { return f.Key == key })
		if i < 0 {
			settings = append(settings, pair)
			continue
		}
		if file, ok := strings.CutPrefix(value, "@"); ok && t.Fields[i].Kind == gallery.KindCertificate {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: %w", key, err)
			}
			value = string(text)
		}
		values[key] = value
	}
	return values, settings, nil
}

// withSet says how a field is given here.
func withSet(err error) error {
	f := fault.From(err)
	if f.Kind != fault.Invalid || f.Field == "variant" {
		return err
	}
	return fault.Field(f.Field, "%s\nGive it as --set %s=…", f.Message, f.Field)
}
