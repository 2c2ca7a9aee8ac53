package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/postgrestest"
	"github.com/lanyard-idp/lanyard/internal/seal"
)

// asProgram turns the test binary into the program.
const asProgram = "LANYARD_TEST_AS_PROGRAM"

// TestMain lets tests run the real program, with exit codes and an environment of its own, without building it again.
func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// shell runs commands in one environment.
type shell struct {
	t   *testing.T
	env []string
}

// onServer is a shell with a database of its own on the test server and a keyset.
func onServer(t *testing.T) *shell {
	t.Helper()
	keyset, err := seal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return newShell(t, "DATABASE_URL="+postgrestest.DSN(t), "LANYARD_KEYSET="+string(keyset))
}

func newShell(t *testing.T, env ...string) *shell {
	return &shell{t, append([]string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LANYARD_PUBLIC_URL=https://login.example.org", "LANYARD_TRUSTED_PROXIES=127.0.0.1"}, env...)}
}

// with is the same shell with more in its environment.
func (s *shell) with(env ...string) *shell {
	return &shell{s.t, append(append([]string(nil), s.env...), env...)}
}

// result is what a command left.
type result struct {
	code      int
	out, errs string
}

// run runs a command with in as its standard input.
func (s *shell) run(in string, args ...string) result {
	s.t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = s.env
	cmd.Stdin = strings.NewReader(in)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// ok runs a command that has to succeed, and answers what it printed.
func (s *shell) ok(args ...string) string {
	s.t.Helper()
	return s.okWith("", args...)
}

func (s *shell) okWith(in string, args ...string) string {
	s.t.Helper()
	r := s.run(in, args...)
	if r.code != 0 {
		s.t.Fatalf("lanyard %s: exit code %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.errs)
	}
	return r.out
}

// fails runs a command that has to exit with code and say each of words.
func (s *shell) fails(code int, args []string, words ...string) {
	s.t.Helper()
	r := s.run("", args...)
	if r.code != code {
		s.t.Errorf("lanyard %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), r.code, code, r.out, r.errs)
	}
	for _, word := range words {
		if !strings.Contains(r.errs, word) {
			s.t.Errorf("lanyard %s does not say %q:\n%s", strings.Join(args, " "), word, r.errs)
		}
	}
}

// json runs a command with --json and reads what it prints into v.
func (s *shell) json(v any, args ...string) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(s.ok(append(args, "--json")...)), v); err != nil {
		s.t.Fatalf("lanyard %s --json: %v", strings.Join(args, " "), err)
	}
}

func decode[T any](t *testing.T, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// databaseURL is where the shell's commands work; the last setting counts.
func (s *shell) databaseURL() (url string) {
	for _, e := range s.env {
		if v, ok := strings.CutPrefix(e, "DATABASE_URL="); ok {
			url = v
		}
	}
	return url
}

// inDatabase is another database of the shell's server.
func inDatabase(s *shell, name string) string {
	u, err := url.Parse(s.databaseURL())
	if err != nil {
		s.t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func (s *shell) file(name, text string) string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

func args(line string) []string { return strings.Fields(line) }
