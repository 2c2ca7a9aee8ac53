package pgembed

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// bystander is a live process of the server's user that is no server.
func bystander(t *testing.T, data string) *exec.Cmd {
	t.Helper()
	info, err := os.Stat(filepath.Join(data, "pgdata"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sleep", "600")
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(ownerOf(info)), Gid: uint32(groupOf(info))}}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd
}

// ended also holds for a zombie, which signals still reach.
func ended(pid int) bool {
	reaped, err := syscall.Wait4(pid, nil, syscall.WNOHANG, nil)
	return err != nil || reaped == pid
}

// leavePID writes the lock files as a killed server leaves them.
func leavePID(t *testing.T, data string, pid int) {
	t.Helper()
	text := fmt.Sprintf("%d\n%s/pgdata\n1700000000\n5432\n%s/run\n\n", pid, data, data)
	for _, file := range []string{"pgdata/postmaster.pid", "run/.s.PGSQL.5432.lock"} {
		path := filepath.Join(data, file)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("chown", "--reference="+filepath.Dir(path), path).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
	}
}

func TestStaleLockFilesDoNotStopAStart(t *testing.T) {
	t.Parallel()
	t.Run("of a process that is gone", func(t *testing.T) {
		t.Parallel()
		data := warmFolder(t)
		gone := bystander(t, data)
		_ = gone.Process.Kill()
		_ = gone.Wait()
		leavePID(t, data, gone.Process.Pid)
		mustStart(t, careless(data))
	})
	t.Run("of another program's process, which is left alone", func(t *testing.T) {
		t.Parallel()
		data := warmFolder(t)
		other := bystander(t, data)
		leavePID(t, data, other.Process.Pid)
		mustStart(t, careless(data))
		if ended(other.Process.Pid) {
			t.Fatal("the other program was ended")
		}
	})
	t.Run("of a zombie", func(t *testing.T) {
		t.Parallel()
		data := warmFolder(t)
		zombie := bystander(t, data)
		_ = zombie.Process.Kill() // and not waited for
		leavePID(t, data, zombie.Process.Pid)
		mustStart(t, careless(data))
	})
	t.Run("damaged", func(t *testing.T) {
		t.Parallel()
		data := warmFolder(t)
		leavePID(t, data, 0)
		mustStart(t, careless(data))
	})
}

// spawnOrphan runs a server that no service owns, as a service leaves it that
// was killed where there is no death signal.
func spawnOrphan(t *testing.T, data string) int {
	t.Helper()
	c := &Cluster{cfg: careless(data), log: Config{}.logger(), paths: pathsIn(data), name: clusterName(data)}
	if err := c.prepare(ctx); err != nil {
		t.Fatal(err)
	}
	s, err := c.serve(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.process.Kill() })
	return s.process.Pid
}

func TestOrphanIsEndedInOrderAndReplaced(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	orphan := spawnOrphan(t, data)
	run(t, dsn(filepath.Join(data, "run"), database), `create table kept as select 1 as id`)
	c := mustStart(t, careless(data))
	if slices.Contains(serverProcesses(t, data), orphan) {
		t.Fatal("the orphan is still there")
	}
	if n := query[int](t, c.DSN(), `select count(*) from kept`); n != 1 {
		t.Fatalf("%d rows, want 1", n)
	}
	log, err := os.ReadFile(filepath.Join(data, "postgres.log"))
	if err != nil || !strings.Contains(string(log), "received fast shutdown request") {
		t.Errorf("the orphan was not ended by a fast shutdown (%v)", err)
	}
}

func TestProcessesWithoutPostmasterAreWaitedFor(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	kill(spawnOrphan(t, data)) // its children notice and end
	c := mustStart(t, careless(data))
	query[int](t, c.DSN(), `select 1`)
}

func TestShellInTheDataFolderIsLeftAlone(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	shell := exec.Command("sleep", "600")
	shell.Dir = filepath.Join(data, "pgdata")
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = shell.Process.Kill(); _ = shell.Wait() })
	mustStart(t, careless(data))
	if ended(shell.Process.Pid) {
		t.Fatal("the shell was ended")
	}
}
