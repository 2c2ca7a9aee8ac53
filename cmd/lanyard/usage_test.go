package main

import (
	"strings"
	"testing"
)

func TestEveryCommandHasHelp(t *testing.T) {
	t.Parallel()
	s := newShell(t, "DATABASE_URL=postgres://user:hunter2@host/x", "LANYARD_KEYSET=hunter2")
	for _, command := range []string{
		"", "serve", "migrate", "admin link", "user add", "user list", "user show", "user disable", "user enable",
		"user password", "group add", "group list", "group show", "group member add", "group member remove", "app add", "app templates", "app list", "app show",
		"app set", "app enable", "app disable", "app remove", "app assign", "app unassign", "metadata", "cert list", "cert create",
		"cert activate", "cert retire", "cert export", "keyset create", "keyset rotate", "keyset reseal", "doctor",
	} {
		out := s.ok(append(args(command), "--help")...)
		if !strings.Contains(out, "Usage: lanyard "+command) {
			t.Errorf("%s: %s", command, out)
		}
		if strings.Contains(out, "hunter2") {
			t.Errorf("the help of %q shows a secret of the environment", command)
		}
	}
	if out := s.ok(); !strings.Contains(out, "Usage: lanyard <command>") {
		t.Errorf("without a command: %s", out)
	}
}

func TestWrongUseIsCodeTwo(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	for line, word := range map[string]string{
		"dance":                                 "dance",
		"user":                                  "add",
		"user add":                              "<email>",
		"user add a@example.org --attribute x":  "department=Sales",
		"user password a@example.org":           "--password-stdin",
		"app add":                               "--metadata",
		"app add --entity-id x":                 "--acs",
		"app add --metadata x --template y":     "--metadata",
		"app add --acs https://x.example.org/":  "--entity-id",
		"app add --metadata x --variant y":      "--template",
		"cert export --format pfx":              "pem",
		"user list --listen nowhere":            "LANYARD_LISTEN",
		"user list --public-url login --log xy": "LANYARD_LOG",
	} {
		s.fails(exitUsage, args(line), word)
	}
	s.fails(exitFailed, args("app assign x --everyone"), `no app "x"`)
}

func TestEveryWrongSettingIsNamedAndNoSecretIsShown(t *testing.T) {
	t.Parallel()
	s := newShell(t, "DATABASE_URL=postgres://user:hunter2@host:port:1/x", "LANYARD_LISTEN=8080", "LANYARD_PUBLIC_URL=login.example.org",
		"LANYARD_KEYSET=hunter2", "LANYARD_LOG=xml", "LANYARD_TRUSTED_PROXIES=everybody", "LANYARD_ORGANIZATION= ")
	for _, command := range []string{"serve", "user list"} {
		s.fails(exitUsage, args(command), "DATABASE_URL", "LANYARD_LISTEN", "LANYARD_PUBLIC_URL", "LANYARD_KEYSET", "LANYARD_LOG",
			"LANYARD_TRUSTED_PROXIES", "LANYARD_ORGANIZATION")
		if r := s.run("", args(command)...); strings.Contains(r.errs+r.out, "hunter2") {
			t.Errorf("%s shows a secret: %s", command, r.errs)
		}
	}
}

func TestUnreachableDatabaseSaysWhatToDo(t *testing.T) {
	t.Parallel()
	s := newShell(t, "DATABASE_URL=postgres://user:hunter2@127.0.0.1:1/x")
	s.fails(exitFailed, args("user list"), "cannot be reached", "DATABASE_URL")
	if r := s.run("", "user", "list"); strings.Contains(r.errs, "hunter2") {
		t.Errorf("shows the password: %s", r.errs)
	}
}

func TestSecretsComeFromFiles(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	url, _ := strings.CutPrefix(s.env[len(s.env)-2], "DATABASE_URL=")
	keyset, _ := strings.CutPrefix(s.env[len(s.env)-1], "LANYARD_KEYSET=")
	s.ok("metadata") // makes the first key
	files := newShell(t, "DATABASE_URL_FILE="+s.file("url", url+"\n"), "LANYARD_KEYSET_FILE="+s.file("keyset", keyset))
	if out := files.ok("doctor"); !strings.Contains(out, "opens 1 signing key") {
		t.Error(out)
	}
}

func TestTextsOfStrangersDoNotReachTheTerminal(t *testing.T) {
	t.Parallel()
	if got := visible("a\x1b[31mb\r\nc\u009b"); strings.ContainsAny(got, "\x1b\r\n\u009b") {
		t.Errorf("%q", got)
	}
}
