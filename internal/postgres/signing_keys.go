package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

const keyColumns = `id, coalesce(app_id::text, '') AS app_id, state, algorithm, certificate, not_before, not_after, created_at, activated_at, retired_at`

// CreateSigningKey keeps a sealed key as Next: published from now on, not signing.
func (s *Store) CreateSigningKey(ctx context.Context, k *certs.Sealed) error {
	if k.State != certs.Next {
		return fmt.Errorf("a new signing key is %q, not next", k.State)
	}
	return s.InTx(ctx, func(tx *Store) error {
		_, err := tx.q.Exec(ctx, `
			INSERT INTO signing_keys (id, app_id, state, algorithm, certificate, private_key, not_before, not_after, created_at)
			VALUES ($1, nullif($2, '')::uuid, $3, $4, $5, $6, $7, $8, $9)`,
			k.ID, string(k.AppID), k.State, k.Algorithm, k.Certificate.Certificate, k.PrivateKey, k.NotBefore, k.NotAfter, k.CreatedAt)
		if broken(err) == "signing_keys_app_id_fkey" || malformedID(err) {
			return fault.New(fault.NotFound, "There is no app %s.", k.AppID)
		}
		if err != nil {
			return fmt.Errorf("keep signing key %s: %w", k.ID, err)
		}
		return tx.recordKey(ctx, "cert.create", &k.Certificate)
	})
}

// FirstSigningKey makes sure that there is a key that signs for all apps: when there is none, the one that makeKey returns is
// kept and activated. Of several callers at once one makes it.
func (s *Store) FirstSigningKey(ctx context.Context, now time.Time, makeKey func() (*certs.Sealed, error)) error {
	return s.InTx(ctx, func(tx *Store) error {
		if err := tx.lock(ctx, keysLock); err != nil {
			return err
		}
		active, err := tx.count(ctx, `SELECT count(*) FROM signing_keys WHERE app_id IS NULL AND state = 'active'`)
		if err != nil || active > 0 {
			return err
		}
		k, err := makeKey()
		if err != nil {
			return err
		}
		if err := tx.CreateSigningKey(ctx, k); err != nil {
			return err
		}
		return tx.ActivateSigningKey(ctx, k.ID, now)
	})
}

// SigningKeys lists all certificates, retired ones too: those for all apps first, then by age, the newest first.
func (s *Store) SigningKeys(ctx context.Context) ([]certs.Certificate, error) {
	return all[certs.Certificate](s.q.Query(ctx, `
		SELECT `+keyColumns+` FROM signing_keys ORDER BY app_id IS NOT NULL, app_id, created_at DESC, id`))
}

// SigningKey finds a certificate by ID.
func (s *Store) SigningKey(ctx context.Context, id certs.ID) (certs.Certificate, error) {
	if !isUUID(string(id)) {
		return certs.Certificate{}, fault.New(fault.NotFound, "There is no certificate %s.", id)
	}
	rows, err := s.q.Query(ctx, `SELECT `+keyColumns+` FROM signing_keys WHERE id = $1`, id)
	return one[certs.Certificate](rows, err, "There is no certificate %s.", id)
}

// SealedKeys lists the published keys (active and next) with their sealed private keys.
func (s *Store) SealedKeys(ctx context.Context) ([]certs.Sealed, error) {
	return all[certs.Sealed](s.q.Query(ctx, `
		SELECT `+keyColumns+`, private_key FROM signing_keys WHERE state <> 'retired'
		ORDER BY app_id IS NOT NULL, app_id, state, created_at DESC, id`))
}

// ActivateSigningKey lets a key sign from now on; the one that did so far is Next again.
func (s *Store) ActivateSigningKey(ctx context.Context, id certs.ID, now time.Time) error {
	return s.changeKey(ctx, id, "cert.activate", func(tx *Store, c *certs.Certificate) error {
		if err := c.Activate(now); err != nil {
			return err
		}
		return tx.demoteActive(ctx, c)
	})
}

