package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// visit reads in one go who is there, whether they may use the app, and what the app was told before. The two forms
// differ in whether the names of all groups are read.
const (
	visitGroups = `ARRAY(SELECT g.name FROM groups g JOIN mine ON mine.group_id = g.id ORDER BY g.name)`
	visitSQL    = `
		WITH RECURSIVE s AS (
			SELECT s.id, s.user_id, s.created_at, s.last_seen_at, s.expires_at, s.authn_instant, s.authn_context, s.address, s.user_agent
			FROM sessions s WHERE s.token_hash = $1 AND s.expires_at > $3 AND s.last_seen_at > $4
		), mine AS (
			SELECT gu.group_id FROM group_users gu JOIN s ON gu.user_id = s.user_id
			UNION
			SELECT gg.group_id FROM group_groups gg JOIN mine ON gg.member_id = mine.group_id
		)
		SELECT s.id::text, s.created_at, s.last_seen_at, s.expires_at, s.authn_instant, s.authn_context, s.address, s.user_agent,
			u.id::text, u.email, u.username, u.given_name, u.family_name, u.display_name, u.attributes,
			%s,
			EXISTS (SELECT FROM app_assignments a WHERE a.app_id = $2 AND a.everyone)
				OR (SELECT true FROM app_assignments a WHERE a.app_id = $2 AND a.user_id = u.id) IS NOT NULL
				OR EXISTS (SELECT FROM mine JOIN app_assignments a ON a.app_id = $2 AND a.group_id = mine.group_id),
			coalesce(p.value, ''), t.name_id, coalesce(t.session_index, ''), t.assertion_until, t.created_at
		FROM s
		JOIN users u ON u.id = s.user_id AND NOT u.disabled
		LEFT JOIN persistent_ids p ON p.app_id = $2 AND p.user_id = u.id
		LEFT JOIN participants t ON t.session_id = s.id AND t.app_id = $2`
)

var (
	visitWithGroups    = fmt.Sprintf(visitSQL, visitGroups)
	visitWithoutGroups = fmt.Sprintf(visitSQL, `NULL::text[]`)
)

// Visit says who is at the browser. No session, an ended one, or one of a disabled person is NotFound.
func (s *Store) Visit(ctx context.Context, q session.VisitQuery) (*session.Visit, error) {
	sql := visitWithoutGroups
	if q.Groups {
		sql = visitWithGroups
	}
	var (
		v              session.Visit
		t              session.Participant
		name           []byte
		until, created *time.Time
	)
	err := s.q.QueryRow(ctx, sql, q.TokenHash, string(q.AppID), q.Now, q.Now.Add(-session.IdleLimit)).Scan(
		&v.Session.ID, &v.Session.CreatedAt, &v.Session.LastSeenAt, &v.Session.ExpiresAt, &v.Session.AuthnInstant,
		&v.Session.AuthnContext, &v.Session.Address, &v.Session.UserAgent,
		&v.User.ID, &v.User.Email, &v.User.UserName, &v.User.GivenName, &v.User.FamilyName, &v.User.DisplayName, &v.User.Attributes,
		&v.Groups, &v.Assigned, &v.PersistentID, &name, &t.SessionIndex, &until, &created)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "Nobody is signed in at this browser.")
	}
	if err != nil {
		return nil, fmt.Errorf("read the visit: %w", err)
	}
	v.Session.UserID = v.User.ID
	if name != nil {
		if err := json.Unmarshal(name, &t.NameID); err != nil {
			return nil, fmt.Errorf("read the participant: %w", err)
		}
		t.SessionID, t.AppID, t.AssertionUntil, t.CreatedAt = v.Session.ID, q.AppID, *until, *created
		v.Participant = &t
	}
	return &v, nil
}

// PersistentID keeps candidate as the person's identifier at the app, unless there is one already; it returns the one
// that counts. Two first visits at once agree.
func (s *Store) PersistentID(ctx context.Context, app apps.ID, user directory.UserID, candidate string, now time.Time) (string, error) {
	var value string
	err := s.q.QueryRow(ctx, `
		INSERT INTO persistent_ids (app_id, user_id, value, created_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (app_id, user_id) DO UPDATE SET value = persistent_ids.value
		RETURNING value`, string(app), string(user), candidate, now).Scan(&value)
	if err != nil {
		return "", fmt.Errorf("keep the persistent identifier: %w", err)
	}
	return value, nil
}

