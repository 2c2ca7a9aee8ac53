package service

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// binary is the program under test.
var binary string

func TestMain(m *testing.M) { os.Exit(withProgram(m.Run)) }

func withProgram(run func() int) int {
	dir, err := os.MkdirTemp("", "lanyard-service-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	sources("../../cmd", "../../internal", "../../migrations", "../../web", "../../go.mod")
	binary = filepath.Join(dir, "lanyard")
	build := exec.Command("go", "build", "-o", binary, "github.com/lanyard-idp/lanyard/cmd/lanyard")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build the program:", err)
		return 1
	}
	return run()
}

// sources looks at what the program is made of, so that go test does not answer from its cache when that has changed.
func sources(roots ...string) {
	for _, root := range roots {
		filepath.WalkDir(root, func(path string, _ os.DirEntry, _ error) error {
			os.Stat(path)
			return nil
		})
	}
}
