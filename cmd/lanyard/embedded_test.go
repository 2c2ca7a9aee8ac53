package main

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// dataFolder has a short name and can be entered by the user of the server.
func dataFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lanyard-cli-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "data")
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

// start runs the service until the test ends; it answers when requests are taken.
func start(t *testing.T, s *shell, address string, args ...string) (stop func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"serve"}, args...)...)
	cmd.Env = s.env
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cmd.Process.Signal(os.Interrupt)
		if err := <-ended; err != nil {
			t.Errorf("the service ended with %v", err)
		}
	}
	t.Cleanup(stop)
	for {
		if res, err := http.Get("http://" + address + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return stop
			}
		}
		select {
		case err := <-ended:
			stopped = true
			t.Fatalf("the service ended while starting: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func TestCommandsWorkWithTheServiceUpAndDown(t *testing.T) {
	t.Parallel()
	data, address := dataFolder(t), freeAddress(t)
	s := newShell(t, "LANYARD_DATA_DIR="+data, "LANYARD_LISTEN="+address, "LANYARD_PUBLIC_URL=http://"+address)

	if out := s.ok("doctor"); !strings.Contains(out, "not made yet") {
		t.Errorf("before the first start: %s", out)
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("the doctor made something")
	}
	s.with("LANYARD_PG_BIN="+t.TempDir()).fails(exitFailed, args("doctor"))

	s.ok("user", "add", "ada@example.org") // nothing was there before
	before := s.ok("metadata")
	info, err := os.Stat(filepath.Join(data, "keyset.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("keyset: %v, %v", info, err)
	}

	stop := start(t, s, address)
	s.ok("user", "add", "bob@example.org")
	if out := s.ok("user", "list"); strings.Count(out, "@example.org  ") < 2 {
		t.Errorf("with the service up: %s", out)
	}
	if certificate(t, s.ok("metadata")) != certificate(t, before) {
		t.Error("the service signs with another key than the commands made")
	}
	s.ok("doctor")
	stop()

	if out := s.ok("user", "list"); !strings.Contains(out, "ada@") || !strings.Contains(out, "bob@") {
		t.Errorf("with the service down again: %s", out)
	}
	t.Run("a lost keyset is not made anew", func(t *testing.T) {
		if err := os.Rename(filepath.Join(data, "keyset.json"), filepath.Join(data, "elsewhere.json")); err != nil {
			t.Fatal(err)
		}
		s.fails(exitFailed, args("metadata"), "keyset.json is missing", "backup")
		s.fails(exitFailed, args("serve"), "keyset.json is missing", "backup")
		wantWrong(t, examine(s), "master key", "backup")
	})
}

// certificate is the first one in a metadata document.
func certificate(t *testing.T, doc string) string {
	t.Helper()
	_, rest, ok := strings.Cut(doc, "<ds:X509Certificate>")
	if !ok {
		t.Fatalf("no certificate in %s", doc)
	}
	text, _, _ := strings.Cut(rest, "<")
	return text
}
