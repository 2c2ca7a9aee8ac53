package pgembed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/jackc/pgx/v5"
)

// database is the one that the program uses.
const database = "lanyard"

// Cluster is a running server that this process owns.
type Cluster struct {
	cfg      Config
	log      *slog.Logger
	paths    paths
	programs programs
	identity identity
	lock     *lock
	name     string // cluster_name: tells our processes from those of other folders

	cancel     context.CancelFunc // asks the supervisor to stop
	supervised chan struct{}      // closed when it has
	done       chan error
	stopOnce   sync.Once
	stopErr    error
}

// Start makes the cluster where there is none, starts the server, makes the
// database "lanyard" and supervises the server until Stop. ctx bounds the start
// only. The error says what to do.
func Start(ctx context.Context, cfg Config) (*Cluster, error) {
	return start(ctx, cfg, service)
}

func start(ctx context.Context, cfg Config, as holder) (*Cluster, error) {
	p, err := prepareFolder(cfg.DataDir)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	l, err := takeLock(ctx, p.lock, as)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	c := &Cluster{cfg: cfg, log: cfg.logger(), paths: p, lock: l, name: clusterName(p.data), done: make(chan error, 1)}
	if err := c.begin(ctx, as); err != nil {
		return nil, errors.Join(fmt.Errorf("embedded database: %w", err), l.release())
	}
	return c, nil
}

// clusterName differs between folders; data is resolved.
func clusterName(data string) string { return "lanyard-" + shortHash(data) }

// begin goes from the lock to a supervised server.
func (c *Cluster) begin(ctx context.Context, as holder) error {
	if err := c.prepare(ctx); err != nil {
		return err
	}
	if err := c.lock.write(owner{holder: as, socket: c.paths.run}); err != nil {
		return err
	}
	s, err := c.serve(ctx)
	if err != nil {
		return err
	}
	supervision, cancel := context.WithCancel(context.Background())
	c.cancel, c.supervised = cancel, make(chan struct{})
	go c.supervise(supervision, s)
	return nil
}

// prepare settles programs, user, cluster and socket folder.
func (c *Cluster) prepare(ctx context.Context) error {
	made, err := madeBy(c.paths.pgdata)
	if err != nil {
		return ownership(c.paths.pgdata, err)
	}
	if c.programs, err = findPrograms(ctx, c.cfg.BinDir, made); err != nil {
		return err
	}
	if c.identity, err = chooseIdentity(ctx, c.paths, c.programs); err != nil {
		return err
	}
	if made == 0 {
		if err := c.initdb(ctx); err != nil {
			return err
		}
	}
	if err := tightenCluster(c.paths.pgdata); err != nil {
		return err
	}
	c.paths.run = socketFolder(c.paths, c.identity)
	return makeSocketFolder(c.paths.run, c.identity)
}

// serve runs one server up to the point where the database can be used.
func (c *Cluster) serve(ctx context.Context) (*server, error) {
	if err := c.clearStale(ctx); err != nil {
		return nil, err
	}
	s, err := c.spawn()
	if err != nil {
		return nil, err
	}
	conn, err := s.awaitReady(ctx, c.paths.run)
	if err == nil {
		err = ensureDatabase(ctx, conn)
		conn.Close(context.WithoutCancel(ctx))
	}
	if err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func ensureDatabase(ctx context.Context, conn *pgx.Conn) error {
	if err := CheckEncoding(ctx, conn); err != nil {
		return err
	}
	var exists bool
	err := conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, database).Scan(&exists)
	if err != nil || exists {
		return err
	}
	_, err = conn.Exec(ctx, `create database `+database)
	return err
}

// CheckEncoding refuses a database that does not hold text as UTF-8. A server
// whose cluster was made without a locale is SQL_ASCII and takes anything.
func CheckEncoding(ctx context.Context, conn *pgx.Conn) error {
	var encoding string
	if err := conn.QueryRow(ctx, `show server_encoding`).Scan(&encoding); err != nil {
		return err
	}
	if encoding != "UTF8" {
		return fmt.Errorf("the database %q has the encoding %s and UTF8 is needed: make it anew with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0", conn.Config().Database, encoding)
	}
	return nil
}

// DSN is for pgx: a URL that names the unix socket.
func (c *Cluster) DSN() string { return dsn(c.paths.run, database) }

// Done receives the reason once the supervisor has given up; the server is down then.
func (c *Cluster) Done() <-chan error { return c.done }
