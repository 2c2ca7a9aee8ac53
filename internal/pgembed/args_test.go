package pgembed

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInitdbFlagsFitEachVersion(t *testing.T) {
	t.Parallel()
	common := []string{
		"-D", "/d", "-U", "lanyard", "--auth-local=trust", "--auth-host=reject",
		"-E", "UTF8", "--data-checksums", "--no-instructions",
	}
	libc := []string{"--locale-provider=libc", "--locale=C.UTF-8"}
	builtin := []string{"--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"}
	for major, locale := range map[int][]string{15: libc, 16: libc, 17: builtin, 18: builtin, 19: builtin} {
		want := append(append([]string{}, common...), locale...)
		if diff := cmp.Diff(want, initdbArgs(major, "/d", "C.UTF-8")); diff != "" {
			t.Errorf("version %d (-want +got):\n%s", major, diff)
		}
	}
}

func TestServerListensOnTheSocketOnly(t *testing.T) {
	t.Parallel()
	want := []string{
		"-D", "/d/pgdata", "-k", "/d/run", "-c", "listen_addresses=", "-c", "port=5432", "-c", "unix_socket_permissions=0700",
		"-c", "max_connections=40", "-c", "shared_buffers=32MB", "-c", "timezone=UTC", "-c", "log_timezone=UTC",
		"-c", "cluster_name=lanyard-1", "-c", "fsync=off",
	}
	if diff := cmp.Diff(want, serverArgs("/d/pgdata", "/d/run", "lanyard-1", []string{"fsync=off"})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestServerProcessesAreKnownByTheirCommandLine(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"/usr/lib/postgresql/15/bin/postgres -D /d/pgdata -k /d/run": true,
		"/usr/bin/postgres -D /d/pgdata":                             true,
		"/usr/bin/postgres -D /d/pgdata2 -k /d/run":                  false,
		"postgres: lanyard-12ab: checkpointer":                       true,
		"postgres: lanyard-34cd: checkpointer":                       false,
		"postgres: 15/main: checkpointer":                            false,
		"tail -f /d/pgdata/log":                                      false,
	} {
		if got := isServerFor(line, "/d/pgdata", "lanyard-12ab"); got != want {
			t.Errorf("%q: %v, want %v", line, got, want)
		}
	}
}
