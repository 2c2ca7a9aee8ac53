package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A node is the real program, built and started as an administrator would.
type node struct {
	cmd  *exec.Cmd
	base string
}

// program builds lanyard once.
func program(dir string) (string, error) {
	bin := filepath.Join(dir, "lanyard")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", bin, "./cmd/lanyard")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return bin, nil
}

// startNode starts the program with these settings and waits until it is ready. It says how long that took.
func startNode(bin string, settings ...string) (*node, time.Duration, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, 0, err
	}
	address := l.Addr().String()
	_ = l.Close()
	n := &node{cmd: exec.Command(bin, "serve"), base: "http://" + address}
	n.cmd.Env = append(environment(), append([]string{"LANYARD_LISTEN=" + address, "LANYARD_PUBLIC_URL=" + n.base}, settings...)...)
	log, err := os.CreateTemp("", "lanyard-bench-*.log")
	if err != nil {
		return nil, 0, err
	}
	defer os.Remove(log.Name())
	n.cmd.Stdout, n.cmd.Stderr = log, log
	began := time.Now()
	if err := n.cmd.Start(); err != nil {
		return nil, 0, err
	}
	for time.Since(began) < time.Minute {
		resp, err := http.Get(n.base + "/readyz")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return n, time.Since(began), nil
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
	n.stop()
	text, _ := os.ReadFile(log.Name())
	return nil, 0, fmt.Errorf("the service did not get ready:\n%s", text)
}

// environment is ours without settings of another service.
func environment() []string {
	var out []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "LANYARD_") && !strings.HasPrefix(v, "DATABASE_URL") {
			out = append(out, v)
		}
	}
	return out
}

func (n *node) stop() {
	_ = n.cmd.Process.Signal(syscall.SIGTERM)
	_ = n.cmd.Wait()
}
