package postgres

import (
	"context"
	"fmt"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

// CreateGroup keeps a new, empty group and fills ID and time.
func (s *Store) CreateGroup(ctx context.Context, g *directory.Group) error {
	g.Normalize()
	if err := g.Validate(); err != nil {
		return err
	}
	return s.InTx(ctx, func(tx *Store) error {
		row := tx.q.QueryRow(ctx, `INSERT INTO groups (name, created_at) VALUES ($1, now()) RETURNING id, created_at`, g.Name)
		if err := groupBroken(row.Scan(&g.ID, &g.CreatedAt), g); err != nil {
			return err
		}
		return tx.record(ctx, audit.Event{Action: "group.create", Object: g.Object(), Name: g.Name})
	})
}

func groupBroken(err error, g *directory.Group) error {
	if broken(err) == "groups_name_key" {
		return &fault.Error{Kind: fault.Conflict, Field: "name", Message: fmt.Sprintf("There is a group %q already.", g.Name)}
	}
	if err != nil {
		return fmt.Errorf("write group %s: %w", g.Name, err)
	}
	return nil
}

// Group finds a group by ID.
func (s *Store) Group(ctx context.Context, id directory.GroupID) (directory.Group, error) {
	if !isUUID(string(id)) {
		return directory.Group{}, fault.New(fault.NotFound, "There is no group %s.", id)
	}
	rows, err := s.q.Query(ctx, `SELECT id, name, created_at FROM groups WHERE id = $1`, id)
	return one[directory.Group](rows, err, "There is no group %s.", id)
}

// FindGroup finds a group by what an administrator types: ID or name.
func (s *Store) FindGroup(ctx context.Context, ref string) (directory.Group, error) {
	if isUUID(ref) {
		return s.Group(ctx, directory.GroupID(ref))
	}
	rows, err := s.q.Query(ctx, `SELECT id, name, created_at FROM groups WHERE lower(name) = lower($1)`, ref)
	return one[directory.Group](rows, err, "There is no group %q.", ref)
}

// GroupFilter selects groups; the zero filter is the first hundred.
type GroupFilter struct {
	Search string // found anywhere in the name, whatever its case
	Limit  int    // 0: 100
	Offset int
}

// Groups lists groups by name, with how many direct members they have.
func (s *Store) Groups(ctx context.Context, f GroupFilter) ([]directory.GroupSummary, error) {
	return all[directory.GroupSummary](s.q.Query(ctx, `
		SELECT id, name, created_at,
			(SELECT count(*) FROM group_users u WHERE u.group_id = g.id) AS users,
			(SELECT count(*) FROM group_groups m WHERE m.group_id = g.id) AS groups
		FROM groups g
		WHERE $1 = '' OR position(lower($1) in lower(name)) > 0
		ORDER BY lower(name) LIMIT $2 OFFSET $3`, f.Search, limit(f.Limit), f.Offset))
}

// CountGroups counts the groups that a search finds; with "" all of them.
func (s *Store) CountGroups(ctx context.Context, search string) (int, error) {
	return s.count(ctx, `SELECT count(*) FROM groups WHERE $1 = '' OR position(lower($1) in lower(name)) > 0`, search)
}

// RenameGroup gives a group another name.
func (s *Store) RenameGroup(ctx context.Context, id directory.GroupID, name string) error {
	return s.InTx(ctx, func(tx *Store) error {
		old, err := tx.Group(ctx, id)
		if err != nil {
			return err
		}
		g := old
		g.Name = name
		g.Normalize()
		if err := g.Validate(); err != nil {
			return err
		}
		_, err = tx.q.Exec(ctx, `UPDATE groups SET name = $2 WHERE id = $1`, id, g.Name)
		if err := groupBroken(err, &g); err != nil {
			return err
		}
		return tx.record(ctx, audit.Event{Action: "group.rename", Object: g.Object(), Name: g.Name, Detail: audit.Changes(&old, &g)})
	})
}

// DeleteGroup removes a group with its memberships and assignments: its members lose what they had through it.
func (s *Store) DeleteGroup(ctx context.Context, id directory.GroupID) error {
	return s.InTx(ctx, func(tx *Store) error {
		g, err := tx.Group(ctx, id)
		if err != nil {
			return err
		}
		if _, err := tx.q.Exec(ctx, `DELETE FROM groups WHERE id = $1`, id); err != nil {
			return fmt.Errorf("delete group %s: %w", g.Name, err)
		}
		return tx.record(ctx, audit.Event{Action: "group.delete", Object: g.Object(), Name: g.Name})
	})
}
