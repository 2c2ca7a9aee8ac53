package postgres

import (
	"context"
	"fmt"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// UpdateUser writes a person's names, attributes, role and state. The last administrator who can sign in stays one.
func (s *Store) UpdateUser(ctx context.Context, u *directory.User) error {
	u.Normalize()
	if err := u.Validate(); err != nil {
		return err
	}
	return s.changeUser(ctx, u.ID, "user.update", func(old *directory.User) {
		u.ID, u.CreatedAt = old.ID, old.CreatedAt
		*old = *u
	}, u)
}

// SetUserDisabled shuts a person out and ends their sessions, or lets them in again.
func (s *Store) SetUserDisabled(ctx context.Context, id directory.UserID, disabled bool) error {
	action := "user.enable"
	if disabled {
		action = "user.disable"
	}
	return s.changeUser(ctx, id, action, func(u *directory.User) { u.Disabled = disabled }, nil)
}

// changeUser reads a person under a lock, changes and writes them, and records what differs; when nothing does, nothing is
// written. result, if any, receives what was written.
func (s *Store) changeUser(ctx context.Context, id directory.UserID, action string, change func(*directory.User), result *directory.User) error {
	return s.InTx(ctx, func(tx *Store) error {
		old, err := tx.lockUser(ctx, id)
		if err != nil {
			return err
		}
		u := old
		change(&u)
		u.UpdatedAt = old.UpdatedAt
		changes := audit.Changes(&old, &u)
		if changes != nil {
			if err := tx.writeUser(ctx, &old, &u); err != nil {
				return err
			}
			if err := tx.record(ctx, audit.Event{Action: action, Object: u.Object(), Name: u.UserName, Detail: changes}); err != nil {
				return err
			}
		}
		if result != nil {
			*result = u
		}
		return nil
	})
}

// lockUser reads a person and lets nobody else write them until the transaction ends.
func (s *Store) lockUser(ctx context.Context, id directory.UserID) (directory.User, error) {
	if !isUUID(string(id)) {
		return directory.User{}, noUser(string(id))
	}
	rows, err := s.q.Query(ctx, `SELECT `+userColumns+` FROM users WHERE id = $1 FOR UPDATE`, id)
	return one[directory.User](rows, err, "There is no user %s.", id)
}

func (s *Store) writeUser(ctx context.Context, old, u *directory.User) error {
	if err := s.namesFree(ctx, u); err != nil {
		return err
	}
	row := s.q.QueryRow(ctx, `
		UPDATE users SET email = $2, username = $3, given_name = $4, family_name = $5, display_name = $6, attributes = $7,
			role = $8, disabled = $9, updated_at = now()
		WHERE id = $1 RETURNING updated_at`,
		u.ID, u.Email, u.UserName, u.GivenName, u.FamilyName, u.DisplayName, u.Attributes, u.Role, u.Disabled)
	if err := userBroken(row.Scan(&u.UpdatedAt), u); err != nil {
		return err
	}
	if u.Disabled && !old.Disabled {
		// Otherwise enabling would bring old sessions back to life.
		if err := s.endAccess(ctx, u.ID, "", session.Token{}); err != nil {
			return err
		}
	}
	return s.keepAnOwner(ctx, old, u)
}

// keepAnOwner refuses to lock everybody out of the console: called after the write, it undoes it. One lock for all keeps two
// administrators from removing each other at the same moment.
func (s *Store) keepAnOwner(ctx context.Context, old, u *directory.User) error {
	was := old.Role == directory.RoleOwner && !old.Disabled
	is := u != nil && u.Role == directory.RoleOwner && !u.Disabled
	if !was || is {
		return nil
	}
	if err := s.lock(ctx, ownersLock); err != nil {
		return err
	}
	n, err := s.CountOwners(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "%s is the last administrator. Make somebody else one first.", old.UserName)
	}
	return nil
}

// DeleteUser removes a person with memberships, assignments and sessions. Name identifiers given to apps stay taken for ever
// (Core §8.3.7).
func (s *Store) DeleteUser(ctx context.Context, id directory.UserID) error {
	return s.InTx(ctx, func(tx *Store) error {
		u, err := tx.lockUser(ctx, id)
		if err != nil {
			return err
		}
		if _, err := tx.q.Exec(ctx, `DELETE FROM users WHERE id = $1`, id); err != nil {
			return fmt.Errorf("delete user %s: %w", u.UserName, err)
		}
		if err := tx.keepAnOwner(ctx, &u, nil); err != nil {
			return err
		}
		return tx.record(ctx, audit.Event{Action: "user.delete", Object: u.Object(), Name: u.UserName})
	})
}
