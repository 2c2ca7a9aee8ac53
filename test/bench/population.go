package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/pgembed"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/seal"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// A population is one organisation in a database of its own.
type population struct {
	database    string
	apps, users int
	tokens      []session.Token // of people who are signed in
}

// sessions is how many people are signed in.
const sessions = 100

const password = "correct horse battery staple"

// fill makes the organisation: everybody is in three groups, and every app is assigned to a group that contains them all
// through another.
func (p *population) fill(ctx context.Context, cluster *pgembed.Cluster, f *fixture, sealer *seal.Sealer) error {
	if err := createDatabase(ctx, cluster.DSN(), p.database); err != nil {
		return err
	}
	pool, err := pgxpool.New(ctx, p.dsn(cluster))
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error { return postgres.Migrate(ctx, c.Conn()) }); err != nil {
		return err
	}
	if err := keepKey(ctx, postgres.New(pool), f, sealer); err != nil {
		return err
	}
	hash, err := auth.HashPassword(password)
	if err != nil {
		return err
	}
	for _, q := range []struct {
		sql  string
		args []any
	}{
		{
			`INSERT INTO users (email, username, given_name, family_name, display_name, attributes, password_hash, created_at, updated_at)
			SELECT 'user'||i||'@example.org', 'user'||i, 'Given'||i, 'Family'||i, 'Given'||i||' Family'||i, '{"department":["Engines"]}', $2, now(), now() FROM generate_series(1, $1::int) i`,
			[]any{p.users, hash},
		},
		{`INSERT INTO groups (name, created_at) SELECT 'Team '||i, now() FROM generate_series(0, greatest(3, $1::int / 100)) i`, []any{p.users}},
		{`INSERT INTO groups (name, created_at) VALUES ('Staff', now()), ('Everybody', now())`, nil},
		{`WITH u AS (SELECT id, row_number() OVER () n FROM users), g AS (SELECT id, row_number() OVER () n, count(*) OVER () c FROM groups WHERE name LIKE 'Team %')
			INSERT INTO group_users (group_id, user_id) SELECT DISTINCT g.id, u.id FROM u JOIN g ON g.n IN (u.n % g.c + 1, (u.n + 1) % g.c + 1, (u.n + 2) % g.c + 1)`, nil},
		{`INSERT INTO group_groups (group_id, member_id) SELECT s.id, t.id FROM groups s, groups t WHERE s.name = 'Staff' AND t.name LIKE 'Team %'`, nil},
		{`INSERT INTO group_groups (group_id, member_id) SELECT e.id, s.id FROM groups e, groups s WHERE e.name = 'Everybody' AND s.name = 'Staff'`, nil},
	} {
		if _, err := pool.Exec(ctx, q.sql, q.args...); err != nil {
			return fmt.Errorf("fill %s: %w", p.database, err)
		}
	}
	if err := p.addApps(ctx, pool, f); err != nil {
		return err
	}
	if err := p.addSessions(ctx, pool); err != nil {
		return err
	}
	_, err = pool.Exec(ctx, `VACUUM ANALYZE`)
	return err
}

func createDatabase(ctx context.Context, dsn, name string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, `CREATE DATABASE `+pgx.Identifier{name}.Sanitize())
	return err
}

func (p *population) dsn(c *pgembed.Cluster) string {
	return strings.Replace(c.DSN(), "/lanyard?", "/"+p.database+"?", 1)
}

// keepKey makes the fixture's key the one that signs.
func keepKey(ctx context.Context, s *postgres.Store, f *fixture, sealer *seal.Sealer) error {
	ctx = audit.WithActor(ctx, "bench", "")
	return s.FirstSigningKey(ctx, time.Now(), func() (*certs.Sealed, error) {
		pair := *f.pair
		pair.State = certs.Next
		return pair.Seal(sealer)
	})
}

// addApps makes apps with even numbers sign the assertion, those with odd numbers both.
func (p *population) addApps(ctx context.Context, pool *pgxpool.Pool, f *fixture) error {
	rows := make([][]any, p.apps)
	for i := range rows {
		sign := apps.SignAssertion
		if i%2 == 1 {
			sign = apps.SignBoth
		}
		a := f.app(i, "", sign)
		settings, err := json.Marshal(a.Settings)
		if err != nil {
			return err
		}
		rows[i] = []any{string(a.ID), a.Slug, a.Name, a.EntityID, true, settings, time.Now(), time.Now()}
	}
	batch := &pgx.Batch{}
	for _, r := range rows {
		batch.Queue(`INSERT INTO apps (id, slug, name, entity_id, enabled, settings, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, r...)
	}
	if err := pool.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	_, err := pool.Exec(ctx, `INSERT INTO app_assignments (app_id, group_id, created_at) SELECT a.id, g.id, now() FROM apps a, groups g WHERE g.name = 'Everybody'`)
	return err
}

func (p *population) addSessions(ctx context.Context, pool *pgxpool.Pool) error {
	for i := range sessions {
		t := session.NewToken()
		p.tokens = append(p.tokens, t)
		_, err := pool.Exec(ctx, `
			INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, expires_at, authn_instant, authn_context, address, user_agent)
			SELECT $1, id, now(), now(), now() + interval '12 hours', now(), 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport', '192.0.2.1', 'bench'
			FROM users WHERE username = $2`, t.Hash(), fmt.Sprintf("user%d", i%p.users+1))
		if err != nil {
			return err
		}
	}
	return nil
}
