package postgres

import (
	"context"
	"fmt"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
)

// Assign lets somebody use an app; one who may already stays assigned.
func (s *Store) Assign(ctx context.Context, id apps.ID, to apps.Assignee) error {
	return s.changeAssignment(ctx, id, to, "app.assign", `
		INSERT INTO app_assignments (app_id, user_id, group_id, everyone, created_at)
		VALUES ($1, nullif($2, '')::uuid, nullif($3, '')::uuid, $4, now()) ON CONFLICT DO NOTHING`)
}

// Unassign takes an assignment away; without one nothing happens. Another one (through a group, everyone) still holds.
func (s *Store) Unassign(ctx context.Context, id apps.ID, from apps.Assignee) error {
	return s.changeAssignment(ctx, id, from, "app.unassign", `
		DELETE FROM app_assignments
		WHERE app_id = $1 AND user_id IS NOT DISTINCT FROM nullif($2, '')::uuid
			AND group_id IS NOT DISTINCT FROM nullif($3, '')::uuid AND everyone = $4`)
}

// changeAssignment runs one statement on an assignment and records it when it changed something.
func (s *Store) changeAssignment(ctx context.Context, id apps.ID, who apps.Assignee, action, sql string) error {
	if err := who.Validate(); err != nil {
		return err
	}
	return s.InTx(ctx, func(tx *Store) error {
		a, err := tx.App(ctx, id)
		if err != nil {
			return err
		}
		name, err := tx.assigneeName(ctx, who)
		if err != nil {
			return err
		}
		tag, err := tx.q.Exec(ctx, sql, id, string(who.UserID), string(who.GroupID), who.Everyone)
		if err != nil {
			return fmt.Errorf("%s of %s: %w", action, a.Slug, err)
		}
		if tag.RowsAffected() == 0 {
			return nil
		}
		return tx.record(ctx, audit.Event{Action: action, Object: a.Object(), Name: a.Name, Detail: map[string]any{"who": name}})
	})
}

// assigneeName also finds out whether there is such a user or group.
func (s *Store) assigneeName(ctx context.Context, who apps.Assignee) (string, error) {
	switch {
	case who.UserID != "":
		u, err := s.User(ctx, who.UserID)
		return "user " + u.UserName, err
	case who.GroupID != "":
		g, err := s.Group(ctx, who.GroupID)
		return "group " + g.Name, err
	}
	return "everyone", nil
}

// Assignments lists who may use an app: everyone first, then groups, then people, each by name.
func (s *Store) Assignments(ctx context.Context, id apps.ID) ([]apps.Assignment, error) {
	return all[apps.Assignment](s.q.Query(ctx, `
		SELECT x.id, x.app_id, coalesce(x.user_id::text, '') AS user_id, coalesce(x.group_id::text, '') AS group_id,
			x.everyone, coalesce(u.username, g.name, '') AS name, x.created_at
		FROM app_assignments x LEFT JOIN users u ON u.id = x.user_id LEFT JOIN groups g ON g.id = x.group_id
		WHERE x.app_id = $1
		ORDER BY x.everyone DESC, x.group_id IS NULL, lower(coalesce(u.username, g.name, ''))`, id))
}

// EffectiveCount counts the people who may use an app and can sign in: directly, through groups however deep, or as everyone.
// Who is assigned is gathered first: asked of each person in turn, it would take minutes among a hundred thousand.
func (s *Store) EffectiveCount(ctx context.Context, id apps.ID) (int, error) {
	return s.EffectiveCountWithout(ctx, id, "")
}

// EffectiveCountWithout is EffectiveCount as it would be if a group were not there ("" for none): the difference is who loses
// the app when the group is deleted.
func (s *Store) EffectiveCountWithout(ctx context.Context, id apps.ID, group directory.GroupID) (int, error) {
	return s.count(ctx, `
		WITH RECURSIVE assigned (id) AS (
			SELECT group_id FROM app_assignments
			WHERE app_id = $1 AND group_id IS NOT NULL AND group_id IS DISTINCT FROM nullif($2, '')::uuid
			UNION
			SELECT m.member_id FROM assigned, LATERAL (SELECT member_id FROM group_groups WHERE group_id = assigned.id OFFSET 0) m
			WHERE m.member_id IS DISTINCT FROM nullif($2, '')::uuid
		), people (id) AS (
			SELECT user_id FROM app_assignments WHERE app_id = $1 AND user_id IS NOT NULL
			UNION
			SELECT m.user_id FROM assigned, LATERAL (SELECT user_id FROM group_users WHERE group_id = assigned.id OFFSET 0) m)
		SELECT CASE WHEN EXISTS (SELECT FROM app_assignments WHERE app_id = $1 AND everyone)
			THEN (SELECT count(*) FROM users WHERE NOT disabled)
			ELSE (SELECT count(*) FROM people JOIN users USING (id) WHERE NOT disabled) END`, id, string(group))
}

// AppsOfUser lists the enabled apps that a person may use, by name, without their metadata documents. Each way of being
// assigned is looked up by itself: everybody opens the panel, and the assignments of all others are not read for it. OFFSET 0
// keeps the planner from joining whole tables at once.
func (s *Store) AppsOfUser(ctx context.Context, id directory.UserID) ([]apps.App, error) {
	return all[apps.App](s.q.Query(ctx, `
		WITH RECURSIVE above (id) AS (
			SELECT group_id FROM group_users WHERE user_id = $1
			UNION
			SELECT m.group_id FROM above, LATERAL (SELECT group_id FROM group_groups WHERE member_id = above.id OFFSET 0) m
		), mine (id) AS (
			SELECT app_id FROM app_assignments WHERE everyone
			UNION
			SELECT app_id FROM app_assignments WHERE user_id = $1
			UNION
			SELECT a.app_id FROM above, LATERAL (SELECT app_id FROM app_assignments WHERE group_id = above.id OFFSET 0) a)
		SELECT a.* FROM mine, LATERAL (SELECT `+appListColumns+` FROM apps WHERE apps.id = mine.id AND enabled OFFSET 0) a
		ORDER BY lower(a.name), a.slug`, id))
}
