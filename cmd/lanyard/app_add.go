package main

import (
	"context"
	"fmt"
	"io"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/metadata"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

type appAddCmd struct {
	Metadata  string   `placeholder:"FILE-OR-URL" help:"The app's metadata: a file, a web address, or - for standard input."`
	EntityID  string   `name:"entity-id" placeholder:"ID" help:"What the app calls itself; with --metadata the one to take from a document that describes several."`
	ACS       []string `name:"acs" sep:"none" placeholder:"URL" help:"Where the app takes answers by POST; repeat it for more, the default first."`
	Template  string   `placeholder:"ID" help:"An app of the gallery: lanyard app templates lists them."`
	Variant   string   `placeholder:"V" help:"Which of the template's sets of values; without it the usual one."`
	Name      string   `placeholder:"NAME" help:"What people call the app."`
	Slug      string   `placeholder:"SLUG" help:"Its name in our URLs; without it made from the name."`
	Set       []string `sep:"none" placeholder:"KEY=VALUE" help:"A field of the template, or a setting as of app set; repeat it for more."`
	AllowHTTP bool     `name:"allow-http" help:"Take plain-http addresses beyond this machine."`
	Replace   bool     `help:"Update the app of the same entity ID and keep its assignments and settings."`
	output
}

// Run reads the app first and opens the database only then.
func (c *appAddCmd) Run(ctx context.Context, p *program) error {
	fresh, err := c.read(ctx, p)
	if err != nil {
		return err
	}
	for _, w := range fresh.Warnings {
		fmt.Fprintln(p.errs, "warning:", visible(w))
	}
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		old, err := s.AppByEntityID(ctx, fresh.App.EntityID)
		switch {
		case fault.Is(err, fault.NotFound):
			return c.add(ctx, p, s, &fresh.App)
		case err != nil:
			return err
		case !c.Replace:
			return fault.New(fault.Conflict, "There is an app with the entity ID %s already: %s. Add --replace to update it.", old.EntityID, old.Slug)
		}
		return c.replace(ctx, p, s, old, fresh)
	})
}

// read makes an app of what was given: exactly one of the three ways.
func (c *appAddCmd) read(ctx context.Context, p *program) (metadata.Imported, error) {
	if c.Variant != "" && c.Template == "" {
		return metadata.Imported{}, usage(fault.New(fault.Invalid, "--variant goes with --template."))
	}
	byHand := c.EntityID != "" && len(c.ACS) > 0
	switch {
	case c.Metadata != "" && c.Template == "" && len(c.ACS) == 0:
		return c.readMetadata(ctx, p)
	case c.Template != "" && c.Metadata == "" && len(c.ACS) == 0 && c.EntityID == "":
		return c.fromTemplate(p)
	case byHand && c.Metadata == "" && c.Template == "":
		a := metadata.Manual(c.EntityID, c.ACS)
		a.Settings.AllowHTTP = c.AllowHTTP
		return metadata.Imported{App: a}, nil
	}
	return metadata.Imported{}, usage(fault.New(fault.Invalid, "Say what to add: --metadata FILE-OR-URL, or --entity-id ID with --acs URL, or --template ID."))
}

func (c *appAddCmd) add(ctx context.Context, p *program, s *postgres.Store, a *apps.App) error {
	if c.Name != "" {
		a.Name, a.Slug = c.Name, ""
	}
	if c.Slug != "" {
		a.Slug = c.Slug
	}
	if err := p.set(a, c.Set); err != nil {
		return err
	}
	if err := s.CreateApp(ctx, a); err != nil {
		return err
	}
	if !c.JSON {
		fmt.Fprintf(p.out, "Added %s. Nobody can use it yet: lanyard app assign %s --everyone\n\n", a.Name, a.Slug)
	}
	return p.showApp(ctx, s, c.output, a.ID)
}

// replace takes what the app itself decides from the fresh document; what the administrator decided stays.
func (c *appAddCmd) replace(ctx context.Context, p *program, s *postgres.Store, old apps.App, fresh metadata.Imported) error {
	updated := old
	switch {
	case c.Metadata != "":
		updated, _ = metadata.Update(old, fresh)
	case c.Template != "":
		f := &fresh.App.Settings
		updated.Settings.ACS, updated.Settings.SLO = f.ACS, f.SLO
		updated.Settings.Template, updated.Settings.TemplateVariant = f.Template, f.TemplateVariant
	default:
		updated.Settings.ACS = fresh.App.Settings.ACS
		updated.Settings.AllowHTTP = old.Settings.AllowHTTP || c.AllowHTTP
	}
	if c.Name != "" {
		updated.Name = c.Name
	}
	if c.Slug != "" {
		updated.Slug = c.Slug
	}
	if err := p.set(&updated, c.Set); err != nil {
		return err
	}
	if err := s.UpdateApp(ctx, &updated); err != nil {
		return err
	}
	return c.showReplaced(ctx, p, s, &old, &updated)
}

// showReplaced tells what came of it from what was read back, so that nobody has to believe in a change.
func (c *appAddCmd) showReplaced(ctx context.Context, p *program, s *postgres.Store, old, updated *apps.App) error {
	if c.JSON {
		return p.showApp(ctx, s, c.output, old.ID)
	}
	kept, err := s.App(ctx, old.ID)
	if err != nil {
		return err
	}
	if kept.Version == old.Version {
		fmt.Fprintf(p.out, "Nothing changed: %s is as it was.\n", kept.Name)
		return nil
	}
	fmt.Fprintf(p.out, "Updated %s:\n", kept.Name)
	printChanges(p.out, old, &kept)
	fmt.Fprintln(p.out)
	return p.showApp(ctx, s, c.output, old.ID)
}

// printChanges says in words what the app's own side changed, and names the settings that were changed here.
func printChanges(w io.Writer, old, kept *apps.App) {
	_, said := metadata.Update(*old, metadata.Imported{App: *kept})
	if len(said) == 0 {
		said = changedFields(old, kept)
	}
	for _, line := range said {
		fmt.Fprintln(w, "  "+visible(line))
	}
}
