package pgembed

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestKilledServerComesBackWithItsData(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	c := mustStart(t, durable(data)) // durable: it is killed
	run(t, c.DSN(), `create table kept as select 1 as id`)
	first := postmaster(t, data)
	kill(serverProcesses(t, data)...)
	eventually(t, "another server answers", func() bool {
		return firstLinePID(filepath.Join(data, "pgdata", "postmaster.pid")) != first && answers(c.DSN())
	})
	if n := query[int](t, c.DSN(), `select count(*) from kept`); n != 1 {
		t.Fatalf("%d rows, want 1", n)
	}
	select {
	case err := <-c.Done():
		t.Fatalf("the supervisor gave up: %v", err)
	default:
	}
}

func TestSupervisorGivesUpAfterFiveEndsInAMinute(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	c := mustStart(t, careless(data))
	for range crashLimit - 1 {
		killWhenReady(t, c, data)
	}
	select {
	case err := <-c.Done():
		t.Fatalf("gave up too early: %v", err)
	default:
	}
	killWhenReady(t, c, data)
	wantError(t, <-c.Done(), "5 times in a minute", "postgres.log")
	if err := c.Stop(); err != nil {
		t.Errorf("Stop after giving up: %v", err)
	}
	if _, ok := Running(data); ok {
		t.Error("the folder is still owned")
	}
}

func killWhenReady(t *testing.T, c *Cluster, data string) {
	t.Helper()
	eventually(t, "the server answers", func() bool { return answers(c.DSN()) })
	kill(postmaster(t, data))
	eventually(t, "it does not any more", func() bool { return !answers(c.DSN()) })
}

func TestRestartThatCannotWorkCountsAsAnEnd(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	c := mustStart(t, careless(data))
	if err := os.Rename(filepath.Join(data, "pgdata", "global"), filepath.Join(data, "pgdata", "global.away")); err != nil {
		t.Fatal(err)
	}
	kill(postmaster(t, data))
	wantError(t, <-c.Done(), "5 times in a minute")
}

func TestStopDuringARestartEnds(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	c := mustStart(t, careless(data))
	kill(postmaster(t, data))
	if err := c.Stop(); err != nil {
		t.Logf("stopped with: %v", err)
	}
	eventually(t, "no process is left", func() bool { return len(serverProcesses(t, data)) == 0 })
}

func TestPauseDoubles(t *testing.T) {
	t.Parallel()
	for crashes, want := range map[int]time.Duration{1: 100 * time.Millisecond, 2: 200 * time.Millisecond, 4: 800 * time.Millisecond} {
		if got := pause(crashes); got != want {
			t.Errorf("pause(%d) = %s, want %s", crashes, got, want)
		}
	}
}

func TestOldCrashesAreForgotten(t *testing.T) {
	t.Parallel()
	now := time.Now()
	crashes := []time.Time{now.Add(-2 * crashWindow), now.Add(-crashWindow - time.Second), now}
	if got := recent(crashes); len(got) != 1 {
		t.Fatalf("%d crashes are remembered, want 1", len(got))
	}
}
