package service

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/pgembed"
)

// ownServer is a database server of this test alone, which may be stopped, frozen and killed.
type ownServer struct {
	t       *testing.T
	config  pgembed.Config
	cluster *pgembed.Cluster
}

func newServer(t *testing.T) *ownServer {
	s := &ownServer{t: t, config: pgembed.Config{DataDir: filepath.Join(shortDir(t), "d"), BinDir: os.Getenv("LANYARD_PG_BIN")}}
	s.start()
	t.Cleanup(func() {
		s.signal(syscall.SIGCONT)
		s.cluster.Stop()
	})
	return s
}

func (s *ownServer) start() {
	s.t.Helper()
	c, err := pgembed.Start(context.Background(), s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	s.cluster = c
}

func (s *ownServer) stop() {
	s.t.Helper()
	if err := s.cluster.Stop(); err != nil {
		s.t.Fatal(err)
	}
}

// pid of the process that the others are children of; 0 when the server is down.
func (s *ownServer) pid() int {
	text, err := os.ReadFile(filepath.Join(s.config.DataDir, "pgdata", "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, _ := strconv.Atoi(first)
	return pid
}

// signal reaches every process of the server.
func (s *ownServer) signal(sig syscall.Signal) {
	parent := s.pid()
	if parent == 0 {
		return
	}
	syscall.Kill(parent, syscall.SIGSTOP) // no more children
	for _, pid := range append(children(parent), parent) {
		syscall.Kill(pid, sig)
	}
}

func children(parent int) (pids []int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, _ := os.ReadFile(path)
		_, rest, _ := strings.Cut(string(text), ") ") // what stands before is the name, which may hold anything
		if f := strings.Fields(rest); len(f) > 1 && f[1] == strconv.Itoa(parent) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// onOwnServer is one node with Ada signed in, on a server that can be broken.
func onOwnServer(t *testing.T) (s *ownServer, o *organisation, n *node, ada *browser) {
	t.Helper()
	s = newServer(t)
	o = onDatabase(t, s.cluster.DSN())
	o.populate()
	n = o.start()
	ada = o.browse(n)
	ada.mustSignIn("ada", password)
	ada.signOn(o.requestURL())
	return s, o, n, ada
}

// closed says that nothing is let out, while the process lives and says so.
func closed(t *testing.T, o *organisation, n *node, ada *browser) {
	t.Helper()
	stranger := o.browse(n)
	tries := []func() (page, error){
		func() (page, error) { return ada.send(http.MethodGet, o.requestURL(), nil) },
		func() (page, error) { return ada.send(http.MethodGet, "/saml/start/wiki", nil) },
		func() (page, error) {
			return stranger.send(http.MethodPost, "/login", fields("username", "ada", "password", password))
		},
	}
	together(len(tries), func(i int) {
		p, err := tries[i]()
		if err != nil {
			t.Error(err)
		}
		apologises(t, p)
	})
	if n.status("/healthz") != http.StatusOK || !n.alive() {
		t.Error("the process does not live")
	}
	if n.status("/readyz") != http.StatusServiceUnavailable {
		t.Error("the node says that it is ready")
	}
}

func TestDatabaseThatFailsLetsNobodyIn(t *testing.T) {
	t.Parallel()
	s, o, n, ada := onOwnServer(t)
	open := func(t *testing.T) {
		t.Helper()
		eventually(t, "the service works again by itself", func() bool {
			p, err := ada.send(http.MethodGet, o.requestURL(), nil)
			r, _ := p.answer()
			return err == nil && r.success() && n.status("/readyz") == http.StatusOK
		})
	}
	t.Run("OPS-04 a stopped database: no assertion, an apology, and work goes on when it is back", func(t *testing.T) {
		s.stop()
		closed(t, o, n, ada.in(t))
		s.start()
		open(t)
	})
	t.Run("OPS-04 a database that hangs: no assertion, an apology, and work goes on when it is back", func(t *testing.T) {
		s.signal(syscall.SIGSTOP)
		closed(t, o, n, ada.in(t))
		s.signal(syscall.SIGCONT)
		open(t)
	})
	t.Run("OPS-04 a read-only database: no assertion, an apology, and work goes on when it is not", func(t *testing.T) {
		o.exec(t, `alter database lanyard set default_transaction_read_only = on`, hangUp)
		eventually(t, "the node has connections of the new kind", func() bool { return ada.in(t).get(o.requestURL()).status >= 500 })
		closed(t, o, n, ada.in(t))
		o.exec(t, `set default_transaction_read_only = off`, `alter database lanyard reset default_transaction_read_only`, hangUp)
		open(t)
	})
}

// hangUp cuts all other connections.
const hangUp = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`

func TestEveryAssertionThatLeftIsOnRecordAfterACrash(t *testing.T) {
	t.Parallel()
	s, o, n, ada := onOwnServer(t)
	t.Run("OPS-04 a killed database loses no record of an assertion that left", func(t *testing.T) {
		for range 3 {
			left := signOnWhile(t, o, ada, func() { s.signal(syscall.SIGKILL) })
			eventually(t, "the service works again by itself", func() bool { return n.status("/readyz") == http.StatusOK })
			for _, id := range left {
				if o.count(t, `select count(*) from sign_ins where detail->>'assertionId' = $1`, id) != 1 {
					t.Errorf("the assertion %s left and is not on record", id)
				}
			}
			if len(left) == 0 {
				t.Error("no assertion left before the crash")
			}
		}
		if !n.alive() {
			t.Error("the process does not live")
		}
	})
}

// signOnWhile signs on over and over, breaks something in the middle, goes on until somebody sees it, and answers which
// assertions left.
func signOnWhile(t *testing.T, o *organisation, ada *browser, breakIt func()) (left []string) {
	t.Helper()
	var mu sync.Mutex
	var broken, failed bool
	together(4, func(int) {
		for {
			p, err := ada.send(http.MethodGet, o.requestURL(), nil)
			r, _ := p.answer()
			mu.Lock()
			if r.success() {
				left = append(left, r.Assertion.ID)
			} else if err != nil || p.status >= 500 {
				failed = true
			}
			stop := failed
			if len(left) == 20 && !broken {
				broken = true
				breakIt()
			}
			mu.Unlock()
			if stop {
				return
			}
		}
	})
	return left
}
