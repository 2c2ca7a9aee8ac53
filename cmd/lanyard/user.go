package main

import (
	"context"
	"fmt"
	"io"
	"math"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

type userCmd struct {
	Add      userAddCmd      `cmd:"" help:"Add a person."`
	List     userListCmd     `cmd:"" help:"List people."`
	Show     userShowCmd     `cmd:"" help:"Show a person with groups and apps."`
	Disable  userDisableCmd  `cmd:"" help:"Shut a person out."`
	Enable   userEnableCmd   `cmd:"" help:"Let a person in again."`
	Password userPasswordCmd `cmd:"" help:"Give a person another password; their sessions end."`
}

// userRef is how people name a person.
type userRef struct {
	User string `arg:"" help:"User name, e-mail address or ID."`
}

// everything is the limit of lists that have none.
const everything = math.MaxInt32

type userAddCmd struct {
	Email       string   `arg:"" help:"E-mail address."`
	Username    string   `placeholder:"NAME" help:"What the person signs in with; without it the e-mail address."`
	GivenName   string   `placeholder:"NAME" help:"Given name."`
	FamilyName  string   `placeholder:"NAME" help:"Family name."`
	DisplayName string   `placeholder:"NAME" help:"What to call the person."`
	Attribute   []string `sep:"none" placeholder:"NAME=VALUE" help:"Custom attribute; repeat it for more, also with the same name for several values."`
	password
	output
}

// Run hashes before it opens the database: that takes a moment.
func (c *userAddCmd) Run(ctx context.Context, p *program) error {
	attributes, err := directory.ParseAttributes(c.Attribute)
	if err != nil {
		return usage(err)
	}
	u := &directory.User{
		Email: c.Email, UserName: c.Username, GivenName: c.GivenName, FamilyName: c.FamilyName,
		DisplayName: c.DisplayName, Attributes: attributes,
	}
	made, hash, err := c.password.read(p, u)
	if err != nil {
		return err
	}
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		if err := s.CreateUser(ctx, u, hash); err != nil {
			return err
		}
		v := viewUser(u)
		v.Password = made
		return c.print(p, v, func(w io.Writer) {
			fmt.Fprintf(w, "Added %s (%s).\n", u.UserName, u.ID)
			printPassword(w, made)
		})
	})
}

type userListCmd struct {
	Search string `placeholder:"TEXT" help:"Only people with this in a name or the e-mail address."`
	output
}

// Run lists everybody: a shell has pages of its own.
func (c *userListCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		users, err := s.Users(ctx, postgres.UserFilter{Search: c.Search, Limit: everything})
		if err != nil {
			return err
		}
		views, rows := make([]userView, len(users)), make([][]string, len(users))
		for i := range users {
			v := viewUser(&users[i])
			views[i], rows[i] = v, []string{v.UserName, v.Email, users[i].Name(), v.state()}
		}
		return c.print(p, views, func(w io.Writer) { table(w, []string{"USER NAME", "E-MAIL", "NAME", "STATE"}, rows) })
	})
}

type userShowCmd struct {
	userRef
	output
}

// Run shows what a person has through groups, too.
func (c *userShowCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		u, err := s.FindUser(ctx, c.User)
		if err != nil {
			return err
		}
		groups, err := s.GroupsOfUser(ctx, u.ID)
		if err != nil {
			return err
		}
		apps, err := s.AppsOfUser(ctx, u.ID)
		if err != nil {
			return err
		}
		v := viewUser(&u)
		for _, g := range groups {
			v.Groups = append(v.Groups, g.Name)
		}
		for _, a := range apps {
			v.Apps = append(v.Apps, a.Slug)
		}
		return c.print(p, v, v.human)
	})
}

type userDisableCmd struct{ userRef }

func (c *userDisableCmd) Run(ctx context.Context, p *program) error {
	return p.changeUser(ctx, c.User, func(s *postgres.Store, u *directory.User) error { return s.SetUserDisabled(ctx, u.ID, true) }, "%s is disabled and signed out.\n")
}

type userEnableCmd struct{ userRef }

func (c *userEnableCmd) Run(ctx context.Context, p *program) error {
	return p.changeUser(ctx, c.User, func(s *postgres.Store, u *directory.User) error { return s.SetUserDisabled(ctx, u.ID, false) }, "%s is enabled.\n")
}

// changeUser finds a person, changes them in one transaction and says so.
func (p *program) changeUser(ctx context.Context, ref string, change func(*postgres.Store, *directory.User) error, done string) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		u, err := s.FindUser(ctx, ref)
		if err != nil {
			return err
		}
		if err := s.InTx(ctx, func(tx *postgres.Store) error { return change(tx, &u) }); err != nil {
			return err
		}
		fmt.Fprintf(p.out, done, u.UserName)
		return nil
	})
}
