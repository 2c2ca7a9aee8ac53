package main

import (
	"context"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lanyard-idp/lanyard/internal/pgembed"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

// server checks the database from outside and answers whether the tables can be read.
func (d *patient) server(ctx context.Context, dsn string) bool {
	conn, err := connect(ctx, dsn)
	if err != nil {
		d.ill("database", "See that PostgreSQL runs and that DATABASE_URL is right.", "it cannot be reached: %v", err)
		return false
	}
	defer conn.Close(context.WithoutCancel(ctx))
	d.version(ctx, conn)
	d.clock(ctx, conn)
	if err := pgembed.CheckEncoding(ctx, conn); err != nil {
		d.ill("database encoding", "Make the database anew as the message says, and move the data.", "%v", err)
		return false
	}
	return d.schema(ctx, conn)
}

func (d *patient) version(ctx context.Context, conn *pgx.Conn) {
	var number int
	var name string
	err := conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_version')`).Scan(&number, &name)
	switch {
	case err != nil:
		d.ill("database", "Look into the log of PostgreSQL.", "it does not tell its version: %v", err)
	case number < oldest:
		d.ill("database", "Move to PostgreSQL 15 or newer.", "PostgreSQL %s is too old.", name)
	case number >= newest:
		d.ill("database", "Use PostgreSQL 15 to 18, or look whether a newer Lanyard knows this one.", "PostgreSQL %s is newer than what this program was tested with.", name)
	default:
		d.well("database", "PostgreSQL %s", name)
	}
}

// clock compares half-way through the question, so that a slow connection is not taken for a wrong clock.
func (d *patient) clock(ctx context.Context, conn *pgx.Conn) {
	var theirs time.Time
	before := time.Now()
	if err := conn.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&theirs); err != nil {
		d.ill("clock", "Look into the log of PostgreSQL.", "the database does not tell the time: %v", err)
		return
	}
	took := time.Since(before)
	gap := before.Add(took / 2).Sub(theirs).Seconds()
	if math.Abs(gap) > maxClockGap+took.Seconds()/2 {
		d.ill("clock", "Keep the clocks of both machines right with NTP: sign-ins fail by minutes.", "this machine and the database differ by %.0f seconds", math.Abs(gap))
		return
	}
	d.well("clock", "agrees with the database's")
}

func (d *patient) schema(ctx context.Context, conn *pgx.Conn) bool {
	have, want, err := postgres.SchemaVersion(ctx, conn)
	switch {
	case err != nil:
		d.ill("schema", "Look into the log of PostgreSQL.", "its version cannot be read: %v", err)
	case have < want:
		d.ill("schema", "Run: lanyard migrate", "version %d, and this program needs %d", have, want)
	case have > want:
		d.ill("schema", "Run the newer program again, or go back to the backup from before the upgrade.", "version %d is newer than this program, which knows %d", have, want)
	default:
		d.well("schema", "up to date (version %d)", have)
	}
	return err == nil && have == want
}
