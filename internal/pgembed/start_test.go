package pgembed

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestColdStartMakesADatabaseThatAWarmStartFindsAgain(t *testing.T) {
	t.Parallel()
	data := filepath.Join(folder(t), "a", "b", "data")
	c := mustStart(t, careless(data))
	run(t, c.DSN(), `create table kept as select 1 as id`)
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	again := mustStart(t, careless(data))
	if n := query[int](t, again.DSN(), `select count(*) from kept`); n != 1 {
		t.Fatalf("%d rows were kept, want 1", n)
	}
}

func TestNewClusterHasTheSettingsThatWeRelyOn(t *testing.T) {
	t.Parallel()
	c := mustStart(t, careless(warmFolder(t)))
	for setting, want := range map[string]string{
		"server_encoding": "UTF8", "data_checksums": "on", "listen_addresses": "",
		"TimeZone": "UTC", "max_connections": "40", "unix_socket_permissions": "0700",
	} {
		if got := query[string](t, c.DSN(), `select current_setting('`+setting+`')`); got != want {
			t.Errorf("%s = %q, want %q", setting, got, want)
		}
	}
}

func TestDurabilityIsOnByDefault(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	c := mustStart(t, durable(data))
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		if got := query[string](t, c.DSN(), `select current_setting('`+setting+`')`); got != "on" {
			t.Errorf("%s = %q", setting, got)
		}
	}
}

func TestOnlyTheOwnerReachesDataAndSocket(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	mustStart(t, careless(data))
	for _, path := range []string{"pgdata", "run", "service.lock", "postgres.log"} {
		if m := mode(t, filepath.Join(data, path)); m&0o077 != 0 {
			t.Errorf("%s has mode %o", path, m)
		}
	}
	if m := mode(t, data); m&0o007 != 0 {
		t.Errorf("the data folder has mode %o", m)
	}
}

func TestServerNeverRunsAsRootAndHasItsOwnProcessGroup(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	mustStart(t, careless(data))
	pid := postmaster(t, data)
	info, err := os.Stat(filepath.Join(data, "pgdata"))
	if err != nil || ownerOf(info) == 0 {
		t.Fatalf("pgdata belongs to uid %d, %v", ownerOf(info), err)
	}
	// A Ctrl-C in a terminal goes to the whole group of the service.
	group, err := syscall.Getpgid(pid)
	if err != nil || group == syscall.Getpgrp() {
		t.Fatalf("the server is in our process group %d, %v", group, err)
	}
}

func TestForeignEnvironmentDoesNotReachTheServer(t *testing.T) {
	t.Parallel()
	data := filepath.Join(folder(t), "data")
	c := startChild(t, "serve", data, "LANG=xx_XX.UTF-8", "LC_ALL=xx_XX.UTF-8", "PGPORT=5999", "PGDATA=/nowhere",
		"PGDATABASE=other", "PGUSER=other", "PGHOST=/nowhere", "PGTZ=Asia/Tokyo", "TZ=Asia/Tokyo", "CANARY=secret")
	dsn := c.dsn(t)
	if got := query[string](t, dsn, `select current_setting('server_encoding') || ' ' || current_user`); got != "UTF8 lanyard" {
		t.Fatalf("got %q", got)
	}
	run(t, dsn, `create table environment (line text)`)
	run(t, dsn, `copy environment from program 'env'`)
	if n := query[int](t, dsn, `select count(*) from environment where line ~ '^(CANARY|LANG|TZ|PGPORT|PGHOST)='`); n != 0 {
		t.Fatalf("%d of our variables reached the server", n)
	}
}

func TestOddPathsWork(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"with space", "plus+plus", "comma,comma", `quotes'"`, "percent%20?&#", "ünïcode", " edge ", `back\slash`,
		"long-" + strings.Repeat("x", 120),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := filepath.Join(filepath.Dir(warmFolder(t)), name)
			if err := os.Rename(filepath.Join(filepath.Dir(data), "data"), data); err != nil {
				t.Fatal(err)
			}
			c := mustStart(t, careless(data))
			if got := query[string](t, c.DSN(), `select current_database()`); got != "lanyard" {
				t.Fatalf("got %q", got)
			}
			if m := mode(t, c.paths.run); m != 0o700 {
				t.Errorf("the socket folder has mode %o", m)
			}
			if address, ok := Running(data); !ok || address != c.DSN() {
				t.Errorf("Running = %q, %v; want %q", address, ok, c.DSN())
			}
			if err := c.Stop(); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(c.paths.run); err == nil && !strings.HasPrefix(c.paths.run, data) {
				t.Errorf("%s is left", c.paths.run)
			}
		})
	}
}

func TestOtherEncodingIsRefused(t *testing.T) {
	t.Parallel()
	c := mustStart(t, careless(warmFolder(t)))
	query[int](t, c.DSN(), `select 1`)
	conn, err := pgx.Connect(ctx, dsn(c.paths.run, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, `create database ascii template template0 encoding 'SQL_ASCII' locale 'C'`); err != nil {
		t.Fatal(err)
	}
	ascii, err := pgx.Connect(ctx, dsn(c.paths.run, "ascii"))
	if err != nil {
		t.Fatal(err)
	}
	defer ascii.Close(ctx)
	wantError(t, CheckEncoding(ctx, ascii), `"ascii"`, "SQL_ASCII", "UTF8")
	if err := CheckEncoding(ctx, conn); err != nil {
		t.Error(err)
	}
}

// From 17 on initdb refuses this encoding with our other flags, so the cluster is made as somebody would by hand.
func TestClusterOfOtherEncodingIsRefused(t *testing.T) {
	t.Parallel()
	cfg := careless(filepath.Join(folder(t), "data"))
	cfg.BinDir = wrapped(t, `case "$*" in *-D*) exec $REAL -D "$2" -U lanyard -A trust -E SQL_ASCII --locale=C --no-sync;; esac`)
	_, err := Start(ctx, cfg)
	wantError(t, err, "SQL_ASCII", "UTF8")
	if pids := serverProcesses(t, cfg.DataDir); len(pids) > 0 {
		t.Errorf("processes %v are left", pids)
	}
}

func TestStopTwiceIsStopOnce(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	c := mustStart(t, careless(data))
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if pids := serverProcesses(t, data); len(pids) > 0 {
		t.Fatalf("processes %v are left", pids)
	}
}

func TestBrokenSettingShowsWhatTheServerSaid(t *testing.T) {
	t.Parallel()
	cfg := careless(warmFolder(t))
	cfg.InsecureSettings = []string{"no_such_setting=1"}
	_, err := Start(ctx, cfg)
	wantError(t, err, "ended while starting", "no_such_setting")
}
