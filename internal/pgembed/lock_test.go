package pgembed

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

func TestSecondServiceIsRefusedAndToldByWhom(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	first := mustStart(t, careless(data))
	_, err := Start(ctx, careless(data))
	wantError(t, err, "another service owns "+data, fmt.Sprintf("pid %d", os.Getpid()), "LANYARD_DATA_DIR")
	if got := query[int](t, first.DSN(), `select 1`); got != 1 {
		t.Fatal("the first service was disturbed")
	}
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	mustStart(t, careless(data))
}

func TestRunningAnswersOnlyForALivingService(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	if _, ok := Running(data); ok {
		t.Fatal("nobody has started yet")
	}
	c := mustStart(t, careless(data))
	if dsn, ok := Running(data); !ok || dsn != c.DSN() {
		t.Fatalf("Running = %q, %v", dsn, ok)
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, ok := Running(data); ok {
		t.Fatal("the service has stopped")
	}
}

func TestRunningMakesNoFolder(t *testing.T) {
	t.Parallel()
	data := filepath.Join(folder(t), "missing")
	if _, ok := Running(data); ok {
		t.Fatal("there is nothing")
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Fatalf("the folder was made: %v", err)
	}
}

func TestCommandUsesTheServerOfTheServiceAndLeavesItRunning(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	service := startChild(t, "serve", data)
	want := service.dsn(t)
	dsn, closeFn, err := Open(ctx, careless(data))
	if err != nil || dsn != want {
		t.Fatalf("Open = %q, %v; want %q", dsn, err, want)
	}
	run(t, dsn, `create table by_command ()`)
	if err := closeFn(); err != nil {
		t.Fatal(err)
	}
	if n := query[int](t, want, `select count(*) from by_command`); n != 0 {
		t.Fatal("the service sees another database")
	}
}

func TestCommandWithoutServiceStartsAndStopsTheServer(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	dsn, closeFn, err := Open(ctx, careless(data))
	if err != nil {
		t.Fatal(err)
	}
	run(t, dsn, `create table by_command ()`)
	if err := closeFn(); err != nil {
		t.Fatal(err)
	}
	if pids := serverProcesses(t, data); len(pids) > 0 {
		t.Fatalf("processes %v are left", pids)
	}
	c := mustStart(t, careless(data))
	query[int](t, c.DSN(), `select count(*) from by_command`)
}

// A command must not lose its server because another one that started it ends.
func TestCommandsWithoutServiceTakeTurns(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	results := make(chan error)
	for range 4 {
		go func() {
			dsn, closeFn, err := Open(ctx, careless(data))
			if err == nil {
				err = answered(dsn)
			}
			if closeFn != nil {
				err = firstError(err, closeFn())
			}
			results <- err
		}()
	}
	for range 4 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

func TestServiceWaitsForACommandToEnd(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	_, closeFn, err := Open(ctx, careless(data))
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan error)
	go func() {
		c, err := Start(ctx, careless(data))
		if err == nil {
			err = c.Stop()
		}
		started <- err
	}()
	time.Sleep(2 * waitForProbe) // longer than it would wait for another service
	if err := firstError(closeFn(), <-started); err != nil {
		t.Fatal(err)
	}
}

func TestCommandWaitsForAServiceThatIsStarting(t *testing.T) {
	t.Parallel()
	data := filepath.Join(folder(t), "data")
	service := startChild(t, "serve", data)
	eventually(t, "the service owns the folder", func() bool {
		o, held := currentOwner(filepath.Join(data, "service.lock"))
		return held && o.holder == "service"
	})
	dsn, closeFn, err := Open(ctx, careless(data))
	if err != nil {
		t.Fatal(err)
	}
	if want := service.dsn(t); dsn != want {
		t.Fatalf("Open = %q, want %q", dsn, want)
	}
	if err := closeFn(); err != nil {
		t.Fatal(err)
	}
}

func TestLockFileThatIsALinkIsRefused(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	victim := filepath.Join(filepath.Dir(data), "victim")
	if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	lock := filepath.Join(data, "service.lock")
	if out, err := exec.Command("ln", "-sf", victim, lock).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	_, err := Start(ctx, careless(data))
	wantError(t, err, "service.lock")
	if text, _ := os.ReadFile(victim); string(text) != "precious" {
		t.Fatalf("the file behind the link holds %q", text)
	}
}

func answered(dsn string) error {
	if !answers(dsn) {
		return fmt.Errorf("%s does not answer", dsn)
	}
	return nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
