package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// asked runs one query on the shell's database.
func asked[T any](s *shell, sql string, args ...any) T {
	s.t.Helper()
	conn, err := pgx.Connect(s.t.Context(), s.databaseURL())
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close(s.t.Context())
	var v T
	if err := conn.QueryRow(s.t.Context(), sql, args...).Scan(&v); err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func TestPersonIsAddedShownAndShutOut(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	const password = "seven orange bicycles sleeping"
	s.okWith(password+"\r\n", "user", "add", "ada@example.org", "--username", "ada", "--given-name", "Ada", "--family-name", "Lovelace",
		"--display-name", "Countess", "--attribute", "department=Engines", "--attribute", "department=Poetry, too", "--password-stdin")
	hash := asked[string](s, `SELECT password_hash FROM users`)
	if !strings.HasPrefix(hash, "$argon2id$") {
		t.Errorf("kept as %s", hash)
	}
	if actor := asked[string](s, `SELECT actor FROM audit_events WHERE action = 'user.create'`); actor != "command line" {
		t.Errorf("recorded as done by %s", actor)
	}
	var v userView
	s.json(&v, "user", "show", "ada")
	if v.Email != "ada@example.org" || v.DisplayName != "Countess" || v.Disabled || !cmp.Equal(v.Attributes["department"], []string{"Engines", "Poetry, too"}) {
		t.Errorf("shown %+v", v)
	}
	s.ok("user", "disable", "ADA@example.org")
	if out := s.ok("user", "list"); !strings.Contains(out, "disabled") {
		t.Error(out)
	}
	s.ok("user", "enable", "ada")
	var made userView
	s.json(&made, "user", "add", "bob@example.org", "--generate-password")
	if len(made.Password) < 20 || made.UserName != "bob@example.org" {
		t.Errorf("made %+v", made)
	}
	var found []userView
	s.json(&found, "user", "list", "--search", "BOB")
	if len(found) != 1 || found[0].ID != made.ID {
		t.Errorf("found %+v", found)
	}
}

func TestPasswordIsReplaced(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	s.ok("user", "add", "ada@example.org")
	if asked[bool](s, `SELECT password_hash IS NOT NULL FROM users`) {
		t.Error("a person without a password has one")
	}
	s.okWith("seven orange bicycles sleeping", "user", "password", "ada@example.org", "--password-stdin")
	first := asked[string](s, `SELECT password_hash FROM users`)
	if out := s.ok("user", "password", "ada@example.org", "--generate-password"); !strings.Contains(out, "Password: ") {
		t.Error(out)
	}
	if second := asked[string](s, `SELECT password_hash FROM users`); second == first {
		t.Error("the password stayed")
	}
}

func TestBadPersonIsNotAdded(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	if r := s.run("password\n", "user", "add", "ada@example.org", "--password-stdin"); r.code != exitFailed || !strings.Contains(r.errs, "too short") {
		t.Errorf("%d %s", r.code, r.errs)
	}
	s.fails(exitFailed, args("user add ada"), "e-mail address")
	s.ok("user", "add", "ada@example.org")
	s.fails(exitFailed, args("user add ADA@example.org"), "already")
	s.fails(exitFailed, args("user show nobody"), `no user "nobody"`)
	if n := asked[int](s, `SELECT count(*) FROM users`); n != 1 {
		t.Errorf("%d users", n)
	}
}

func TestGroupsHoldPeopleAndGroups(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	s.ok("user", "add", "ada@example.org", "--username", "ada")
	for _, name := range []string{"Staff", "Everybody", "ada"} {
		s.ok("group", "add", name)
	}
	s.fails(exitFailed, args("group add staff"), "already")
	s.fails(exitFailed, args("group member add Staff ada"), "user:ada or group:ada")
	s.fails(exitFailed, args("group member add Staff nobody"), "no person and no group")
	s.fails(exitFailed, args("group member add Nothing user:ada"), `no group "Nothing"`)
	s.ok("group", "member", "add", "Staff", "user:ada")
	s.ok("group", "member", "add", "Everybody", "Staff")
	s.fails(exitFailed, args("group member add Staff Everybody"), "contain itself")

	var v userView
	s.json(&v, "user", "show", "ada")
	if diff := cmp.Diff([]string{"Everybody", "Staff"}, v.Groups); diff != "" {
		t.Error(diff)
	}
	var g struct{ Users, Groups []string }
	s.json(&g, "group", "show", "everybody")
	if !cmp.Equal(g.Groups, []string{"Staff"}) || len(g.Users) != 0 {
		t.Errorf("shown %+v", g)
	}
	var list []struct {
		Name          string
		Users, Groups int
	}
	s.json(&list, "group", "list")
	if len(list) != 3 || list[1].Name != "Everybody" || list[1].Groups != 1 || list[2].Users != 1 {
		t.Errorf("listed %+v", list)
	}
	s.ok("group", "member", "remove", "Staff", "user:ada")
	s.ok("group", "member", "remove", "Everybody", "group:Staff")
	var alone userView
	s.json(&alone, "user", "show", "ada")
	if len(alone.Groups) != 0 {
		t.Errorf("still in %v", alone.Groups)
	}
}

func TestAdminLinkIsKeptAsHashOnly(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	var v struct{ URL, ExpiresAt string }
	s.json(&v, "admin", "link")
	token, ok := strings.CutPrefix(v.URL, "https://login.example.org/setup/")
	if !ok || len(token) < 43 || v.ExpiresAt == "" {
		t.Errorf("printed %+v", v)
	}
	if !asked[bool](s, `SELECT token_hash = sha256($1::text::bytea) AND expires_at - created_at = '24 hours' FROM setup_links`, token) {
		t.Error("the link is not kept by its hash for a day")
	}
	if out := s.ok("admin", "link"); !strings.HasPrefix(out, "https://login.example.org/setup/") || strings.Count(out, "\n") != 1 {
		t.Errorf("printed %q", out)
	}
}
