package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/session"
)

const sessionColumns = `s.id, s.user_id, s.created_at, s.last_seen_at, s.expires_at, s.authn_instant, s.authn_context,
	s.address, s.user_agent`

// alive is session.Session.Alive in SQL, for the moments $1 (now) and $2 (the earliest use that still counts).
const alive = `s.expires_at > $1 AND s.last_seen_at > $2`

// OpenSession keeps a new session under its token and gives its ID. A session that the browser held before goes on under
// the new token when it is the same person's, so that logout still reaches the apps that were told of it; anybody else's
// ends.
func (s *Store) OpenSession(ctx context.Context, o session.Opening) (session.ID, error) {
	var id session.ID
	err := s.InTx(ctx, func(tx *Store) error {
		renewed, err := tx.renewSession(ctx, o)
		if err != nil || renewed != "" {
			id = renewed
			return err
		}
		if err := tx.EndSessionByToken(ctx, o.Replaces); err != nil {
			return err
		}
		id, err = tx.insertSession(ctx, o)
		return err
	})
	return id, err
}

// renewSession answers "" when the browser held no session of this person. One that ran out is renewed too: its apps
// still believe in it.
func (s *Store) renewSession(ctx context.Context, o session.Opening) (session.ID, error) {
	if o.Replaces.Zero() {
		return "", nil
	}
	n := o.Session
	rows, err := s.q.Query(ctx, `
		UPDATE sessions SET token_hash = $3, created_at = $4, last_seen_at = $5, expires_at = $6, authn_instant = $7,
			authn_context = $8, address = $9, user_agent = $10
		WHERE token_hash = $1 AND user_id = $2
		RETURNING id`,
		o.Replaces.Hash(), n.UserID, o.Token.Hash(), n.CreatedAt, n.LastSeenAt, n.ExpiresAt, n.AuthnInstant,
		n.AuthnContext, readable(n.Address, maxKeptText), readable(n.UserAgent, maxKeptText))
	ids, err := all[struct{ ID session.ID }](rows, err)
	if err != nil || len(ids) == 0 {
		return "", err
	}
	return ids[0].ID, nil
}

func (s *Store) insertSession(ctx context.Context, o session.Opening) (session.ID, error) {
	n := o.Session
	var id session.ID
	err := s.q.QueryRow(ctx, `
		INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, expires_at, authn_instant, authn_context,
			address, user_agent)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		RETURNING id`,
		o.Token.Hash(), n.UserID, n.CreatedAt, n.LastSeenAt, n.ExpiresAt, n.AuthnInstant, n.AuthnContext,
		readable(n.Address, maxKeptText), readable(n.UserAgent, maxKeptText)).Scan(&id)
	if err != nil {
		return "", fmt.Errorf("open a session: %w", err)
	}
	return id, nil
}

// SessionByToken finds a session that holds at now, and its person. A disabled person has none. NotFound otherwise.
func (s *Store) SessionByToken(ctx context.Context, t session.Token, now time.Time) (session.Session, directory.User, error) {
	rows, err := s.q.Query(ctx, `
		SELECT `+sessionColumns+`, u.email, u.username, u.given_name, u.family_name, u.display_name, u.attributes,
			u.role, u.created_at AS user_created_at, u.updated_at AS user_updated_at
		FROM sessions s JOIN users u ON u.id = s.user_id
		WHERE s.token_hash = $3 AND `+alive+` AND NOT u.disabled`, now, now.Add(-session.IdleLimit), t.Hash())
	r, err := one[heldSession](rows, err, "There is no such session.")
	if err != nil {
		return session.Session{}, directory.User{}, err
	}
	return r.Session, r.user(), nil
}

// heldSession is a session beside its person; both have an id and times.
type heldSession struct {
	session.Session
	Email         string
	UserName      string
	GivenName     string
	FamilyName    string
	DisplayName   string
	Attributes    directory.Attributes
	Role          directory.Role
	UserCreatedAt time.Time
	UserUpdatedAt time.Time
}

func (r heldSession) user() directory.User {
	return directory.User{
		ID: r.UserID, Email: r.Email, UserName: r.UserName, GivenName: r.GivenName, FamilyName: r.FamilyName,
		DisplayName: r.DisplayName, Attributes: r.Attributes, Role: r.Role,
		CreatedAt: r.UserCreatedAt, UpdatedAt: r.UserUpdatedAt,
	}
}

// TouchSession writes down that the session was used, never backwards.
func (s *Store) TouchSession(ctx context.Context, id session.ID, now time.Time) error {
	_, err := s.q.Exec(ctx, `UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2`, id, now)
	if err != nil {
		return fmt.Errorf("touch a session: %w", err)
	}
	return nil
}

// SessionsOf lists a person's sessions that hold at now, the latest used first.
func (s *Store) SessionsOf(ctx context.Context, user directory.UserID, now time.Time) ([]session.Session, error) {
	rows, err := s.q.Query(ctx, `
		SELECT `+sessionColumns+` FROM sessions s JOIN users u ON u.id = s.user_id
		WHERE s.user_id = $3 AND `+alive+` AND NOT u.disabled
		ORDER BY s.last_seen_at DESC, s.id`, now, now.Add(-session.IdleLimit), user)
	found, err := all[session.Session](rows, err)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return found, nil
}

// EndSession ends one session of this person; NotFound for one of anybody else.
func (s *Store) EndSession(ctx context.Context, user directory.UserID, id session.ID) error {
	gone := fault.New(fault.NotFound, "This session has ended already.")
	if !isUUID(string(id)) {
		return gone
	}
	tag, err := s.q.Exec(ctx, `DELETE FROM sessions WHERE id = $1 AND user_id = $2`, id, user)
	if err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return gone
	}
	return nil
}

// EndSessionByToken ends the session of a browser, if there is one.
func (s *Store) EndSessionByToken(ctx context.Context, t session.Token) error {
	if t.Zero() {
		return nil
	}
	if _, err := s.q.Exec(ctx, `DELETE FROM sessions WHERE token_hash = $1`, t.Hash()); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// EndSessions ends every session of a person but one ("" for none) and says how many those were.
func (s *Store) EndSessions(ctx context.Context, user directory.UserID, except session.ID) (int64, error) {
	tag, err := s.q.Exec(ctx, `DELETE FROM sessions WHERE user_id = $1 AND id IS DISTINCT FROM nullif($2, '')::uuid`,
		user, string(except))
	if err != nil {
		return 0, fmt.Errorf("end sessions: %w", err)
	}
	return tag.RowsAffected(), nil
}
