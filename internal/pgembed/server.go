package pgembed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// server is one life of the postgres process.
type server struct {
	process *os.Process
	log     string // path
	offset  int64  // where this life begins in the log, bytes
	exited  chan struct{}
	err     error // why it ended, set before exited is closed
}

// serverArgs make the server reachable through the socket only.
func serverArgs(pgdata, socketFolder, name string, insecure []string) []string {
	args := []string{"-D", pgdata, "-k", socketFolder}
	settings := []string{
		"listen_addresses=", "port=5432", "unix_socket_permissions=0700",
		"max_connections=40", "shared_buffers=32MB",
		"timezone=UTC", "log_timezone=UTC", "cluster_name=" + name,
	}
	for _, s := range append(settings, insecure...) {
		args = append(args, "-c", s)
	}
	return args
}

// spawn starts postgres itself, not pg_ctl: a child can be watched and dies
// with us. One goroutine holds its thread from fork to exit, because the death
// signal follows the thread that forked.
func (c *Cluster) spawn() (*server, error) {
	log, offset, err := openLog(c.paths.log)
	if err != nil {
		return nil, ownership(c.paths.data, err)
	}
	cmd := exec.Command(c.programs.postgres(), serverArgs(c.paths.pgdata, c.paths.run, c.name, c.cfg.InsecureSettings)...)
	cmd.Dir, cmd.Env = c.paths.data, c.environment()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = c.identity.attributes(syscall.SIGINT)

	s := &server{log: c.paths.log, offset: offset, exited: make(chan struct{})}
	begun := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread has no other use
		err := cmd.Start()
		log.Close()
		s.process = cmd.Process
		begun <- err
		if err == nil {
			s.err = cmd.Wait()
			close(s.exited)
		}
	}()
	return s, <-begun
}

// openLog sets the old log aside before it grows beyond 10 MB.
func openLog(path string) (*os.File, int64, error) {
	if info, err := os.Lstat(path); err == nil && info.Size() > 10<<20 {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, 0, err
		}
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// readyPatience is how long a server may stay silent. One that says that it is
// starting up (replaying its log after a crash) may take as long as it needs.
const readyPatience = 60 * time.Second

// awaitReady polls until the server answers, and answers the connection.
func (s *server) awaitReady(ctx context.Context, socketFolder string) (*pgx.Conn, error) {
	heard := time.Now()
	for {
		conn, err := pgx.Connect(ctx, dsn(socketFolder, "postgres"))
		if err == nil {
			return conn, nil
		}
		if startingUp(err) {
			heard = time.Now()
		}
		if time.Since(heard) > readyPatience {
			return nil, fmt.Errorf("the server did not answer for %s: %w%s", readyPatience, err, explain(since(s.log, s.offset)))
		}
		select {
		case <-s.exited:
			return nil, fmt.Errorf("the server ended while starting (%w)%s", s.err, explain(since(s.log, s.offset)))
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// startingUp recognises cannot_connect_now.
func startingUp(err error) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && pgErr.Code == "57P03"
}

// stop ends the server; it returns nil when that was orderly.
func (s *server) stop() error {
	for _, step := range politely {
		_ = s.process.Signal(step.signal) // an ended process is what we want
		select {
		case <-s.exited:
			if step.signal == syscall.SIGINT {
				return nil
			}
			return fmt.Errorf("the database server only ended after %s; it recovers at the next start", step.signal)
		case <-time.After(step.patience):
		}
	}
	return fmt.Errorf("the database server (pid %d) does not end", s.process.Pid)
}
