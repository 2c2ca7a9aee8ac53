package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// visit reads in one go who is there, whether they may use the app, and what the app was told before. The two forms
// differ in whether the names of all groups are read. OFFSET 0 keeps the planner from joining whole tables at once.
const (
	visitGroups = `ARRAY(SELECT g.name FROM mine, LATERAL (SELECT name FROM groups WHERE id = mine.group_id OFFSET 0) g ORDER BY g.name)`
	visitSQL    = `
		WITH RECURSIVE s AS (
			SELECT s.id, s.user_id, s.last_seen_at, s.expires_at, s.authn_instant, s.authn_context
			FROM sessions s WHERE s.token_hash = $1 AND s.expires_at > $3 AND s.last_seen_at > $4
		), mine AS (
			SELECT gu.group_id FROM group_users gu JOIN s ON gu.user_id = s.user_id
			UNION
			SELECT gg.group_id FROM mine, LATERAL (SELECT group_id FROM group_groups WHERE member_id = mine.group_id OFFSET 0) gg
		)
		SELECT s.id::text, s.last_seen_at, s.expires_at, s.authn_instant, s.authn_context,
			u.id::text, u.email, u.username, u.given_name, u.family_name, u.display_name, u.attributes,
			%s,
			EXISTS (SELECT FROM app_assignments a WHERE a.app_id = $2 AND a.everyone)
				OR (SELECT true FROM app_assignments a WHERE a.app_id = $2 AND a.user_id = u.id) IS NOT NULL
				OR EXISTS (SELECT FROM mine JOIN app_assignments a ON a.app_id = $2 AND a.group_id = mine.group_id),
			coalesce(p.value, ''), t.name_id, coalesce(t.session_index, ''), t.assertion_until, t.created_at
		FROM s
		JOIN users u ON u.id = s.user_id AND NOT u.disabled
		LEFT JOIN persistent_ids p ON p.app_id = $2 AND p.user_id = u.id
		LEFT JOIN LATERAL (SELECT t.name_id, t.session_index, t.assertion_until, t.created_at FROM participants t
			WHERE t.session_id = s.id AND t.app_id = $2 ORDER BY t.created_at LIMIT 1) t ON true`
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
		&v.Session.ID, &v.Session.LastSeenAt, &v.Session.ExpiresAt, &v.Session.AuthnInstant, &v.Session.AuthnContext,
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

// Conclude commits the end of a sign-on, in one statement, which is one transaction. What makes it valid comes first: the
// request is new (seen), or the waiting sign-on was still there (spent), or the start was ours; without it no row is
// written. The parts that a case does not need are left out, since each costs something even when it does nothing. A
// request seen before, or a waiting sign-on that is gone, is a Conflict; a session that has ended meanwhile is NotFound.
func (s *Store) Conclude(ctx context.Context, c session.Conclusion) error {
	var q statement
	at, app, valid := q.arg(c.SignIn.At), q.arg(orNull(string(c.SignIn.AppID)))+"::uuid", "(SELECT) AS always"
	if c.RequestID != "" {
		valid = "seen"
		q.with("seen", `INSERT INTO seen_requests (app_id, request_id, expires_at) VALUES (`+app+`, `+q.arg(c.RequestID)+`, `+q.arg(c.SeenUntil)+`)
			ON CONFLICT DO NOTHING RETURNING 1`)
	}
	if c.Waiting != nil {
		valid = "spent"
		q.with("spent", `DELETE FROM pending WHERE token_hash = `+q.arg(c.Waiting)+` RETURNING 1`)
	}
	if c.Participant != nil {
		if err := q.told(c.Participant, at, valid); err != nil {
			return err
		}
	}
	if c.SessionID != "" {
		q.with("used", `UPDATE sessions SET last_seen_at = `+at+` WHERE id = `+q.arg(string(c.SessionID))+`::uuid AND last_seen_at <= `+q.arg(c.SignIn.At.Add(-session.TouchEvery)))
	}
	if err := q.record(&c.SignIn, at, app, valid); err != nil {
		return err
	}
	var id int64
	err := s.q.QueryRow(ctx, q.sql.String(), q.args...).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.New(fault.Conflict, "This sign-in was used already. Go back to the app and start again.")
	}
	if broken(err) == "participants_session_id_fkey" {
		return fault.New(fault.NotFound, "The session ended while the sign-on was under way.")
	}
	if err != nil {
		return fmt.Errorf("conclude a sign-on: %w", err)
	}
	return nil
}

// statement is SQL put together from fixed parts; every value is a parameter.
type statement struct {
	sql  strings.Builder
	args []any
}

func (q *statement) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
}

func (q *statement) with(name, sql string) {
	lead := "WITH "
	if q.sql.Len() > 0 {
		lead = ",\n"
	}
	q.sql.WriteString(lead + name + " AS (" + sql + ")")
}

// told keeps what the app learnt. How long it holds an assertion is rounded up by a minute, so that not every sign-on
// writes the participant anew.
func (q *statement) told(p *session.Participant, at, valid string) error {
	name, err := json.Marshal(p.NameID)
	if err != nil {
		return fmt.Errorf("conclude a sign-on: %w", err)
	}
	until := q.arg(p.AssertionUntil) + "::timestamptz"
	q.with("told", `INSERT INTO participants (session_id, app_id, name_id, session_index, assertion_until, created_at)
		SELECT `+q.arg(string(p.SessionID))+`::uuid, `+q.arg(string(p.AppID))+`::uuid, `+q.arg(name)+`::jsonb, `+q.arg(p.SessionIndex)+`,
			`+until+` + interval '1 minute', `+at+` FROM `+valid+`
		ON CONFLICT (session_id, app_id, session_index) DO UPDATE SET name_id = excluded.name_id,
			assertion_until = greatest(participants.assertion_until, excluded.assertion_until)
			WHERE participants.assertion_until < `+until+` OR participants.name_id <> excluded.name_id`)
	return nil
}

func (q *statement) record(r *audit.SignIn, at, app, valid string) error {
	detail, err := json.Marshal(r.Detail)
	if err != nil {
		return fmt.Errorf("conclude a sign-on: %w", err)
	}
	values := []string{at, q.arg(r.Reference), q.arg(r.Kind), q.arg(r.Reason), q.arg(orNull(string(r.UserID))) + "::uuid", q.arg(readable(r.UserName, maxKeptName)), app}
	for _, text := range []string{r.AppName, r.Address, r.UserAgent, r.RequestID} {
		values = append(values, q.arg(readable(text, maxKeptText)))
	}
	values = append(values, q.arg(r.Message), q.arg(withoutNUL(detail)))
	q.sql.WriteString(`
		INSERT INTO sign_ins (at, reference, kind, reason, user_id, username, app_id, app_name, address, user_agent, request_id, message, detail)
		SELECT ` + strings.Join(values, ", ") + ` FROM ` + valid + ` RETURNING id`)
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
