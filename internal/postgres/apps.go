package postgres

import (
	"context"
	"fmt"
	"strconv"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

const appFields = `id, slug, name, entity_id, enabled, settings, version, created_at, updated_at`

// Lists leave out the metadata documents, which are large and rarely wanted.
const (
	appColumns     = appFields + `, metadata_xml`
	appListColumns = appFields + `, NULL::bytea AS metadata_xml`
)

// CreateApp keeps a new app and fills ID, version and times. A slug that is empty or only follows from the name gets a number
// when it is taken; any other one is a Conflict then.
func (s *Store) CreateApp(ctx context.Context, a *apps.App) error {
	a.Normalize()
	if err := a.Validate(); err != nil {
		return err
	}
	return s.InTx(ctx, func(tx *Store) error {
		if a.Slug == apps.SlugFrom(a.Name) {
			if err := tx.freeSlug(ctx, a); err != nil {
				return err
			}
		}
		if err := tx.insertApp(ctx, a); err != nil {
			return err
		}
		return tx.record(ctx, audit.Event{
			Action: "app.create", Object: a.Object(), Name: a.Name,
			Detail: map[string]any{"slug": a.Slug, "entityId": a.EntityID},
		})
	})
}

func (s *Store) insertApp(ctx context.Context, a *apps.App) error {
	row := s.q.QueryRow(ctx, `
		INSERT INTO apps (slug, name, entity_id, enabled, settings, metadata_xml, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, now(), now())
		RETURNING id, version, created_at, updated_at`,
		a.Slug, a.Name, a.EntityID, a.Enabled, a.Settings, a.MetadataXML)
	return appBroken(row.Scan(&a.ID, &a.Version, &a.CreatedAt, &a.UpdatedAt), a)
}

// freeSlug adds the first number that makes the slug unique: wiki, wiki-2, wiki-3.
func (s *Store) freeSlug(ctx context.Context, a *apps.App) error {
	if err := s.lock(ctx, slugsLock); err != nil {
		return err
	}
	for base, n := a.Slug, 2; ; n++ {
		taken, err := s.count(ctx, `SELECT count(*) FROM apps WHERE slug = $1`, a.Slug)
		if err != nil || taken == 0 {
			return err
		}
		a.Slug = base + "-" + strconv.Itoa(n)
	}
}

func appBroken(err error, a *apps.App) error {
	switch broken(err) {
	case "apps_slug_key":
		return &fault.Error{Kind: fault.Conflict, Field: "slug", Message: fmt.Sprintf("Another app has the slug %q: choose a different one.", a.Slug)}
	case "apps_entity_id_key":
		return &fault.Error{Kind: fault.Conflict, Field: "entity-id", Message: fmt.Sprintf("There is an app with the entity ID %q already: change that one, or replace it.", a.EntityID)}
	}
	if err != nil {
		return fmt.Errorf("write app %s: %w", a.Slug, err)
	}
	return nil
}

// App finds an app by ID.
func (s *Store) App(ctx context.Context, id apps.ID) (apps.App, error) {
	if !isUUID(string(id)) {
		return apps.App{}, fault.New(fault.NotFound, "There is no app %s.", id)
	}
	rows, err := s.q.Query(ctx, `SELECT `+appColumns+` FROM apps WHERE id = $1`, id)
	return one[apps.App](rows, err, "There is no app %s.", id)
}

// FindApp finds an app by what an administrator types: ID, slug or entity ID.
func (s *Store) FindApp(ctx context.Context, ref string) (apps.App, error) {
	if isUUID(ref) {
		return s.App(ctx, apps.ID(ref))
	}
	rows, err := s.q.Query(ctx, `
		SELECT `+appColumns+` FROM apps WHERE slug = $1 OR entity_id = $1
		ORDER BY slug = $1 DESC LIMIT 1`, ref)
	return one[apps.App](rows, err, "There is no app %q: give its slug, its entity ID or its ID.", ref)
}

// AppByEntityID finds the app that calls itself so.
func (s *Store) AppByEntityID(ctx context.Context, entityID string) (apps.App, error) {
	rows, err := s.q.Query(ctx, `SELECT `+appColumns+` FROM apps WHERE entity_id = $1`, entityID)
	return one[apps.App](rows, err, "There is no app with the entity ID %q.", entityID)
}

// Apps lists all apps by name, without their metadata documents.
func (s *Store) Apps(ctx context.Context) ([]apps.App, error) {
	return all[apps.App](s.q.Query(ctx, `SELECT `+appListColumns+` FROM apps ORDER BY lower(name), slug`))
}

// UpdateApp writes an app that was read as a.Version; when somebody else was faster it is a Conflict. MetadataXML nil leaves
// the kept document as it is. When nothing differs nothing is written, and the version stays.
func (s *Store) UpdateApp(ctx context.Context, a *apps.App) error {
	a.Normalize()
	if err := a.Validate(); err != nil {
		return err
	}
	return s.changeApp(ctx, a.ID, "app.update", func(old *apps.App) error {
		if old.Version != a.Version {
			return fault.New(fault.Conflict, "Somebody else changed %s in the meantime. Load it again and repeat the change.", old.Name)
		}
		if a.MetadataXML == nil {
			a.MetadataXML = old.MetadataXML
		}
		a.ID, a.CreatedAt, a.UpdatedAt = old.ID, old.CreatedAt, old.UpdatedAt
		*old = *a
		return nil
	}, a)
}

// SetAppEnabled opens or shuts an app for everybody.
func (s *Store) SetAppEnabled(ctx context.Context, id apps.ID, enabled bool) error {
	action := "app.disable"
	if enabled {
		action = "app.enable"
	}
	return s.changeApp(ctx, id, action, func(a *apps.App) error { a.Enabled = enabled; return nil }, nil)
}

// changeApp reads an app under a lock, changes and writes it, and records what differs. result, if any, receives what is
// kept then.
func (s *Store) changeApp(ctx context.Context, id apps.ID, action string, change func(*apps.App) error, result *apps.App) error {
	return s.InTx(ctx, func(tx *Store) error {
		old, err := tx.lockApp(ctx, id)
		if err != nil {
			return err
		}
		a := old
		if err := change(&a); err != nil {
			return err
		}
		if changes := audit.Changes(&old, &a); changes != nil {
			if err := tx.writeApp(ctx, &a); err != nil {
				return err
			}
			delete(changes, "MetadataXML") // large, and the settings made of it are there
			if err := tx.record(ctx, audit.Event{Action: action, Object: a.Object(), Name: a.Name, Detail: changes}); err != nil {
				return err
			}
		}
		if result != nil {
			*result = a
		}
		return nil
	})
}

func (s *Store) lockApp(ctx context.Context, id apps.ID) (apps.App, error) {
	if !isUUID(string(id)) {
		return apps.App{}, fault.New(fault.NotFound, "There is no app %s.", id)
	}
	rows, err := s.q.Query(ctx, `SELECT `+appColumns+` FROM apps WHERE id = $1 FOR UPDATE`, id)
	return one[apps.App](rows, err, "There is no app %s.", id)
}

func (s *Store) writeApp(ctx context.Context, a *apps.App) error {
	row := s.q.QueryRow(ctx, `
		UPDATE apps SET slug = $2, name = $3, entity_id = $4, enabled = $5, settings = $6, metadata_xml = $7,
			version = version + 1, updated_at = now()
		WHERE id = $1 RETURNING version, updated_at`,
		a.ID, a.Slug, a.Name, a.EntityID, a.Enabled, a.Settings, a.MetadataXML)
	return appBroken(row.Scan(&a.Version, &a.UpdatedAt), a)
}

// DeleteApp removes an app with its assignments, its own keys and waiting sign-ons.
func (s *Store) DeleteApp(ctx context.Context, id apps.ID) error {
	return s.InTx(ctx, func(tx *Store) error {
		a, err := tx.lockApp(ctx, id)
		if err != nil {
			return err
		}
		if _, err := tx.q.Exec(ctx, `DELETE FROM apps WHERE id = $1`, id); err != nil {
			return fmt.Errorf("delete app %s: %w", a.Slug, err)
		}
		return tx.record(ctx, audit.Event{Action: "app.delete", Object: a.Object(), Name: a.Name, Detail: map[string]any{"entityId": a.EntityID}})
	})
}
