package pgembed

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// step is one way of asking processes to end, and how long it may take.
type step struct {
	signal   syscall.Signal
	patience time.Duration
}

// killPatience covers a process in uninterruptible disk wait.
const killPatience = 10 * time.Second

// politely: SIGINT is PostgreSQL's fast shutdown, SIGQUIT the immediate one.
var politely = []step{
	{syscall.SIGINT, 20 * time.Second},
	{syscall.SIGQUIT, 10 * time.Second},
	{syscall.SIGKILL, killPatience},
}

// clearStale ends a server that outlived its service, then removes the lock
// files that would stop ours: a server gives up for as long as the process id
// in them exists, even when it belongs to a zombie or to another program by
// now. Only the holder of our own lock may call this.
func (c *Cluster) clearStale(ctx context.Context) error {
	pidFile := filepath.Join(c.paths.pgdata, "postmaster.pid")
	if err := c.endProcesses(ctx, c.paths.pgdata, firstLinePID(pidFile), politely); err != nil {
		return err
	}
	for _, file := range []string{pidFile, filepath.Join(c.paths.run, socketName+".lock")} {
		if err := removeStale(file); err != nil {
			return err
		}
	}
	return nil
}

// removeStale leaves a file whose process is gone to the server: from there it
// learns which shared memory the killed one has left, and frees it.
func removeStale(file string) error {
	if pid := firstLinePID(file); pid != -1 && syscall.Kill(pid, 0) == syscall.ESRCH {
		return nil
	}
	if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// endProcesses returns when no process works in dir. The postmaster (-1 when
// not known) is asked first: it ends its children in order. Children without
// one notice and end themselves.
func (c *Cluster) endProcesses(ctx context.Context, dir string, postmaster int, steps []step) error {
	var pids []int
	for _, s := range steps {
		var err error
		if pids, err = processesIn(dir, c.name); err != nil || len(pids) == 0 {
			return err
		}
		targets := pids
		if slices.Contains(pids, postmaster) {
			targets = []int{postmaster}
		}
		if s.signal == syscall.SIGKILL {
			targets = pids
		}
		c.log.Warn("ending server processes left by an earlier run", "folder", dir, "pids", targets, "signal", s.signal.String())
		signalAll(targets, s.signal)
		if pids, err = waitForNone(ctx, dir, c.name, s.patience); err != nil || len(pids) == 0 {
			return err
		}
	}
	return fmt.Errorf("processes %v still use %s: end them and start again", pids, dir)
}

func signalAll(pids []int, signal syscall.Signal) {
	for _, pid := range pids {
		_ = syscall.Kill(pid, signal) // gone already is what we want
	}
}

func waitForNone(ctx context.Context, dir, name string, patience time.Duration) ([]int, error) {
	begun := time.Now()
	for {
		pids, err := processesIn(dir, name)
		if err != nil || len(pids) == 0 || time.Since(begun) > patience {
			return pids, err
		}
		if err := sleep(ctx, 20*time.Millisecond); err != nil {
			return pids, err
		}
	}
}

// firstLinePID reads a PostgreSQL lock file; -1 when there is none or it is damaged.
func firstLinePID(file string) int {
	text, err := os.ReadFile(file)
	if err != nil {
		return -1
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || pid <= 1 {
		return -1
	}
	return pid
}

// isServerFor recognises a process by its command line, where its working
// folder may not be read: "postgres -D <dir> …", or the title that a child
// gives itself, which starts with our cluster name.
func isServerFor(commandLine, dir, name string) bool {
	return strings.HasPrefix(commandLine, "postgres: "+name+": ") ||
		strings.Contains(commandLine+" ", " -D "+dir+" ")
}
