package interop

import (
	"bytes"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/postgrestest"
)

// lanyard is the real program, serving.
type lanyard struct {
	url    string // public
	binary string
	env    []string

	changes atomic.Int64 // to apps, so far
}

// startLanyard builds the program, serves it on an empty database and creates Ada.
func startLanyard(t *testing.T) *lanyard {
	t.Helper()
	address := freeAddress(t)
	l := &lanyard{binary: build(t), url: "http://" + strings.Replace(address, "127.0.0.1", "localhost", 1)}
	l.env = append(os.Environ(),
		"DATABASE_URL="+postgrestest.DSN(t),
		"LANYARD_LISTEN="+address,
		"LANYARD_PUBLIC_URL="+l.url,
		"LANYARD_DATA_DIR="+t.TempDir(),
	)
	l.env = append(l.env, "LANYARD_KEYSET="+strings.TrimSpace(l.run(t, "", "keyset", "create")))
	l.serve(t)
	l.run(t, adaPassword, "user", "add", adaName, "--given-name", "Ada", "--family-name", "Lovelace",
		"--display-name", "Ada Lovelace", "--password-stdin")
	return l
}

// build compiles the program as it is now.
func build(t *testing.T) string {
	t.Helper()
	mustNot(t, readSources("peers", "../../cmd", "../../internal", "../../migrations", "../../web"))
	binary := filepath.Join(t.TempDir(), "lanyard")
	if output, err := exec.Command("go", "build", "-o", binary, "../../cmd/lanyard").CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, output)
	}
	return binary
}

// readSources opens the folders that our child processes are made of. The go command reuses the result of a test as long
// as nothing has changed that the test itself opened, and it does not see what its children read.
func readSources(roots ...string) error {
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.IsDir() {
				return err
			}
			folder, err := os.Open(path)
			if err != nil {
				return err
			}
			return folder.Close()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *lanyard) serve(t *testing.T) {
	t.Helper()
	command := exec.Command(l.binary, "serve")
	command.Env = l.env
	log := &bytes.Buffer{}
	command.Stdout, command.Stderr = log, log
	mustNot(t, command.Start())
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	t.Cleanup(func() {
		command.Process.Signal(syscall.SIGTERM)
		<-ended
		if t.Failed() {
			t.Logf("lanyard serve said:\n%s", brief(log.String()))
		}
	})
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if l.answers("/readyz") {
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("lanyard serve ended: %v", err)
		default:
		}
	}
	t.Fatal("lanyard serve is not ready after a minute")
}

// run runs a subcommand and answers with what it printed.
func (l *lanyard) run(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	command := exec.Command(l.binary, args...)
	command.Env = l.env
	command.Stdin = strings.NewReader(stdin)
	complaints := &bytes.Buffer{}
	command.Stderr = complaints
	output, err := command.Output()
	if err != nil {
		t.Fatalf("lanyard %s: %v\n%s%s", strings.Join(args, " "), err, output, complaints)
	}
	return string(output)
}

// keep has Lanyard know the peer as its metadata describes it now: as a new app, or anew where that has changed.
func (l *lanyard) keep(t *testing.T, p *peer) {
	t.Helper()
	if p.known == p.config.published() {
		return
	}
	args := []string{"app", "add", "--metadata", p.metadata(), "--replace"}
	if !p.config.SignRequests {
		// A document that no longer says so does not end the demand for signed requests: that is for the administrator.
		args = append(args, "--set", "require-signed-requests=no")
	}
	l.change(t, p, append(args, "--slug")...)
	p.known = p.config.published()
}

// set changes settings of the peer's app, each "name=value".
func (l *lanyard) set(t *testing.T, p *peer, settings ...string) {
	t.Helper()
	l.keep(t, p)
	args := append([]string{"app", "set", p.config.EntityID}, settings...)
	l.change(t, p, append(args, "slug=")...)
}

// change runs a command whose last argument lacks the new slug of the app, and waits until the service answers to that:
// it takes up changes a moment after the command has ended, all of one change at once.
func (l *lanyard) change(t *testing.T, p *peer, args ...string) {
	t.Helper()
	p.slug = fmt.Sprintf("change-%d", l.changes.Add(1))
	if last := args[len(args)-1]; strings.HasSuffix(last, "=") {
		args[len(args)-1] = last + p.slug
	} else {
		args = append(args, p.slug)
	}
	l.run(t, "", args...)
	l.await(t, "/saml/metadata/"+p.slug)
}

// await waits until an address of the service answers with a page.
func (l *lanyard) await(t *testing.T, path string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if l.answers(path) {
			return
		}
	}
	t.Fatalf("%s does not answer after a minute", path)
}

func (l *lanyard) answers(path string) bool {
	response, err := http.Get(l.url + path)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

func (l *lanyard) assign(t *testing.T, app string) {
	t.Helper()
	l.run(t, "", "app", "assign", app, "--user", adaName)
}

func (l *lanyard) metadata() string { return l.url + "/saml/metadata" }

// freeAddress answers with a port that was free a moment ago; the program must know its own before it listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	mustNot(t, err)
	defer listener.Close()
	return listener.Addr().String()
}
