package postgres

import (
	"context"
	"fmt"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

// AddUserToGroup makes a person a member; one who is already stays so.
func (s *Store) AddUserToGroup(ctx context.Context, id directory.GroupID, member directory.UserID) error {
	return s.InTx(ctx, func(tx *Store) error {
		u, err := tx.User(ctx, member)
		if err != nil {
			return err
		}
		return tx.changeMembers(ctx, id, "group.member.add", u.UserName,
			`INSERT INTO group_users (group_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, member)
	})
}

// RemoveUserFromGroup ends a membership; without one nothing happens.
func (s *Store) RemoveUserFromGroup(ctx context.Context, id directory.GroupID, member directory.UserID) error {
	return s.InTx(ctx, func(tx *Store) error {
		u, err := tx.User(ctx, member)
		if err != nil {
			return err
		}
		return tx.changeMembers(ctx, id, "group.member.remove", u.UserName,
			`DELETE FROM group_users WHERE group_id = $1 AND user_id = $2`, member)
	})
}

// AddGroupToGroup puts one group into another: everybody in member is then in the other one too. A group that would
// contain itself, however deep, is refused; one transaction at a time looks, so that two halves of a circle cannot pass.
func (s *Store) AddGroupToGroup(ctx context.Context, id, member directory.GroupID) error {
	return s.InTx(ctx, func(tx *Store) error {
		if err := tx.lock(ctx, groupsLock); err != nil {
			return err
		}
		g, err := tx.Group(ctx, member)
		if err != nil {
			return err
		}
		if err := tx.refuseCycle(ctx, id, g); err != nil {
			return err
		}
		return tx.changeMembers(ctx, id, "group.member.add", g.Name,
			`INSERT INTO group_groups (group_id, member_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, member)
	})
}

// RemoveGroupFromGroup takes one group out of another; when it is not in there, nothing happens.
func (s *Store) RemoveGroupFromGroup(ctx context.Context, id, member directory.GroupID) error {
	return s.InTx(ctx, func(tx *Store) error {
		g, err := tx.Group(ctx, member)
		if err != nil {
			return err
		}
		return tx.changeMembers(ctx, id, "group.member.remove", g.Name,
			`DELETE FROM group_groups WHERE group_id = $1 AND member_id = $2`, member)
	})
}

// changeMembers runs one statement on (group, member) and records it when it changed something.
func (s *Store) changeMembers(ctx context.Context, id directory.GroupID, action, memberName, sql string, member any) error {
	g, err := s.Group(ctx, id)
	if err != nil {
		return err
	}
	tag, err := s.q.Exec(ctx, sql, id, member)
	if err != nil {
		return fmt.Errorf("%s of %s: %w", action, g.Name, err)
	}
	if tag.RowsAffected() == 0 {
		return nil
	}
	return s.record(ctx, audit.Event{Action: action, Object: g.Object(), Name: g.Name, Detail: map[string]any{"member": memberName}})
}

// refuseCycle walks down from member: the group that it shall be put into must not be there.
func (s *Store) refuseCycle(ctx context.Context, id directory.GroupID, member directory.Group) error {
	if !isUUID(string(id)) {
		return nil // found missing later
	}
	var cycle bool
	err := s.q.QueryRow(ctx, `
		WITH RECURSIVE below (id) AS (
			SELECT $2::uuid
			UNION
			SELECT m.member_id FROM group_groups m JOIN below ON m.group_id = below.id)
		SELECT EXISTS (SELECT FROM below WHERE id = $1)`, id, member.ID).Scan(&cycle)
	if err != nil {
		return fmt.Errorf("look for a circle of groups: %w", err)
	}
	if cycle {
		return fault.New(fault.Conflict, "The group %s would contain itself. Take the other group out of it first.", member.Name)
	}
	return nil
}

// UsersOfGroup lists the direct members that are people, by user name.
func (s *Store) UsersOfGroup(ctx context.Context, id directory.GroupID) ([]directory.User, error) {
	return all[directory.User](s.q.Query(ctx, `
		SELECT `+userColumns+` FROM users WHERE id IN (SELECT user_id FROM group_users WHERE group_id = $1)
		ORDER BY lower(username)`, id))
}

// GroupsInGroup lists the direct members that are groups, by name.
func (s *Store) GroupsInGroup(ctx context.Context, id directory.GroupID) ([]directory.Group, error) {
	return all[directory.Group](s.q.Query(ctx, `
		SELECT id, name, created_at FROM groups WHERE id IN (SELECT member_id FROM group_groups WHERE group_id = $1)
		ORDER BY lower(name)`, id))
}

// GroupsOfUser lists all groups that a person is in, through nesting too, by name.
func (s *Store) GroupsOfUser(ctx context.Context, id directory.UserID) ([]directory.Group, error) {
	return all[directory.Group](s.q.Query(ctx, `
		WITH RECURSIVE above (id) AS (
			SELECT group_id FROM group_users WHERE user_id = $1
			UNION
			SELECT m.group_id FROM group_groups m JOIN above ON m.member_id = above.id)
		SELECT g.id, g.name, g.created_at FROM groups g JOIN above USING (id)
		ORDER BY lower(g.name)`, id))
}
