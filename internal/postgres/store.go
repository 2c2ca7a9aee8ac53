// Package postgres is the Store: all SQL of the program, one file for each noun, written by hand, columns spelt out.
//
// It refuses decisions: rules live in the types of the nouns and in constraints; the store remembers. A row that is not
// there is a fault.NotFound, a broken rule a fault.Conflict or fault.Invalid, never nil, nil.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// querier is what a pool and a transaction have in common.
type querier interface {
	Begin(ctx context.Context) (pgx.Tx, error)
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// Store works on a pool or inside a transaction; its methods are the same in both.
type Store struct{ q querier }

// New makes a Store on a pool, or on a transaction (in tests).
func New(q querier) *Store { return &Store{q} }

// InTx runs f in a transaction: committed when f returns nil, rolled back otherwise. Nested calls are savepoints.
func (s *Store) InTx(ctx context.Context, f func(tx *Store) error) error {
	return pgx.BeginFunc(ctx, s.q, func(tx pgx.Tx) error { return f(&Store{tx}) })
}

// connectTimeout is how long one connection may take to be made, unless the address says otherwise (connect_timeout).
const connectTimeout = 10 * time.Second

// Open connects to the database. Plans are made once for each connection and statement: our statements find rows by key, so
// a plan for the actual values would never be better. One that was made while a table was small must not read all of it
// when it has grown, so indexes are used wherever there are any.
func Open(ctx context.Context, dsn string, maxConns int32) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		// The cause may hold the password: it is left out.
		return nil, fault.Field("DATABASE_URL", "DATABASE_URL cannot be read: write it like postgres://user:password@host/database.")
	}
	if maxConns > 0 {
		cfg.MaxConns = maxConns
	}
	if cfg.ConnConfig.ConnectTimeout == 0 { // a server that has gone without a word must not hold our places for minutes
		cfg.ConnConfig.ConnectTimeout = connectTimeout
	}
	cfg.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	cfg.ConnConfig.RuntimeParams["enable_seqscan"] = "off"
	cfg.ConnConfig.RuntimeParams["jit"] = "off" // compiling costs more than our statements
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.RuntimeParams["application_name"] = "lanyard"
	cfg.AfterConnect = timesInUTC
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return pool, nil
}

// timesInUTC lets times come as UTC, wherever this machine says it stands: what we print and write must not depend on it.
func timesInUTC(_ context.Context, conn *pgx.Conn) error {
	conn.TypeMap().RegisterType(&pgtype.Type{
		Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
	return nil
}

// one returns the only row as T; no row is NotFound with this message.
func one[T any](rows pgx.Rows, err error, missing string, args ...any) (T, error) {
	var zero T
	if err != nil {
		return zero, fmt.Errorf("query: %w", err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
	if errors.Is(err, pgx.ErrNoRows) {
		return zero, fault.New(fault.NotFound, missing, args...)
	}
	if err != nil {
		return zero, fmt.Errorf("scan: %w", err)
	}
	return v, nil
}

// all returns every row as T.
func all[T any](rows pgx.Rows, err error) ([]T, error) {
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	v, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err != nil {
		return nil, fmt.Errorf("scan: %w", err)
	}
	return v, nil
}

// broken names the constraint that a write ran into, or "".
func broken(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "23505" || pg.Code == "23514" || pg.Code == "23503") {
		return pg.ConstraintName
	}
	return ""
}

// malformedID says that a text was no UUID, which for a lookup is the same as not found.
func malformedID(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "22P02"
}
