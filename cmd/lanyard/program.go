package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/config"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/pgembed"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

// program is what every command runs with.
type program struct {
	flags  *config.Flags
	config config.Config
	in     io.Reader
	out    io.Writer
	errs   io.Writer
	now    func() time.Time
}

// configure reads the settings for every command but those that help with wrong ones.
func (p *program) configure(command string) error {
	if command == "doctor" || command == "keyset create" {
		return nil
	}
	var err error
	p.config, err = p.flags.Read()
	return err
}

// withStore runs f on the database of the service, whether that is up or down, and with the schema up to date. What f
// changes was done from the command line.
func (p *program) withStore(ctx context.Context, f func(context.Context, *postgres.Store) error) error {
	return p.withDatabase(ctx, func(ctx context.Context, dsn string) error {
		if err := migrate(ctx, dsn); err != nil {
			return err
		}
		pool, err := postgres.Open(ctx, dsn, commandConnections)
		if err != nil {
			return err
		}
		defer pool.Close()
		return f(audit.WithActor(ctx, audit.ActorCommandLine, ""), postgres.New(pool))
	})
}

// commandConnections are enough for a command, which does one thing after the other.
const commandConnections = 2

// withDatabase runs f with the address of DATABASE_URL, or of the private server, which is started when the service is down.
func (p *program) withDatabase(ctx context.Context, f func(ctx context.Context, dsn string) error) (err error) {
	if !p.config.Embedded() {
		return f(ctx, p.config.DatabaseURL.Reveal())
	}
	dsn, stop, err := pgembed.Open(ctx, pgembed.Config{DataDir: p.config.DataDir, BinDir: p.config.PGBin})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	return f(ctx, dsn)
}

// migrate brings the schema up to date. It refuses a database that does not hold UTF-8.
func migrate(ctx context.Context, dsn string) error {
	conn, err := connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := pgembed.CheckEncoding(ctx, conn); err != nil {
		return err
	}
	return postgres.Migrate(ctx, conn)
}

// connect opens one connection; its error holds no password.
func connect(ctx context.Context, dsn string) (*pgx.Conn, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, unreachable(err)
	}
	return conn, nil
}

func unreachable(err error) error {
	return &fault.Error{Kind: fault.Unavailable, Message: "The database cannot be reached. See that PostgreSQL runs and that DATABASE_URL is right", Cause: err}
}

// commonName stands in certificates: the host that people know, where it fits (64 characters).
func commonName(cfg config.Config) string {
	if host := cfg.PublicURL.Hostname(); len(host) <= 64 {
		return host
	}
	return "Lanyard"
}

// complain says what went wrong and answers the exit code. Whoever runs a command may see every cause.
func complain(w io.Writer, err error) int {
	if errors.Is(err, errSilent) {
		return exitFailed
	}
	for _, one := range apart(err) {
		lines := strings.Split(strings.TrimSpace(one.Error()), "\n")
		for i := range lines {
			lines[i] = visible(strings.ReplaceAll(lines[i], "\t", "    "))
		}
		fmt.Fprintf(w, "lanyard: %s\n", strings.Join(lines, "\n"))
	}
	var wrong usageError
	if errors.As(err, &wrong) {
		return exitUsage
	}
	return exitFailed
}

// apart takes joined errors as the several that they are. It does not look into other errors: what they wrap belongs to
// their own sentence.
func apart(err error) []error {
	if wrong, ok := err.(usageError); ok {
		return apart(wrong.error)
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, apart(one)...)
	}
	return all
}
