package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
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
	attributes, err := attributes(c.Attribute)
	if err != nil {
		return err
	}
	u := &directory.User{Email: c.Email, UserName: c.Username, GivenName: c.GivenName, FamilyName: c.FamilyName,
		DisplayName: c.DisplayName, Attributes: attributes}
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

func attributes(pairs []string) (directory.Attributes, error) {
	a := directory.Attributes{}
	for _, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, usage(fault.Field("attribute", "%q is no attribute: write it like department=Sales.", pair))
		}
		a[name] = append(a[name], value)
	}
	return a, nil
}

// password is given on standard input, where no list of processes shows it, or made up here.
type password struct {
	PasswordStdin    bool `xor:"password" help:"Read the password from standard input."`
	GeneratePassword bool `xor:"password" help:"Make up a password and print it once."`
}

// read answers the hash, and the password itself if it was made up here; both are empty when neither way was chosen.
func (c *password) read(p *program, u *directory.User) (made, hash string, err error) {
	switch {
	case c.GeneratePassword:
		made = rand.Text()
		hash, err = auth.HashPassword(made)
		return made, hash, err
	case !c.PasswordStdin:
		return "", "", nil
	}
	text, err := io.ReadAll(io.LimitReader(p.in, 64<<10))
	if err != nil {
		return "", "", fmt.Errorf("read the password: %w", err)
	}
	given := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	if err := auth.CheckPassword(given, auth.About(*u)...); err != nil {
		return "", "", err
	}
	hash, err = auth.HashPassword(given)
	return "", hash, err
}

func printPassword(w io.Writer, made string) {
	if made != "" {
		fmt.Fprintf(w, "Password: %s\n", made)
	}
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

type userPasswordCmd struct {
	userRef
	password
}

// Run also forgets the wrong tries of before, which are often the reason for a new password.
func (c *userPasswordCmd) Run(ctx context.Context, p *program) error {
	if !c.PasswordStdin && !c.GeneratePassword {
		return usage(fault.New(fault.Invalid, "Give the password on standard input with --password-stdin, or use --generate-password."))
	}
	var made string
	err := p.changeUser(ctx, c.User, func(s *postgres.Store, u *directory.User) error {
		var hash string
		var err error
		if made, hash, err = c.password.read(p, u); err != nil {
			return err
		}
		if err := s.SetPassword(ctx, u.ID, hash); err != nil {
			return err
		}
		return s.ClearThrottles(ctx, auth.AccountKeys(*u)...)
	}, "%s has a new password; earlier sessions ended.\n")
	if err == nil {
		printPassword(p.out, made)
	}
	return err
}

// userView is a person as commands print one.
type userView struct {
	ID          directory.UserID     `json:"id"`
	Email       string               `json:"email"`
	UserName    string               `json:"username"`
	GivenName   string               `json:"givenName"`
	FamilyName  string               `json:"familyName"`
	DisplayName string               `json:"displayName"`
	Attributes  directory.Attributes `json:"attributes"`
	Role        directory.Role       `json:"role"`
	Disabled    bool                 `json:"disabled"`
	CreatedAt   time.Time            `json:"createdAt"`
	UpdatedAt   time.Time            `json:"updatedAt"`
	Groups      []string             `json:"groups,omitempty"`
	Apps        []string             `json:"apps,omitempty"`
	Password    string               `json:"password,omitempty"` // only when it was made up just now
}

func viewUser(u *directory.User) userView {
	return userView{ID: u.ID, Email: u.Email, UserName: u.UserName, GivenName: u.GivenName, FamilyName: u.FamilyName,
		DisplayName: u.DisplayName, Attributes: u.Attributes, Role: u.Role, Disabled: u.Disabled, CreatedAt: u.CreatedAt, UpdatedAt: u.UpdatedAt}
}

func (v *userView) state() string {
	switch {
	case v.Disabled:
		return "disabled"
	case v.Role == directory.RoleOwner:
		return "administrator"
	}
	return "enabled"
}

func (v *userView) human(w io.Writer) {
	pairs := []string{"ID", string(v.ID), "E-mail", v.Email, "User name", v.UserName, "Given name", v.GivenName, "Family name", v.FamilyName,
		"Display name", v.DisplayName, "State", v.state(), "Groups", strings.Join(v.Groups, "\n"), "Apps", strings.Join(v.Apps, "\n")}
	for _, name := range sorted(v.Attributes) {
		pairs = append(pairs, name, strings.Join(v.Attributes[name], "\n"))
	}
	facts(w, pairs...)
}
