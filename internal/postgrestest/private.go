package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/lanyard-idp/lanyard/internal/pgembed"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

// settings give up durability, which a test cluster has no use for.
var settings = []string{
	"fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off",
	"max_connections=200", "max_wal_size=256MB", "log_min_messages=fatal",
}

// initdbFlags keep the image small, because each test process copies it.
var initdbFlags = []string{"--no-sync", "--wal-segsize=1"}

func config(dataDir string) pgembed.Config {
	return pgembed.Config{
		DataDir: dataDir, BinDir: os.Getenv("LANYARD_PG_BIN"),
		InsecureSettings: settings, InsecureInitdb: initdbFlags,
	}
}

// private starts a server of this process on a copy of the image. Nobody stops
// it: it gets a signal from the kernel when this process ends.
func private(ctx context.Context) (*server, error) {
	base, err := baseFolder()
	if err != nil {
		return nil, err
	}
	image, err := ensureImage(ctx, base)
	if err != nil {
		return nil, err
	}
	sweep(base, image)
	data := filepath.Join(base, fmt.Sprintf("run-%d", os.Getpid()))
	if err := errors.Join(os.RemoveAll(data), copyTree(image, data)); err != nil {
		return nil, err
	}
	cluster, err := pgembed.Start(ctx, config(data))
	if err != nil {
		return nil, err
	}
	// The migrated database is the template, so nobody may connect to it.
	return connect(ctx, strings.Replace(cluster.DSN(), "/lanyard?", "/postgres?", 1), "lanyard")
}

// ensureImage answers the folder of a stopped cluster whose database "lanyard"
// has the current schema. The first process that needs it makes it.
func ensureImage(ctx context.Context, base string) (string, error) {
	image := filepath.Join(base, "img-"+imageHash())
	unlock, err := lockFile(filepath.Join(base, "image.lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(image); err == nil {
		return image, touch(image)
	}
	making := image + ".new"
	if err := os.RemoveAll(making); err != nil {
		return "", err
	}
	if err := makeImage(ctx, making); err != nil {
		return "", errors.Join(err, os.RemoveAll(making))
	}
	return image, os.Rename(making, image)
}

func makeImage(ctx context.Context, dir string) error {
	cluster, err := pgembed.Start(ctx, config(dir))
	if err != nil {
		return err
	}
	return errors.Join(migrate(ctx, cluster.DSN()), cluster.Stop())
}

func migrate(ctx context.Context, address string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	return postgres.Migrate(ctx, conn)
}
