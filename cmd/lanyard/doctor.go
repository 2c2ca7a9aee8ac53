package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/pgembed"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

type doctorCmd struct{ output }

// finding is the result of one check. Advice says what to do; it is empty when all is well.
type finding struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Found  string `json:"found"`
	Advice string `json:"advice,omitempty"`
}

// patient is what the doctor looks at and what it finds.
type patient struct {
	p        *program
	findings []finding
}

func (d *patient) well(check, format string, args ...any) {
	d.findings = append(d.findings, finding{Check: check, OK: true, Found: fmt.Sprintf(format, args...)})
}

func (d *patient) ill(check, advice, format string, args ...any) {
	d.findings = append(d.findings, finding{Check: check, Found: fmt.Sprintf(format, args...), Advice: advice})
}

// Run checks everything that can be checked and answers 1 when something is wrong.
func (c *doctorCmd) Run(ctx context.Context, p *program) error {
	d := &patient{p: p}
	if d.configuration() {
		d.database(ctx)
	}
	if err := c.print(p, d.findings, d.human); err != nil {
		return err
	}
	for _, f := range d.findings {
		if !f.OK {
			return errSilent
		}
	}
	return nil
}

func (d *patient) human(w io.Writer) {
	for _, f := range d.findings {
		mark := "ok   "
		if !f.OK {
			mark = "WRONG"
		}
		fmt.Fprintf(w, "%s  %s: %s\n", mark, f.Check, visible(f.Found))
		if f.Advice != "" {
			fmt.Fprintf(w, "       %s\n", visible(f.Advice))
		}
	}
}

// configuration answers whether it makes sense to go on.
func (d *patient) configuration() bool {
	cfg, err := d.p.flags.Read()
	if err != nil {
		for _, one := range apart(err) {
			d.ill("configuration", "Correct the setting.", "%s", one)
		}
		return false
	}
	d.p.config = cfg
	if host := cfg.PublicURL; host.Scheme == "http" && !apps.Loopback(host.Hostname()) {
		d.ill("configuration", "Put a TLS proxy in front and set LANYARD_PUBLIC_URL to its https address.", "LANYARD_PUBLIC_URL is %s: passwords and sign-ins can be read on the way.", cfg.BaseURL())
		return true
	}
	if cfg.PublicURL.Scheme == "https" && len(cfg.TrustedProxies) == 0 {
		d.ill("configuration", "Name the proxy that speaks TLS for us in LANYARD_TRUSTED_PROXIES, and see that it sets X-Forwarded-For and X-Forwarded-Proto.",
			"LANYARD_TRUSTED_PROXIES is empty: all people seem to be at the proxy's address, so that one of them who guesses passwords slows down everybody")
		return true
	}
	d.well("configuration", "every setting can be read; people reach us at %s", cfg.BaseURL())
	return true
}

// database looks at the server, and at what is in it when the schema is right. Looking makes nothing: before the first start
// there is no private database.
func (d *patient) database(ctx context.Context) {
	if d.p.config.Embedded() && !d.made() {
		return
	}
	err := d.p.withDatabase(ctx, func(ctx context.Context, dsn string) error {
		if !d.server(ctx, dsn) {
			return nil
		}
		pool, err := postgres.Open(ctx, dsn, commandConnections)
		if err != nil {
			return err
		}
		defer pool.Close()
		s := postgres.New(pool)
		return errors.Join(d.keys(ctx, s), d.apps(ctx, s), d.administrators(ctx, s))
	})
	if err != nil {
		d.ill("database", "See that PostgreSQL runs, and that the settings name it rightly.", "%v", err)
	}
}

// made answers whether there is a private database, and finds out whether one could be made.
func (d *patient) made() bool {
	cfg := &d.p.config
	if _, err := os.Stat(filepath.Join(cfg.DataDir, "pgdata")); !errors.Is(err, fs.ErrNotExist) {
		return true // what hinders reading comes out when it is opened
	}
	programs := pgembed.Installed(cfg.PGBin)
	if programs == "" {
		d.ill("database", "Install them (Debian: apt-get install postgresql), name their folder in LANYARD_PG_BIN, or give a DATABASE_URL.", "the server programs of PostgreSQL 15 or newer are not here")
		return false
	}
	d.well("database", "not made yet; the first start makes it in %s", cfg.DataDir)
	return false
}

// What the doctor worries about.
const (
	expiresSoon = 60     // days; enough to plan a roll-over with every app
	maxClockGap = 5.0    // seconds between our clock and the database's
	oldest      = 150000 // server_version_num of the oldest PostgreSQL that is tested
	newest      = 190000 // first one that is not
)
