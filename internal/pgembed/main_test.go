package pgembed

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

var ctx = context.Background()

// The test binary is also the service that some tests kill.
func TestMain(m *testing.M) {
	if mode := os.Getenv("PGEMBED_HELPER"); mode != "" {
		if err := helper(mode, os.Getenv("PGEMBED_DATA")); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	os.RemoveAll(madeIn) // "" is no error
	os.Exit(code)
}

func helper(mode, data string) error {
	cfg := durable(data)
	if mode != "write" {
		cfg = careless(data)
	}
	c, err := Start(ctx, cfg)
	if err != nil {
		return err
	}
	fmt.Println("dsn", c.DSN())
	if mode == "write" {
		return write(c.DSN())
	}
	_, err = io.Copy(io.Discard, os.Stdin) // until the test closes it
	return errors.Join(err, c.Stop())
}

// binDir lets a person run these tests with another major version.
var binDir = os.Getenv("LANYARD_PG_BIN")

func durable(data string) Config { return Config{DataDir: data, BinDir: binDir} }

// careless trades durability for speed.
func careless(data string) Config {
	return Config{
		DataDir: data, BinDir: binDir,
		InsecureSettings: []string{"fsync=off", "max_wal_size=256MB"},
		InsecureInitdb:   []string{"--no-sync", "--wal-segsize=1"},
	}
}

// folder is a new folder that the server's user can reach; t.TempDir is closed
// to it. In memory where that is possible.
func folder(t *testing.T) string {
	t.Helper()
	return folderIn(t, memory())
}

func folderIn(t *testing.T, parent string) string {
	t.Helper()
	dir, err := openFolder(parent)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// memory is "" (the folder for temporary files) where there is none.
func memory() string {
	if checkSpace("/dev/shm") == nil {
		return "/dev/shm"
	}
	return ""
}

func openFolder(parent string) (string, error) {
	dir, err := os.MkdirTemp(parent, "pgembed")
	if err != nil {
		return "", err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
}

// made is a data folder with a stopped cluster, for copies.
var made = sync.OnceValues(func() (string, error) {
	dir, err := openFolder(memory())
	if err != nil {
		return "", err
	}
	madeIn = dir
	data := filepath.Join(dir, "data")
	c, err := Start(ctx, careless(data))
	if err != nil {
		return "", err
	}
	return data, c.Stop()
})

var madeIn string

// warmFolder is a data folder with a stopped cluster of its own.
func warmFolder(t *testing.T) string {
	t.Helper()
	from, err := made()
	if err != nil {
		t.Fatalf("%v\n(tests need the PostgreSQL server programs; Debian: apt-get install postgresql)", err)
	}
	to := filepath.Join(folder(t), "data")
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v %s", err, out)
	}
	return to
}

func mustStart(t *testing.T, cfg Config) *Cluster {
	t.Helper()
	c, err := Start(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func query[T any](t *testing.T, dsn, sql string) T {
	t.Helper()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var value T
	if err := conn.QueryRow(ctx, sql).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func run(t *testing.T, dsn, sql string) {
	t.Helper()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatal(err)
	}
}

// wantError fails unless every part is in the message.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error lacks %q: %v", part, err)
		}
	}
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for begun := time.Now(); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > time.Minute {
			t.Fatalf("still waiting until %s", what)
		}
	}
}

// child is a service in a process of its own.
type child struct {
	*exec.Cmd
	stdin io.WriteCloser
	lines *bufio.Reader
}

func startChild(t *testing.T, mode, data string, env ...string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, "PGEMBED_HELPER="+mode, "PGEMBED_DATA="+data)...)
	stdin, err1 := cmd.StdinPipe()
	stdout, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return &child{cmd, stdin, bufio.NewReader(stdout)}
}

// dsn waits until the child's cluster is ready.
func (c *child) dsn(t *testing.T) string {
	t.Helper()
	line, _ := c.lines.ReadString('\n')
	dsn, ok := strings.CutPrefix(strings.TrimSpace(line), "dsn ")
	if !ok {
		rest, _ := io.ReadAll(c.lines)
		t.Fatalf("the child said %q %s", line, rest)
	}
	return dsn
}

func serverProcesses(t *testing.T, data string) []int {
	t.Helper()
	pids, err := processesIn(filepath.Join(data, "pgdata"), clusterName(data))
	if err != nil {
		t.Fatal(err)
	}
	return pids
}

func postmaster(t *testing.T, data string) int {
	t.Helper()
	pid := firstLinePID(filepath.Join(data, "pgdata", "postmaster.pid"))
	if !slices.Contains(serverProcesses(t, data), pid) {
		t.Fatalf("postmaster.pid names %d, which is no server of %s", pid, data)
	}
	return pid
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

func kill(pids ...int) {
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}
