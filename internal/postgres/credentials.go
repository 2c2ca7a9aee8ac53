package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// CredentialByName finds the person by user name or else by e-mail address, compared without case, with what a sign-in at
// this browser needs. One query whoever is found, so that the database tells nobody apart. NotFound for a stranger.
func (s *Store) CredentialByName(ctx context.Context, name string, device session.Token) (session.Credential, error) {
	rows, err := s.q.Query(ctx, `
		SELECT `+userColumns+`, coalesce(password_hash, '') AS password_hash,
			CASE WHEN lower(username) = lower($1) THEN username ELSE email END AS name,
			(SELECT d.created_at FROM known_devices d WHERE d.token_hash = $2 AND d.user_id = users.id) AS known_since
		FROM users
		WHERE lower(username) = lower($1) OR lower(email) = lower($1)
		ORDER BY lower(username) = lower($1) DESC LIMIT 1`, readable(name, maxKeptName), device.Hash())
	r, err := one[struct {
		directory.User
		Name         string
		PasswordHash string
		KnownSince   *time.Time
	}](rows, err, "There is nobody of this name.")
	c := session.Credential{User: r.User, Name: r.Name, PasswordHash: r.PasswordHash}
	if r.KnownSince != nil {
		c.KnownSince = *r.KnownSince
	}
	return c, err
}

// UpgradePasswordHash replaces a hash of the same password, unless the password was changed meanwhile.
func (s *Store) UpgradePasswordHash(ctx context.Context, user directory.UserID, old, upgraded string) error {
	_, err := s.q.Exec(ctx, `UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2`, user, old, upgraded)
	if err != nil {
		return fmt.Errorf("upgrade a password hash: %w", err)
	}
	return nil
}

// SignedIn writes down one successful sign-in, all of it or nothing: the session, the browser's new secrets, the record,
// and that what was counted as tries was none. NotFound when the person was disabled, deleted or given another password
// since they were checked: whoever does that can rely on no session of before.
func (s *Store) SignedIn(ctx context.Context, o session.Opening, r audit.SignIn) (session.ID, error) {
	var id session.ID
	err := s.InTx(ctx, func(tx *Store) error {
		if err := tx.stillProven(ctx, o); err != nil {
			return err
		}
		var err error
		if id, err = tx.OpenSession(ctx, o); err != nil {
			return err
		}
		if err := tx.keepDevice(ctx, o.Session.UserID, o.OldDevice, o.Device, r.At); err != nil {
			return err
		}
		if err := tx.RecordSignIn(ctx, r); err != nil {
			return err
		}
		// Last: the address of an office is one row, which many wait for.
		return tx.SettleTries(ctx, r.At, o.Tries...)
	})
	return id, err
}

// stillProven lets nobody change the person until the transaction ends.
func (s *Store) stillProven(ctx context.Context, o session.Opening) error {
	rows, err := s.q.Query(ctx, `SELECT id FROM users WHERE id = $1 AND password_hash = $2 AND NOT disabled FOR SHARE`,
		o.Session.UserID, o.PasswordHash)
	_, err = one[struct{ ID directory.UserID }](rows, err, "The account was changed during the sign-in.")
	return err
}

// ChangedPassword is SignedIn with a new password: the person's other sessions end, other browsers are unknown again.
func (s *Store) ChangedPassword(ctx context.Context, o session.Opening, hash string, r audit.SignIn) (session.ID, error) {
	var id session.ID
	err := s.InTx(ctx, func(tx *Store) error {
		// Taken first: two changes at once would otherwise wait for each other's share of the row.
		if _, err := tx.lockUser(ctx, o.Session.UserID); err != nil {
			return err
		}
		var err error
		if id, err = tx.SignedIn(ctx, o, r); err != nil {
			return err
		}
		return tx.replacePassword(ctx, o.Session.UserID, hash, id, o.Device)
	})
	return id, err
}

// SetPassword replaces a person's password and ends all their sessions; hash is argon2id in PHC form, empty takes the
// password away.
func (s *Store) SetPassword(ctx context.Context, id directory.UserID, hash string) error {
	return s.replacePassword(ctx, id, hash, "", session.Token{})
}

func (s *Store) replacePassword(ctx context.Context, id directory.UserID, hash string, keep session.ID, device session.Token) error {
	return s.InTx(ctx, func(tx *Store) error {
		u, err := tx.lockUser(ctx, id)
		if err != nil {
			return err
		}
		_, err = tx.q.Exec(ctx, `UPDATE users SET password_hash = nullif($2, ''), updated_at = now() WHERE id = $1`, id, hash)
		if err != nil {
			return fmt.Errorf("set the password of %s: %w", u.UserName, err)
		}
		if err := tx.endAccess(ctx, id, keep, device); err != nil {
			return err
		}
		return tx.record(ctx, audit.Event{Action: "user.password", Object: u.Object(), Name: u.UserName})
	})
}

// endAccess ends what a person's earlier sign-ins left behind, except at one browser.
func (s *Store) endAccess(ctx context.Context, id directory.UserID, keep session.ID, device session.Token) error {
	if _, err := s.EndSessions(ctx, id, keep); err != nil {
		return err
	}
	return s.ForgetDevices(ctx, id, device)
}
