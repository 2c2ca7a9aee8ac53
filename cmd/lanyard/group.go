package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

type groupCmd struct {
	Add    groupAddCmd    `cmd:"" help:"Add a group."`
	List   groupListCmd   `cmd:"" help:"List groups."`
	Show   groupShowCmd   `cmd:"" help:"Show a group with its direct members."`
	Member groupMemberCmd `cmd:"" help:"Members of a group."`
}

type groupAddCmd struct {
	Name string `arg:"" help:"Name of the group."`
	output
}

func (c *groupAddCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		g := &directory.Group{Name: c.Name}
		if err := s.CreateGroup(ctx, g); err != nil {
			return err
		}
		return c.print(p, map[string]any{"id": g.ID, "name": g.Name}, func(w io.Writer) { fmt.Fprintf(w, "Added the group %s (%s).\n", g.Name, g.ID) })
	})
}

type groupListCmd struct{ output }

func (c *groupListCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		groups, err := s.Groups(ctx, postgres.GroupFilter{Limit: everything})
		if err != nil {
			return err
		}
		views, rows := []map[string]any{}, [][]string{}
		for _, g := range groups {
			views = append(views, map[string]any{"id": g.ID, "name": g.Name, "users": g.Users, "groups": g.Groups})
			rows = append(rows, []string{g.Name, strconv.Itoa(g.Users), strconv.Itoa(g.Groups)})
		}
		return c.print(p, views, func(w io.Writer) { table(w, []string{"GROUP", "PEOPLE", "GROUPS"}, rows) })
	})
}

type groupShowCmd struct {
	Group string `arg:"" help:"Name or ID of the group."`
	output
}

func (c *groupShowCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		g, err := s.FindGroup(ctx, c.Group)
		if err != nil {
			return err
		}
		users, groups, err := membersOf(ctx, s, g.ID)
		if err != nil {
			return err
		}
		return c.print(p, map[string]any{"id": g.ID, "name": g.Name, "users": users, "groups": groups}, func(w io.Writer) {
			facts(w, "ID", string(g.ID), "Name", g.Name, "People", strings.Join(users, "\n"), "Groups", strings.Join(groups, "\n"))
		})
	})
}

// membersOf answers the names of the direct members.
func membersOf(ctx context.Context, s *postgres.Store, id directory.GroupID) (users, groups []string, err error) {
	people, err := s.UsersOfGroup(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	inside, err := s.GroupsInGroup(ctx, id)
	users, groups = []string{}, []string{}
	for _, u := range people {
		users = append(users, u.UserName)
	}
	for _, g := range inside {
		groups = append(groups, g.Name)
	}
	return users, groups, err
}

type groupMemberCmd struct {
	Add    memberAddCmd    `cmd:"" help:"Put a person or a group into a group."`
	Remove memberRemoveCmd `cmd:"" help:"Take a person or a group out of a group."`
}

type memberRef struct {
	Group  string `arg:"" help:"Name or ID of the group."`
	Member string `arg:"" name:"user-or-group" help:"Person or group; where both have the name write user:NAME or group:NAME."`
}

type memberAddCmd struct{ memberRef }

func (c *memberAddCmd) Run(ctx context.Context, p *program) error {
	return c.change(ctx, p, (*postgres.Store).AddUserToGroup, (*postgres.Store).AddGroupToGroup, "%s is in %s.\n")
}

type memberRemoveCmd struct{ memberRef }

func (c *memberRemoveCmd) Run(ctx context.Context, p *program) error {
	return c.change(ctx, p, (*postgres.Store).RemoveUserFromGroup, (*postgres.Store).RemoveGroupFromGroup, "%s is not in %s.\n")
}

// change finds out what the member is and calls the method for it.
func (c *memberRef) change(ctx context.Context, p *program, user func(*postgres.Store, context.Context, directory.GroupID, directory.UserID) error,
	group func(*postgres.Store, context.Context, directory.GroupID, directory.GroupID) error, done string,
) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		g, err := s.FindGroup(ctx, c.Group)
		if err != nil {
			return err
		}
		u, inner, err := findMember(ctx, s, c.Member)
		if err != nil {
			return err
		}
		name := ""
		if u != nil {
			name, err = u.UserName, user(s, ctx, g.ID, u.ID)
		} else {
			name, err = inner.Name, group(s, ctx, g.ID, inner.ID)
		}
		if err == nil {
			fmt.Fprintf(p.out, done, name, g.Name)
		}
		return err
	})
}

// findMember answers a person or a group: exactly one of them, or an error.
func findMember(ctx context.Context, s *postgres.Store, ref string) (*directory.User, *directory.Group, error) {
	kind, name, chosen := strings.Cut(ref, ":")
	if !chosen || kind != "user" && kind != "group" {
		kind, name = "", ref
	}
	u, userErr := s.FindUser(ctx, name)
	g, groupErr := s.FindGroup(ctx, name)
	switch {
	case kind == "user":
		return &u, nil, userErr
	case kind == "group":
		return nil, &g, groupErr
	case userErr == nil && groupErr == nil:
		return nil, nil, fault.New(fault.Conflict, "%q is a person and a group: write user:%s or group:%s.", name, name, name)
	case userErr == nil && fault.Is(groupErr, fault.NotFound):
		return &u, nil, nil
	case groupErr == nil && fault.Is(userErr, fault.NotFound):
		return nil, &g, nil
	case fault.Is(userErr, fault.NotFound) && fault.Is(groupErr, fault.NotFound):
		return nil, nil, fault.New(fault.NotFound, "There is no person and no group %q.", name)
	case fault.Is(userErr, fault.NotFound):
		return nil, nil, groupErr
	}
	return nil, nil, userErr
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
