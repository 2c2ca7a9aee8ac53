package browser_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/postgrestest"
	"github.com/lanyard-idp/lanyard/internal/seal"
)

// program is the real one, built for the first test that needs it.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "lanyard-browser-program-")
	if err != nil {
		return "", err
	}
	programDir = dir
	sources("../../cmd", "../../internal", "../../migrations", "../../web", "../../go.mod")
	binary := filepath.Join(dir, "lanyard")
	out, err := exec.Command("go", "build", "-o", binary, "github.com/lanyard-idp/lanyard/cmd/lanyard").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return binary, nil
})

var programDir string

func removeProgram() { _ = os.RemoveAll(programDir) }

// sources looks at what the program is made of, so that go test does not answer from its cache when that has changed.
func sources(roots ...string) {
	for _, root := range roots {
		_ = filepath.WalkDir(root, func(path string, _ os.DirEntry, _ error) error {
			_, err := os.Stat(path)
			return err
		})
	}
}

// patience bounds a test that fails; it measures nothing.
const patience = 60 * time.Second

// service is the running program, at localhost: apps live at 127.0.0.1, which is another site.
type service struct {
	t       *testing.T
	url     string
	env     []string
	log     string // file
	console string // file with what people read at the start
}

// start runs the program on an empty database until the test ends. Arguments are flags of serve.
func start(t *testing.T, args ...string) *service {
	t.Helper()
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	keyset, err := seal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	s := &service{
		t: t, url: "http://" + strings.Replace(address, "127.0.0.1", "localhost", 1),
		console: filepath.Join(t.TempDir(), "console"), log: filepath.Join(t.TempDir(), "log"),
	}
	s.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "DATABASE_URL=" + postgrestest.DSN(t),
		"LANYARD_KEYSET=" + string(keyset), "LANYARD_LISTEN=" + address, "LANYARD_PUBLIC_URL=" + s.url,
	}
	s.run(exec.Command(binary, append([]string{"serve"}, args...)...))
	s.ready()
	return s
}

func (s *service) run(cmd *exec.Cmd) {
	s.t.Helper()
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env, s.create(s.console), s.create(s.log)
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			s.t.Errorf("the service: %v", err)
		}
		if s.t.Failed() {
			s.t.Logf("log of the service:\n%s", s.read(s.log))
		}
	})
}

func (s *service) create(name string) *os.File {
	s.t.Helper()
	f, err := os.Create(name)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { f.Close() })
	return f
}

func (s *service) read(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		s.t.Error(err)
	}
	return string(text)
}

func (s *service) ready() {
	s.t.Helper()
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		res, err := http.Get(s.url + "/readyz")
		if err != nil {
			continue
		}
		res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return
		}
	}
	s.t.Fatal("the service does not take requests")
}

// do runs a command with in as its standard input.
func (s *service) do(in string, args ...string) {
	s.t.Helper()
	binary, err := program()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(binary, args...)
	cmd.Env, cmd.Stdin = s.env, strings.NewReader(in)
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("lanyard %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// says is what the console says where the pattern has a group.
func (s *service) says(line string) string {
	s.t.Helper()
	found := regexp.MustCompile(line).FindStringSubmatch(s.read(s.console))
	if found == nil {
		s.t.Fatalf("the console does not say %s:\n%s", line, s.read(s.console))
	}
	return found[1]
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
