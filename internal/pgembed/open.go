package pgembed

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// Running answers how to reach the server of the service that owns dataDir, if
// there is one and it answers now.
func Running(dataDir string) (string, bool) {
	p, err := resolveFolder(dataDir)
	if err != nil {
		return "", false
	}
	o, held := currentOwner(p.lock)
	if !held || o.holder != service || o.socket == "" {
		return "", false
	}
	address := dsn(o.socket, database)
	return address, answers(address)
}

func answers(address string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return false
	}
	defer conn.Close(ctx)
	return conn.Ping(ctx) == nil
}

// Open is for a command that runs for seconds, with the service up or down. It
// uses the server of the service, or runs one itself until closeFn is called.
// Commands without a service take turns. A service that is just starting is
// waited for.
func Open(ctx context.Context, cfg Config) (address string, closeFn func() error, err error) {
	begun := time.Now()
	for {
		if address, ok := Running(cfg.DataDir); ok {
			return address, func() error { return nil }, nil
		}
		c, err := start(ctx, cfg, command)
		if err == nil {
			return c.DSN(), c.Stop, nil
		}
		var owned *ownedError
		if !errors.As(err, &owned) || owned.holder != service || time.Since(begun) > readyPatience {
			return "", nil, err
		}
		if err := sleep(ctx, 50*time.Millisecond); err != nil {
			return "", nil, err
		}
	}
}
