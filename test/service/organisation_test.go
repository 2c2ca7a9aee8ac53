package service

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/postgrestest"
	"github.com/lanyard-idp/lanyard/internal/seal"
)

// publicURL is where people reach an organisation whose nodes stand behind a proxy that speaks TLS.
const publicURL = "https://login.example.org"

// organisation is what nodes and commands share: a database, a master key and the address that people know.
type organisation struct {
	t      *testing.T
	dsn    string // "" for an embedded one
	keyset string
	public string
	env    []string
}

// newOrganisation has an empty database on the test server.
func newOrganisation(t *testing.T) *organisation { return onDatabase(t, postgrestest.DSN(t)) }

func onDatabase(t *testing.T, dsn string) *organisation {
	t.Helper()
	keyset, err := seal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return &organisation{t, dsn, string(keyset), publicURL, environment(t,
		"DATABASE_URL="+dsn, "LANYARD_KEYSET="+string(keyset), "LANYARD_PUBLIC_URL="+publicURL)}
}

// embedded has a data folder that does not exist yet, and one node that people reach directly.
func embedded(t *testing.T) (o *organisation, address string) {
	t.Helper()
	address = freeAddress(t)
	public := "http://" + address
	return &organisation{t: t, public: public, env: environment(t, "LANYARD_DATA_DIR="+filepath.Join(shortDir(t), "data"),
		"LANYARD_PUBLIC_URL="+public)}, address
}

// in is the same organisation in a part of the test.
func (o *organisation) in(t *testing.T) *organisation {
	c := *o
	c.t = t
	return &c
}

// environment is what a program needs of ours, and nothing more.
func environment(t *testing.T, settings ...string) []string {
	return append([]string{"PATH=" + os.Getenv("PATH"), "LANYARD_PG_BIN=" + os.Getenv("LANYARD_PG_BIN"), "HOME=" + t.TempDir()}, settings...)
}

// shortDir can be entered by the user of the database server, and leaves room for the name of a socket.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lan-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// freeAddress is one that nobody listened on a moment ago.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// result is what a command left.
type result struct {
	code      int
	out, errs string
}

// try runs a command with in as its standard input.
func (o *organisation) try(in string, args ...string) result {
	o.t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env, cmd.Stdin = o.env, strings.NewReader(in)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		o.t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// do runs a command that has to succeed, and answers what it printed.
func (o *organisation) do(args ...string) string {
	o.t.Helper()
	return o.doWith("", args...)
}

func (o *organisation) doWith(in string, args ...string) string {
	o.t.Helper()
	r := o.try(in, args...)
	if r.code != 0 {
		o.t.Fatalf("lanyard %s: exit code %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.errs)
	}
	return r.out
}

// ask runs a command with --json and reads what it prints.
func ask[T any](o *organisation, args ...string) (v T) {
	o.t.Helper()
	text := o.do(append(args, "--json")...)
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		o.t.Fatalf("lanyard %s: %v in %s", strings.Join(args, " "), err, text)
	}
	return v
}

// The person and the app that most tests need.
const (
	password = "correct horse battery staple"
	entityID = "https://wiki.example.org/saml"
	acsURL   = "https://wiki.example.org/acs"
)

// populate adds Ada, and a wiki that everybody may use.
func (o *organisation) populate() {
	o.t.Helper()
	o.doWith(password+"\n", "user", "add", "ada@example.org", "--username", "ada", "--password-stdin")
	o.do("app", "add", "--entity-id", entityID, "--acs", acsURL, "--name", "Wiki", "--slug", "wiki")
	o.do("app", "assign", "wiki", "--everyone")
}