// RetireSigningKey ends a key for good.
func (s *Store) RetireSigningKey(ctx context.Context, id certs.ID, now time.Time) error {
	return s.changeKey(ctx, id, "cert.retire", func(tx *Store, c *certs.Certificate) error {
		if c.State == certs.Active && c.AppID != "" {
			if err := tx.refuseOtherKeys(ctx, c); err != nil {
				return err
			}
		}
		return c.Retire(now)
	})
}

// changeKey reads a key while nobody else changes any, changes and writes it, and records that.
func (s *Store) changeKey(ctx context.Context, id certs.ID, action string, change func(*Store, *certs.Certificate) error) error {
	return s.InTx(ctx, func(tx *Store) error {
		if err := tx.lock(ctx, keysLock); err != nil {
			return err
		}
		c, err := tx.SigningKey(ctx, id)
		if err != nil {
			return err
		}
		if err := change(tx, &c); err != nil {
			return err
		}
		if err := tx.writeKeyState(ctx, &c); err != nil {
			return err
		}
		return tx.recordKey(ctx, action, &c)
	})
}

// demoteActive makes room for c in its scope.
func (s *Store) demoteActive(ctx context.Context, c *certs.Certificate) error {
	rows, err := s.q.Query(ctx, `
		SELECT `+keyColumns+` FROM signing_keys
		WHERE state = 'active' AND app_id IS NOT DISTINCT FROM nullif($1, '')::uuid`, string(c.AppID))
	former, err := all[certs.Certificate](rows, err)
	if err != nil {
		return err
	}
	for i := range former {
		former[i].Demote()
		if err := s.writeKeyState(ctx, &former[i]); err != nil {
			return err
		}
	}
	return nil
}

// refuseOtherKeys keeps an app from falling back to the common key while a key of its own stands ready.
func (s *Store) refuseOtherKeys(ctx context.Context, c *certs.Certificate) error {
	n, err := s.count(ctx, `SELECT count(*) FROM signing_keys WHERE app_id = $1 AND state = 'next'`, c.AppID)
	if err != nil {
		return err
	}
	if n > 0 {
		return fault.New(fault.Conflict, "This certificate is the one that signs for the app. Activate or retire the app's other one first.")
	}
	return nil
}

func (s *Store) writeKeyState(ctx context.Context, c *certs.Certificate) error {
	_, err := s.q.Exec(ctx, `UPDATE signing_keys SET state = $2, activated_at = $3, retired_at = $4 WHERE id = $1`,
		c.ID, c.State, c.ActivatedAt, c.RetiredAt)
	if err != nil {
		return fmt.Errorf("write the state of signing key %s: %w", c.ID, err)
	}
	return nil
}

// ResealSigningKeys replaces every sealed private key, retired ones too, by what reseal makes of it: all of them or none. It
// answers how many there are.
func (s *Store) ResealSigningKeys(ctx context.Context, reseal func(*certs.Sealed) (*certs.Sealed, error)) (int, error) {
	n := 0
	err := s.InTx(ctx, func(tx *Store) error {
		if err := tx.lock(ctx, keysLock); err != nil {
			return err
		}
		keys, err := all[certs.Sealed](tx.q.Query(ctx, `SELECT `+keyColumns+`, private_key FROM signing_keys`))
		if err != nil {
			return err
		}
		for i := range keys {
			fresh, err := reseal(&keys[i])
			if err != nil {
				return err
			}
			if _, err := tx.q.Exec(ctx, `UPDATE signing_keys SET private_key = $2 WHERE id = $1`, keys[i].ID, fresh.PrivateKey); err != nil {
				return fmt.Errorf("keep signing key %s: %w", keys[i].ID, err)
			}
		}
		n = len(keys)
		return tx.record(ctx, audit.Event{Action: "keyset.reseal", Object: "keyset", Detail: map[string]any{"keys": n}})
	})
	return n, err
}

func (s *Store) recordKey(ctx context.Context, action string, c *certs.Certificate) error {
	return s.record(ctx, audit.Event{
		Action: action, Object: "cert:" + string(c.ID), Name: certs.Colons(c.SHA256()),
		Detail: map[string]any{"app": c.AppID, "algorithm": c.Algorithm, "notAfter": c.NotAfter},
	})
}
