package main

import (
	"context"
	"fmt"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

// assignees are who is meant; each flag can be repeated.
type assignees struct {
	User     []string `sep:"none" placeholder:"USER" help:"A person; repeat it for more."`
	Group    []string `sep:"none" placeholder:"GROUP" help:"A group with everybody in it, however deep; repeat it for more."`
	Everyone bool     `help:"Everybody in the organisation."`
}

func (c *assignees) find(ctx context.Context, s *postgres.Store) ([]apps.Assignee, error) {
	var found []apps.Assignee
	for _, ref := range c.User {
		u, err := s.FindUser(ctx, ref)
		if err != nil {
			return nil, err
		}
		found = append(found, apps.Assignee{UserID: u.ID})
	}
	for _, ref := range c.Group {
		g, err := s.FindGroup(ctx, ref)
		if err != nil {
			return nil, err
		}
		found = append(found, apps.Assignee{GroupID: g.ID})
	}
	if c.Everyone {
		found = append(found, apps.Assignee{Everyone: true})
	}
	if len(found) == 0 {
		return nil, usage(fault.New(fault.Invalid, "Say who: --user, --group or --everyone."))
	}
	return found, nil
}

type appAssignCmd struct {
	appRef
	assignees
}

func (c *appAssignCmd) Run(ctx context.Context, p *program) error {
	return c.change(ctx, p, &c.appRef, (*postgres.Store).Assign)
}

type appUnassignCmd struct {
	appRef
	assignees
}

func (c *appUnassignCmd) Run(ctx context.Context, p *program) error {
	return c.change(ctx, p, &c.appRef, (*postgres.Store).Unassign)
}

// change assigns or unassigns all or none, and says how many people can use the app then.
func (c *assignees) change(ctx context.Context, p *program, ref *appRef, one func(*postgres.Store, context.Context, apps.ID, apps.Assignee) error) error {
	return ref.with(ctx, p, func(ctx context.Context, s *postgres.Store, a *apps.App) error {
		return s.InTx(ctx, func(tx *postgres.Store) error {
			who, err := c.find(ctx, tx)
			if err != nil {
				return err
			}
			for _, w := range who {
				if err := one(tx, ctx, a.ID, w); err != nil {
					return err
				}
			}
			n, err := tx.EffectiveCount(ctx, a.ID)
			if err == nil {
				fmt.Fprintf(p.out, "%s can use %s.\n", plural(n, "person", "people"), a.Name)
			}
			return err
		})
	})
}
