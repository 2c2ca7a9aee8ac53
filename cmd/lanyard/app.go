package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

type appCmd struct {
	Add       appAddCmd       `cmd:"" help:"Add an app: from its metadata, by hand, or from the gallery."`
	Templates appTemplatesCmd `cmd:"" help:"List or search the gallery of ready-made apps."`
	List      appListCmd      `cmd:"" help:"List apps."`
	Show      appShowCmd      `cmd:"" help:"Show an app, and what to type in at the app's side."`
	Set       appSetCmd       `cmd:"" help:"Change settings of an app."`
	Enable    appEnableCmd    `cmd:"" help:"Let assigned people in."`
	Disable   appDisableCmd   `cmd:"" help:"Let nobody in."`
	Remove    appRemoveCmd    `cmd:"" help:"Remove an app with its assignments."`
	Assign    appAssignCmd    `cmd:"" help:"Let people use an app."`
	Unassign  appUnassignCmd  `cmd:"" help:"Take an assignment away."`
}

// appRef is how people name an app.
type appRef struct {
	App string `arg:"" help:"Slug, entity ID or ID of the app."`
}

// with finds the app.
func (c *appRef) with(ctx context.Context, p *program, f func(context.Context, *postgres.Store, *apps.App) error) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		a, err := s.FindApp(ctx, c.App)
		if err != nil {
			return err
		}
		return f(ctx, s, &a)
	})
}

type appListCmd struct{ output }

func (c *appListCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		all, err := s.Apps(ctx)
		if err != nil {
			return err
		}
		views, rows := make([]appView, len(all)), make([][]string, len(all))
		for i := range all {
			views[i] = p.viewApp(&all[i])
			rows[i] = []string{all[i].Slug, all[i].Name, all[i].EntityID, views[i].state()}
		}
		return c.print(p, views, func(w io.Writer) { table(w, []string{"APP", "NAME", "ENTITY ID", "STATE"}, rows) })
	})
}

type appShowCmd struct {
	appRef
	output
}

func (c *appShowCmd) Run(ctx context.Context, p *program) error {
	return c.with(ctx, p, func(ctx context.Context, s *postgres.Store, a *apps.App) error {
		return p.showApp(ctx, s, c.output, a.ID)
	})
}

// showApp reads an app back, so that people see what is kept and not what they typed.
func (p *program) showApp(ctx context.Context, s *postgres.Store, o output, id apps.ID) error {
	a, err := s.App(ctx, id)
	if err != nil {
		return err
	}
	v := p.viewApp(&a)
	if err := v.addPeople(ctx, s); err != nil {
		return err
	}
	if err := v.addForms(ctx, p, s, &a); err != nil {
		return err
	}
	return o.print(p, v, v.human)
}

type appSetCmd struct {
	appRef
	Settings []string `arg:"" sep:"none" name:"setting" placeholder:"KEY=VALUE" help:"What to change; certificate=@FILE reads a file."`
	output
}

// Help lists the settings.
func (*appSetCmd) Help() string { return "Settings:\n\n" + indent(apps.SettingsHelp()) }

func indent(s string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n\n  ")
}

func (c *appSetCmd) Run(ctx context.Context, p *program) error {
	return c.with(ctx, p, func(ctx context.Context, s *postgres.Store, a *apps.App) error {
		before := *a
		if err := p.set(a, c.Settings); err != nil {
			return err
		}
		if err := checkMethod(ctx, s, a); err != nil {
			return err
		}
		if err := s.UpdateApp(ctx, a); err != nil {
			return err
		}
		if a.Version == before.Version && !c.JSON {
			fmt.Fprintln(p.out, "Nothing changed.")
			return nil
		}
		if !c.JSON {
			fmt.Fprintf(p.out, "Changed: %s.\n\n", strings.Join(changedFields(&before, a), ", "))
		}
		return p.showApp(ctx, s, c.output, a.ID)
	})
}

// changedFields names what differs, without what differs with every change.
func changedFields(before, after *apps.App) (fields []string) {
	for _, field := range sorted(audit.Changes(before, after)) {
		if field != "Version" && field != "UpdatedAt" && field != "MetadataXML" {
			fields = append(fields, strings.TrimPrefix(field, "Settings."))
		}
	}
	return fields
}

// set changes an app by "key=value" texts and prints warnings. A certificate can be @FILE: it is too long to type.
func (p *program) set(a *apps.App, pairs []string) error {
	for i, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		file, isFile := strings.CutPrefix(value, "@")
		if !isFile || strings.TrimSuffix(key, "+") != "certificate" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		pairs[i] = key + "=" + string(text)
	}
	warnings, err := a.Set(pairs...)
	for _, w := range warnings {
		fmt.Fprintln(p.errs, "warning:", visible(w))
	}
	return err
}

type appEnableCmd struct{ appRef }

func (c *appEnableCmd) Run(ctx context.Context, p *program) error {
	return c.with(ctx, p, func(ctx context.Context, s *postgres.Store, a *apps.App) error {
		if err := s.SetAppEnabled(ctx, a.ID, true); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%s is enabled.\n", a.Name)
		return nil
	})
}

type appDisableCmd struct{ appRef }

func (c *appDisableCmd) Run(ctx context.Context, p *program) error {
	return c.with(ctx, p, func(ctx context.Context, s *postgres.Store, a *apps.App) error {
		if err := s.SetAppEnabled(ctx, a.ID, false); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%s is disabled: nobody gets in.\n", a.Name)
		return nil
	})
}

type appRemoveCmd struct{ appRef }

func (c *appRemoveCmd) Run(ctx context.Context, p *program) error {
	return c.with(ctx, p, func(ctx context.Context, s *postgres.Store, a *apps.App) error {
		if err := s.DeleteApp(ctx, a.ID); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%s is removed.\n", a.Name)
		return nil
	})
}
