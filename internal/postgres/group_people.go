package postgres

import (
	"context"
	"fmt"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
)

// PeopleOfGroup lists the direct members that are people, by user name, a page at a time.
func (s *Store) PeopleOfGroup(ctx context.Context, id directory.GroupID, f UserFilter) ([]directory.User, error) {
	return all[directory.User](s.q.Query(ctx, `
		SELECT `+userColumns+` FROM users
		WHERE id IN (SELECT user_id FROM group_users WHERE group_id = $4) AND `+userMatches+`
		ORDER BY lower(username) LIMIT $2 OFFSET $3`, f.Search, limit(f.Limit), f.Offset, id))
}

// CountPeopleOfGroup counts the direct members that are people and that a search finds; with "" all of them.
func (s *Store) CountPeopleOfGroup(ctx context.Context, id directory.GroupID, search string) (int, error) {
	return s.count(ctx, `
		SELECT count(*) FROM users WHERE id IN (SELECT user_id FROM group_users WHERE group_id = $2) AND `+userMatches, search, id)
}

// UsersByName finds many people at once by user name or e-mail address, as FindUser does one, and answers them under the names
// given. Names of nobody are left out.
func (s *Store) UsersByName(ctx context.Context, names []string) (map[string]directory.UserID, error) {
	rows, err := all[struct {
		Name string
		ID   directory.UserID
	}](s.q.Query(ctx, `
		SELECT n.name, u.id FROM unnest($1::text[]) AS n (name), LATERAL (
			SELECT id FROM users WHERE lower(username) = lower(n.name) OR lower(email) = lower(n.name)
			ORDER BY lower(username) = lower(n.name) DESC LIMIT 1) u`, names))
	found := make(map[string]directory.UserID, len(rows))
	for _, r := range rows {
		found[r.Name] = r.ID
	}
	return found, err
}

// AddUsersToGroup makes many people members at once and says how many were not yet; those become one event.
func (s *Store) AddUsersToGroup(ctx context.Context, id directory.GroupID, members []directory.UserID) (int, error) {
	var added []struct{ Username string }
	err := s.InTx(ctx, func(tx *Store) error {
		g, err := tx.Group(ctx, id)
		if err != nil {
			return err
		}
		added, err = all[struct{ Username string }](tx.q.Query(ctx, `
			WITH added AS (
				INSERT INTO group_users (group_id, user_id) SELECT $1, id FROM users WHERE id = ANY($2)
				ON CONFLICT DO NOTHING RETURNING user_id)
			SELECT username FROM users WHERE id IN (SELECT user_id FROM added) ORDER BY lower(username)`, id, members))
		if err != nil || len(added) == 0 {
			return err
		}
		names := make([]string, len(added))
		for i, a := range added {
			names[i] = a.Username
		}
		return tx.record(ctx, audit.Event{Action: "group.member.add", Object: g.Object(), Name: g.Name, Detail: map[string]any{"members": names}})
	})
	if err != nil {
		return 0, fmt.Errorf("add people to a group: %w", err)
	}
	return len(added), nil
}
