package service

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// routes are all addresses of the service: GET ones and POST ones, with what they take.
type routes struct {
	o            *organisation
	setup, begun string // a set-up link and a waiting sign-on, neither used
}

func (o *organisation) routes(b *browser) routes {
	b.t.Helper()
	login, _ := url.Parse(b.get(o.requestURL()).location())
	return routes{o, strings.TrimSpace(o.do("admin", "link")), login.Query().Get("next")}
}

func (r routes) gets() []string {
	return []string{
		"/", "/login", "/logout", "/admin", "/theme", "/language", r.setup, "/saml/metadata", "/saml/metadata/wiki", r.o.requestURL(), "/saml/sso",
		r.begun, "/saml/resume/nothing", "/saml/start/wiki", "/saml/start/nothing", "/saml/slo", "/saml/artifact", "/healthz", "/readyz", "/metrics",
		"/static/app.css", "/test-app/", "/test-app/login", "/test-app/metadata", "/test-app/acs", "/test-app/logout", "/nowhere", "/favicon.ico",
	}
}

// state is what everything in the database comes to, but for when sessions were last used.
func (o *organisation) state(t *testing.T) (all string) {
	t.Helper()
	o.sql(t, func(ctx context.Context, c *pgx.Conn) error {
		rows, err := c.Query(ctx, `select table_name from information_schema.tables where table_schema = 'public' order by 1`)
		if err != nil {
			return err
		}
		tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, table := range tables {
			var sum string
			query := `select coalesce(md5(string_agg((to_jsonb(t) - 'last_seen_at')::text, '' order by to_jsonb(t)::text)), '') from ` + pgx.Identifier{table}.Sanitize() + ` t`
			if err := c.QueryRow(ctx, query).Scan(&sum); err != nil {
				return err
			}
			all += table + " " + sum + "\n"
		}
		return err
	})
	return all
}

func TestOnlyGETAndPOSTDoAnything(t *testing.T) {
	t.Parallel()
	o := newOrganisation(t)
	o.populate()
	n := o.start("--demo")
	r := o.routes(o.browse(n))
	ada := o.browse(n)
	ada.mustSignIn("ada", password)
	before := o.state(t)
	same := func(t *testing.T, after string) {
		t.Helper()
		if now := o.state(t); now != before {
			t.Errorf("after %s the database is\n%s\nand was\n%s", after, now, before)
		}
	}
	t.Run("HTTP-07 WEB-13 HEAD and OPTIONS change nothing", func(t *testing.T) {
		for _, address := range r.gets() {
			for _, method := range []string{http.MethodHead, http.MethodOptions} {
				p := ada.in(t).must(ada.send(method, address, nil))
				kept := p.header.Get("Set-Cookie") != "" && !strings.HasPrefix(address, "/test-app/") // that is another's house
				if p.status >= 500 || kept || method == http.MethodHead && p.body != "" {
					t.Errorf("%s %s: %s", method, address, p)
				}
			}
		}
		same(t, "HEAD and OPTIONS")
	})
	t.Run("HTTP-07 other methods are refused and change nothing", func(t *testing.T) {
		form := fields("username", "ada", "password", password, "email", "x@example.org")
		for _, address := range r.gets() {
			for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodTrace, "PROPFIND", "get"} {
				p := ada.in(t).must(ada.send(method, address, form))
				if p.status != http.StatusMethodNotAllowed && p.status != http.StatusNotFound && p.status != http.StatusNotImplemented {
					t.Errorf("%s %s: %s", method, address, p)
				}
			}
		}
		same(t, "other methods")
	})
	t.Run("WEB-13 looking at pages ends no session and spends no link", func(t *testing.T) {
		for _, address := range []string{"/", "/login", "/logout", r.setup, "/theme", "/language", "/admin"} {
			ada.in(t).get(address)
			o.browse(n).in(t).get(address)
		}
		same(t, "looking")
		if !ada.in(t).signedIn() {
			t.Error("looking signed somebody out")
		}
	})
	t.Run("and what was left alone still works", func(t *testing.T) {
		ada := ada.in(t)
		ada.signOn(r.begun)
		if p := o.browse(n).in(t).post(r.setup, fields("email", "grace@example.org", "password", ownersPassword)); p.location() != "/admin" {
			t.Errorf("the set-up link: %s", p)
		}
		if now := o.state(t); now == before {
			t.Error("the comparison sees no change")
		}
	})
}
