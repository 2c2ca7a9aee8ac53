//go:build !linux

package pgembed

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// processesIn lists the server processes of dir by their command lines: there
// is no /proc to read working folders from.
func processesIn(dir, name string) ([]int, error) {
	out, err := exec.Command("ps", "-axww", "-o", "pid=,command=").Output()
	if err != nil {
		return nil, fmt.Errorf("ps: %w", err)
	}
	var pids []int
	for line := range strings.Lines(string(out)) {
		number, command, _ := strings.Cut(strings.TrimSpace(line), " ")
		pid, err := strconv.Atoi(number)
		if err == nil && pid != os.Getpid() && isServerFor(command, dir, name) {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}
