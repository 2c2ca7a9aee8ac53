package pgembed

import (
	"os"
	"path/filepath"
	"testing"
)

// wrapped is a program folder whose initdb runs body first; $REAL is the real one.
func wrapped(t *testing.T, body string) string {
	t.Helper()
	real, err := findPrograms(ctx, binDir, 0)
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t)
	script(t, dir, "initdb", "REAL="+real.initdb()+"\n"+body+"\nexec $REAL \"$@\"")
	script(t, dir, "postgres", "exec "+real.postgres()+` "$@"`)
	return dir
}

func TestHalfMadeClusterIsMadeAnew(t *testing.T) {
	t.Parallel()
	data := filepath.Join(folder(t), "data")
	if err := os.MkdirAll(filepath.Join(data, "pgdata.init", "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	mustStart(t, careless(data))
	if _, err := os.Stat(filepath.Join(data, "pgdata.init")); !os.IsNotExist(err) {
		t.Fatalf("the half-made cluster is still there: %v", err)
	}
}

func TestServiceKilledDuringInitdbLeavesNothingThatStopsTheNext(t *testing.T) {
	t.Parallel()
	data := filepath.Join(folder(t), "data")
	for _, file := range []string{"PG_VERSION", "global/pg_control"} {
		service := startChild(t, "serve", data)
		eventually(t, "initdb is at work", func() bool {
			_, err := os.Stat(filepath.Join(data, "pgdata.init", file))
			return err == nil
		})
		kill(service.Process.Pid)
		_ = service.Wait()
		if _, err := os.Stat(filepath.Join(data, "pgdata")); !os.IsNotExist(err) {
			t.Fatalf("a cluster appeared under its final name: %v", err)
		}
	}
	c := mustStart(t, careless(data))
	query[int](t, c.DSN(), `select 1`)
}

func TestMissingLocaleFallsBackToC(t *testing.T) {
	t.Parallel()
	cfg := careless(filepath.Join(folder(t), "data"))
	cfg.BinDir = wrapped(t, `case "$*" in *--locale=C.UTF-8*) echo 'initdb: error: invalid locale name "C.UTF-8"' >&2; exit 1;; esac`)
	c := mustStart(t, cfg)
	got := query[string](t, c.DSN(), `select datcollate || ' ' || current_setting('server_encoding') from pg_database where datname = current_database()`)
	if got != "C UTF8" {
		t.Fatalf("got %q", got)
	}
}

func TestSmallSharedMemoryIsExplained(t *testing.T) {
	t.Parallel()
	cfg := careless(filepath.Join(folder(t), "data"))
	cfg.BinDir = wrapped(t, `case "$*" in *-D*) echo 'FATAL:  could not resize shared memory segment "/PostgreSQL.1": No space left on device' >&2; exit 1;; esac`)
	_, err := Start(ctx, cfg)
	wantError(t, err, "/dev/shm is too small", "--shm-size", "could not resize")
	if _, err := os.Stat(filepath.Join(cfg.DataDir, "pgdata")); !os.IsNotExist(err) {
		t.Fatalf("a cluster appeared: %v", err)
	}
}
