package interop

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
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
}

// startLanyard builds the program, serves it on an empty database and creates Ada.
func startLanyard(t *testing.T) *lanyard {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatalf("building the program: %v", err)
	}
	address := freeAddress(t)
	dir := t.TempDir()
	l := &lanyard{binary: binary, url: "http://" + strings.Replace(address, "127.0.0.1", "localhost", 1)}
	l.env = append(os.Environ(),
		"DATABASE_URL="+postgrestest.DSN(t),
		"LANYARD_LISTEN="+address,
		"LANYARD_PUBLIC_URL="+l.url,
		"LANYARD_DATA_DIR="+dir,
		"LANYARD_KEYSET="+filepath.Join(dir, "keyset.json"),
	)
	l.serve(t)
	l.run(t, adaPassword, "user", "add", adaName, "--given-name", "Ada", "--family-name", "Lovelace",
		"--display-name", "Ada Lovelace", "--password-stdin")
	return l
}

// build compiles the program once for all tests of the run.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "lanyard-interop-")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "lanyard")
	command := exec.Command("go", "build", "-o", binary, "./cmd/lanyard")
	command.Dir = filepath.Join("..", "..")
	command.Stderr = os.Stderr
	return binary, command.Run()
})

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
		if response, err := http.Get(l.url + "/readyz"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
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

// register adds the peer as an app from its metadata, or takes its changed metadata, and lets Ada use it.
func (l *lanyard) register(t *testing.T, p *peer) {
	t.Helper()
	l.run(t, "", "app", "add", "--metadata", p.metadata(), "--replace")
	l.run(t, "", "app", "assign", p.config.EntityID, "--user", adaName)
}

// set changes settings of the peer's app, each "name=value".
func (l *lanyard) set(t *testing.T, p *peer, settings ...string) {
	t.Helper()
	l.run(t, "", append([]string{"app", "set", p.config.EntityID}, settings...)...)
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
