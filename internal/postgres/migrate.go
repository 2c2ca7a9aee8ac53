package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/tern/v2/migrate"

	"github.com/lanyard-idp/lanyard/migrations"
)

// versionTable names its schema, so that a search_path cannot hide it.
const versionTable = "public.schema_version"

// Migrate brings the schema of conn's database up to date. Several programs may
// call it at once: an advisory lock lets one work and the others find the work
// done. A schema newer than the program is refused and left alone.
func Migrate(ctx context.Context, conn *pgx.Conn) error {
	m, err := migrate.NewMigrator(ctx, conn, versionTable)
	if err != nil {
		return fmt.Errorf("schema version: %w", err)
	}
	if err := m.LoadMigrations(migrations.FS); err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	err = m.Migrate(ctx)
	var version migrate.BadVersionError
	if errors.As(err, &version) {
		return fmt.Errorf("the database schema is newer than this program: start the newer program again, or restore the backup made before the upgrade (%w)", err)
	}
	if err != nil {
		return fmt.Errorf("migration: %w", err)
	}
	return nil
}

// MigrationsHash tells two sets of migrations apart: the hex SHA-256 of the
// names and contents of all files.
func MigrationsHash() string {
	h := sha256.New()
	names, _ := fs.Glob(migrations.FS, "*.sql") // sorted; the pattern is well formed
	for _, name := range names {
		text, _ := migrations.FS.ReadFile(name) // an embedded file can be read
		fmt.Fprintf(h, "%q %d\n", name, len(text))
		h.Write(text)
	}
	return hex.EncodeToString(h.Sum(nil))
}
