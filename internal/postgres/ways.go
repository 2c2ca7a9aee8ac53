package postgres

import (
	"context"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/directory"
)

// upwards gathers the groups above a group or a person, each with the group below it that leads there; where they begin is
// what goes in at the front.
const upwards = `
	UNION
	SELECT m.group_id, m.member_id
	FROM steps, LATERAL (SELECT group_id, member_id FROM group_groups WHERE member_id = steps.id OFFSET 0) m)`

const (
	stepsOfUser  = `WITH RECURSIVE steps (id, via) AS (SELECT group_id, NULL::uuid FROM group_users WHERE user_id = $1` + upwards
	stepsOfGroup = `WITH RECURSIVE steps (id, via) AS (SELECT $1::uuid, NULL::uuid` + upwards

	stepRows = ` SELECT g.id, g.name, g.created_at, coalesce(steps.via::text, '') AS via
		FROM steps JOIN groups g USING (id) ORDER BY lower(g.name), steps.via NULLS FIRST`

	wayColumns = `app_id, a.name AS app_name, a.enabled, coalesce(w.user_id::text, '') AS user_id,
		coalesce(w.group_id::text, '') AS group_id, w.everyone`
	wayOrder = ` JOIN apps a ON a.id = w.app_id ORDER BY lower(a.name), a.slug, w.everyone, w.user_id IS NULL, w.group_id`

	waysByGroups = `SELECT x.app_id, x.user_id, x.group_id, x.everyone
		FROM (SELECT DISTINCT id FROM steps) s, LATERAL (SELECT * FROM app_assignments WHERE group_id = s.id OFFSET 0) x`
)

// StepsOfUser lists the groups that a person is in, however deep, each with what leads there.
func (s *Store) StepsOfUser(ctx context.Context, id directory.UserID) ([]directory.Step, error) {
	return all[directory.Step](s.q.Query(ctx, stepsOfUser+stepRows, id))
}

// StepsOfGroup lists a group and the groups that it is in, however deep, each with what leads there.
func (s *Store) StepsOfGroup(ctx context.Context, id directory.GroupID) ([]directory.Step, error) {
	return all[directory.Step](s.q.Query(ctx, stepsOfGroup+stepRows, id))
}

// WaysOfUser lists every assignment by which a person has an app, by the name of the app: their own ones first, then those of
// groups, then those of everyone. Apps that are switched off are among them.
func (s *Store) WaysOfUser(ctx context.Context, id directory.UserID) ([]apps.Way, error) {
	return all[apps.Way](s.q.Query(ctx, stepsOfUser+`, w AS (
		SELECT app_id, user_id, group_id, everyone FROM app_assignments WHERE everyone
		UNION ALL
		SELECT app_id, user_id, group_id, everyone FROM app_assignments WHERE user_id = $1
		UNION ALL
		`+waysByGroups+`)
		SELECT `+wayColumns+` FROM w`+wayOrder, id))
}

// WaysOfGroup lists the assignments by which the members of a group have apps, its own and those of the groups that it is in.
func (s *Store) WaysOfGroup(ctx context.Context, id directory.GroupID) ([]apps.Way, error) {
	return all[apps.Way](s.q.Query(ctx, stepsOfGroup+`, w AS (`+waysByGroups+`) SELECT `+wayColumns+` FROM w`+wayOrder, id))
}