// conclude writes everything in one statement, which is one transaction. What makes it valid comes first: the request is
// new, or the waiting sign-on was still there, or the start was ours; without it no row is written.
const concludeSQL = `
	WITH seen AS (
		INSERT INTO seen_requests (app_id, request_id, expires_at)
		SELECT $6::uuid, $16, $17 WHERE $16 <> ''
		ON CONFLICT DO NOTHING RETURNING 1
	), spent AS (
		DELETE FROM pending WHERE token_hash = $18 RETURNING 1
	), valid AS (
		SELECT WHERE ($16 = '' OR EXISTS (SELECT FROM seen)) AND ($18::bytea IS NULL OR EXISTS (SELECT FROM spent))
	), told AS (
		INSERT INTO participants (session_id, app_id, name_id, session_index, assertion_until, created_at)
		SELECT $14::uuid, $6::uuid, $19::jsonb, $20, $21, $1 FROM valid WHERE $19 IS NOT NULL
		ON CONFLICT (session_id, app_id) DO UPDATE SET name_id = excluded.name_id, session_index = excluded.session_index,
			assertion_until = greatest(participants.assertion_until, excluded.assertion_until)
			WHERE participants.assertion_until < $22 OR participants.name_id <> excluded.name_id OR participants.session_index <> excluded.session_index
	), used AS (
		UPDATE sessions SET last_seen_at = $1 WHERE id = $14::uuid AND last_seen_at < $15
	)
	INSERT INTO sign_ins (at, reference, kind, reason, user_id, username, app_id, app_name, address, user_agent, request_id, message, detail)
	SELECT $1, $2, $3, $4, $5::uuid, $7, $6::uuid, $8, $9, $10, $11, $12, $13 FROM valid
	RETURNING id`

// untilGrain rounds up how long an app holds an assertion, so that not every sign-on writes the participant anew.
const untilGrain = time.Minute

// Conclude commits the end of a sign-on. A request seen before, or a waiting sign-on that is gone, is a Conflict.
func (s *Store) Conclude(ctx context.Context, c session.Conclusion) error {
	detail, err := json.Marshal(c.SignIn.Detail)
	if err != nil {
		return fmt.Errorf("conclude a sign-on: %w", err)
	}
	var name []byte
	var index string
	var until, held *time.Time
	if p := c.Participant; p != nil {
		if name, err = json.Marshal(p.NameID); err != nil {
			return fmt.Errorf("conclude a sign-on: %w", err)
		}
		later := p.AssertionUntil.Add(untilGrain)
		index, until, held = p.SessionIndex, &later, &p.AssertionUntil
	}
	r := &c.SignIn
	var id int64
	err = s.q.QueryRow(ctx, concludeSQL, r.At, r.Reference, r.Kind, r.Reason, orNull(string(r.UserID)), orNull(string(r.AppID)),
		readable(r.UserName, maxKeptName), readable(r.AppName, maxKeptText), readable(r.Address, maxKeptText), readable(r.UserAgent, maxKeptText),
		readable(r.RequestID, maxKeptText), r.Message, withoutNUL(detail), orNull(string(c.SessionID)), r.At.Add(-session.TouchEvery),
		c.RequestID, c.SeenUntil, c.Waiting, name, index, until, held).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.New(fault.Conflict, "This sign-in was used already. Go back to the app and start again.")
	}
	if err != nil {
		return fmt.Errorf("conclude a sign-on: %w", err)
	}
	return nil
}

// Wait keeps a sign-on until the person has signed in or the browser has come back. The request counts as seen from now
// on: a second time it is a Conflict.
func (s *Store) Wait(ctx context.Context, token []byte, p session.Pending, requestID string, seenUntil time.Time) error {
	tag, err := s.q.Exec(ctx, `
		WITH seen AS (
			INSERT INTO seen_requests (app_id, request_id, expires_at) SELECT $2::uuid, $6, $7 WHERE $6 <> ''
			ON CONFLICT DO NOTHING RETURNING 1
		)
		INSERT INTO pending (token_hash, app_id, request, created_at, expires_at)
		SELECT $1, $2::uuid, $3, $4, $5 WHERE $6 = '' OR EXISTS (SELECT FROM seen)`,
		token, string(p.AppID), p.Request, p.CreatedAt, p.ExpiresAt, requestID, seenUntil)
	if err != nil {
		return fmt.Errorf("keep a waiting sign-on: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return fault.New(fault.Conflict, "This sign-in was used already. Go back to the app and start again.")
	}
	return nil
}

// Waiting is the sign-on that waits under this token, unless its time is over. Reading does not spend it.
func (s *Store) Waiting(ctx context.Context, token []byte, now time.Time) (session.Pending, error) {
	var p session.Pending
	err := s.q.QueryRow(ctx, `SELECT app_id::text, request, created_at, expires_at FROM pending WHERE token_hash = $1 AND expires_at > $2`, token, now).
		Scan(&p.AppID, &p.Request, &p.CreatedAt, &p.ExpiresAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, fault.New(fault.NotFound, "This sign-in was finished already or took too long. Go back to the app and start again.")
	}
	if err != nil {
		return p, fmt.Errorf("read a waiting sign-on: %w", err)
	}
	return p, nil
}

// orNull is nil for an empty text.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
