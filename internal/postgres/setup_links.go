package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

// SetupLinkLimit is how long a one-time link is good for.
const SetupLinkLimit = 24 * time.Hour

// CreateSetupLink keeps the SHA-256 of a one-time link that makes an administrator, good for 24 hours from now on. Links
// that ran out are forgotten.
func (s *Store) CreateSetupLink(ctx context.Context, hash []byte, now time.Time) error {
	return s.InTx(ctx, func(tx *Store) error {
		if _, err := tx.q.Exec(ctx, `DELETE FROM setup_links WHERE expires_at <= $1`, now); err != nil {
			return fmt.Errorf("forget old setup links: %w", err)
		}
		_, err := tx.q.Exec(ctx, `INSERT INTO setup_links (token_hash, created_at, expires_at) VALUES ($1, $2, $3)`,
			hash, now, now.Add(SetupLinkLimit))
		if err != nil {
			return fmt.Errorf("keep the setup link: %w", err)
		}
		return tx.record(ctx, audit.Event{Action: "setup.link", Object: "setup"})
	})
}

// CheckSetupLink says whether a link can still be used; looking does not use it up. An unusable one is NotFound.
func (s *Store) CheckSetupLink(ctx context.Context, hash []byte, now time.Time) error {
	n, err := s.count(ctx, `SELECT count(*) FROM setup_links WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2`, hash, now)
	if err != nil {
		return err
	}
	if n == 0 {
		return usedLink()
	}
	return nil
}

// UseSetupLink makes u an administrator and uses the link up, both or neither. The first administrator uses up every link
// there is: each start without one printed another, and consoles and logs are kept.
func (s *Store) UseSetupLink(ctx context.Context, hash []byte, now time.Time, u *directory.User, passwordHash string) error {
	u.Role = directory.RoleOwner
	return s.InTx(ctx, func(tx *Store) error {
		// Two who would be the first at once come one after the other.
		if err := tx.lock(ctx, ownersLock); err != nil {
			return err
		}
		tag, err := tx.q.Exec(ctx, `
			UPDATE setup_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2`, hash, now)
		if err != nil {
			return fmt.Errorf("use the setup link: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return usedLink()
		}
		if err := tx.useUpLinksOfTheStart(ctx, now); err != nil {
			return err
		}
		return tx.CreateUser(ctx, u, passwordHash)
	})
}

// useUpLinksOfTheStart does nothing where there is an administrator.
func (s *Store) useUpLinksOfTheStart(ctx context.Context, now time.Time) error {
	owners, err := s.CountOwners(ctx)
	if err != nil || owners > 0 {
		return err
	}
	if _, err := s.q.Exec(ctx, `UPDATE setup_links SET used_at = $1 WHERE used_at IS NULL`, now); err != nil {
		return fmt.Errorf("use up the other setup links: %w", err)
	}
	return nil
}

func usedLink() error {
	return fault.New(fault.NotFound, "This link was used already or is older than 24 hours. Make a new one with: lanyard admin link")
}
