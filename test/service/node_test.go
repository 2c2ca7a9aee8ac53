package service

import (
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"
)

// node is one running service.
type node struct {
	t       *testing.T
	address string
	cmd     *exec.Cmd
	out     *output // the console
	log     *output
	ended   chan struct{}
}

// start runs a service until the test ends. Arguments are flags of serve.
func (o *organisation) start(args ...string) *node {
	o.t.Helper()
	return o.startAt(freeAddress(o.t), args...)
}

// startAt answers when the node takes requests.
func (o *organisation) startAt(address string, args ...string) *node {
	o.t.Helper()
	n := &node{t: o.t, address: address, out: &output{}, log: &output{}, ended: make(chan struct{})}
	n.cmd = exec.Command(binary, append([]string{"serve", "--listen", address}, args...)...)
	n.cmd.Env, n.cmd.Stdout, n.cmd.Stderr = o.env, n.out, n.log
	n.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // as a shell does: Ctrl-C reaches the group
	if err := n.cmd.Start(); err != nil {
		o.t.Fatal(err)
	}
	go func() {
		n.cmd.Wait()
		close(n.ended)
	}()
	o.t.Cleanup(n.end)
	n.eventually("the node takes requests", func() bool {
		if !n.alive() {
			o.t.Fatalf("the service ended while it started:\n%s", n.log)
		}
		return n.status("/readyz") == http.StatusOK
	})
	return n
}

// end is for the end of a test; a private database needs the time to stop.
func (n *node) end() {
	if n.alive() {
		n.cmd.Process.Signal(syscall.SIGTERM)
	}
	select {
	case <-n.ended:
	case <-time.After(patience):
		n.cmd.Process.Kill()
		<-n.ended
		n.t.Error("the service did not end when asked to")
	}
	if n.t.Failed() && testing.Verbose() {
		n.t.Logf("log of %s:\n%s", n.address, n.log)
	}
}

// wait answers the exit code.
func (n *node) wait() int {
	n.t.Helper()
	select {
	case <-n.ended:
	case <-time.After(patience):
		n.t.Fatal("the service does not end")
	}
	return n.cmd.ProcessState.ExitCode()
}

func (n *node) alive() bool {
	select {
	case <-n.ended:
		return false
	default:
		return true
	}
}

// signal sends one to the node alone, pressed one to its whole group, as a terminal does.
func (n *node) signal(s syscall.Signal) { n.cmd.Process.Signal(s) }

func (n *node) pressed(s syscall.Signal) {
	if err := syscall.Kill(-n.cmd.Process.Pid, s); err != nil {
		n.t.Fatal(err)
	}
}

// status is what the node answers to a GET on a connection of its own; 0 when it takes none.
func (n *node) status(path string) int {
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: stay, Timeout: patience}
	res, err := c.Get("http://" + n.address + path)
	if err != nil {
		return 0
	}
	res.Body.Close()
	return res.StatusCode
}

// patience is how long something may take that has to happen; it bounds a test that fails and measures nothing.
const patience = 60 * time.Second

// eventually waits until done says yes.
func (n *node) eventually(what string, done func() bool) { eventually(n.t, what, done) }

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for until := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if done() {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("it did not come about that %s", what)
		}
	}
}

// output keeps what a program writes and can be read meanwhile.
type output struct {
	mu   sync.Mutex
	text []byte
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, p...)
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.text)
}

// file writes a text where only we can read it.
func file(t *testing.T, text string) string {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}
