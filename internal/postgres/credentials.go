package postgres

import (
	"context"
	"fmt"

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
			EXISTS (SELECT FROM known_devices d WHERE d.token_hash = $2 AND d.user_id = users.id) AS known_device
		FROM users
		WHERE lower(username) = lower($1) OR lower(email) = lower($1)
		ORDER BY lower(username) = lower($1) DESC LIMIT 1`, readable(name, maxKeptName), device.Hash())
	r, err := one[struct {
		directory.User
		Name         string
		PasswordHash string
		KnownDevice  bool
	}](rows, err, "There is nobody of this name.")
	return session.Credential{User: r.User, Name: r.Name, PasswordHash: r.PasswordHash, KnownDevice: r.KnownDevice}, err
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
// and that what was counted as tries was none.
func (s *Store) SignedIn(ctx context.Context, o session.Opening, r audit.SignIn) (session.ID, error) {
	var id session.ID
	err := s.InTx(ctx, func(tx *Store) error {
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
		return tx.settleTries(ctx, r.At, o.Tries)
	})
	return id, err
}
