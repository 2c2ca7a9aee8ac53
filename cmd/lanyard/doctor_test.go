package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lanyard-idp/lanyard/internal/seal"
)

// examine runs the doctor and answers the checks that found something wrong.
func examine(s *shell) (wrong []finding) {
	s.t.Helper()
	r := s.run("", "doctor", "--json")
	for _, f := range decode[[]finding](s.t, r.out) {
		if !f.OK {
			wrong = append(wrong, f)
		}
	}
	if want := min(len(wrong), 1); r.code != want {
		s.t.Errorf("exit code %d with %+v", r.code, wrong)
	}
	return wrong
}

// wantWrong says which one check has to complain, and what it has to advise.
func wantWrong(t *testing.T, wrong []finding, check, advice string) {
	t.Helper()
	if !slices.ContainsFunc(wrong, func(f finding) bool { return f.Check == check && strings.Contains(f.Advice, advice) }) {
		t.Errorf("%s does not complain: %+v", check, wrong)
	}
}

// change runs SQL on the shell's database.
func change(s *shell, sql string) {
	s.t.Helper()
	ctx := context.Background() // also for cleaning up, when the test's own is over
	conn, err := pgx.Connect(ctx, s.databaseURL())
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
}

func TestDoctorFindsNothingWrongWhenAllIsWell(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	if wrong := examine(s); wrong != nil {
		t.Errorf("before the first start: %+v", wrong)
	}
	s.ok("metadata")
	s.ok("app", "add", "--entity-id", "urn:wiki", "--acs", "https://wiki.example.org/", "--name", "Wiki")
	if wrong := examine(s); wrong != nil {
		t.Errorf("found %+v", wrong)
	}
	out := s.ok("doctor")
	for _, check := range []string{"configuration", "database: PostgreSQL", "clock", "schema", "master key: opens 1", "good for 3649 days", "apps: 1 of 1", "administrators"} {
		if !strings.Contains(out, check) {
			t.Errorf("%s is not checked:\n%s", check, out)
		}
	}
}

func TestDoctorNamesWhatIsWrongAndWhatToDo(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	s.ok("metadata")
	s.ok("cert", "create", "--days", "59")
	var list []certView
	s.json(&list, "cert", "list")
	s.ok("cert", "activate", string(list[0].ID))
	wantWrong(t, examine(s), "signing certificate", "lanyard cert create")
	change(s, `UPDATE signing_keys SET not_after = now() - interval '1 day'`)
	wantWrong(t, examine(s), "signing certificate", "lanyard cert create")
	change(s, `UPDATE signing_keys SET state = 'next'`)
	wantWrong(t, examine(s), "signing certificate", "lanyard cert activate")

	s.ok("app", "add", "--entity-id", "urn:wiki", "--acs", "https://wiki.example.org/", "--name", "Wiki")
	change(s, `UPDATE apps SET settings = settings - 'acs'`)
	wantWrong(t, examine(s), "app wiki", "lanyard app set wiki")
	s.ok("app", "disable", "wiki")

	other, err := seal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	wantWrong(t, examine(s.with("LANYARD_KEYSET="+string(other))), "master key", "LANYARD_KEYSET_FILE")
	wantWrong(t, examine(s.with("LANYARD_KEYSET=")), "master key", "LANYARD_KEYSET")

	change(s, `UPDATE schema_version SET version = 0`)
	wantWrong(t, examine(s), "schema", "lanyard migrate")
	change(s, `UPDATE schema_version SET version = 1000`)
	wantWrong(t, examine(s), "schema", "newer program")
	s.fails(exitFailed, args("user list"), "newer than this program")
}

func TestDoctorSeesAnAlgorithmThatTheKeyCannotSign(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	s.ok("metadata")
	s.ok("app", "add", "--entity-id", "urn:wiki", "--acs", "https://wiki.example.org/", "--name", "Wiki", "--set", "signature-algorithm=ecdsa-sha256")
	wantWrong(t, examine(s), "app wiki", "signature-algorithm=default")
	var own certView
	s.json(&own, "cert", "create", "--app", "wiki", "--algorithm", "ec-p256")
	s.ok("cert", "activate", string(own.ID))
	if wrong := examine(s); wrong != nil {
		t.Errorf("with a key of its own: %+v", wrong)
	}
}

func TestDoctorLooksAtTheConfigurationFirst(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	wrong := examine(s.with("LANYARD_LISTEN=x", "LANYARD_LOG=y"))
	if len(wrong) != 2 {
		t.Errorf("found %+v", wrong)
	}
	wantWrong(t, examine(s.with("LANYARD_PUBLIC_URL=http://login.example.org")), "configuration", "https")
	wantWrong(t, examine(s.with("LANYARD_TRUSTED_PROXIES=")), "configuration", "X-Forwarded-For")
	wantWrong(t, examine(newShell(t, "DATABASE_URL=postgres://127.0.0.1:1/x", "LANYARD_KEYSET=")), "database", "DATABASE_URL")
}

func TestDatabaseOfAnotherEncodingIsRefused(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	change(s, `CREATE DATABASE latin_`+t.Name()+` ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0`)
	t.Cleanup(func() { change(s, `DROP DATABASE latin_`+t.Name()+` WITH (FORCE)`) })
	latin := s.with("DATABASE_URL=" + inDatabase(s, strings.ToLower("latin_"+t.Name())))
	wantWrong(t, examine(latin), "database encoding", "anew")
	latin.fails(exitFailed, args("migrate"), "UTF8 is needed")
}
