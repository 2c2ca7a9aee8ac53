package pgembed

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
)

// processesIn lists the processes that work in dir: every process of a
// PostgreSQL server has its data folder as working folder. Where that may not
// be read (another user's process, in a container without the ptrace
// capability) the command line decides.
func processesIn(dir, name string) ([]int, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err == nil && pid != os.Getpid() && worksIn(entry.Name(), dir, name) {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

func worksIn(pid, dir, name string) bool {
	cwd, err := os.Readlink(filepath.Join("/proc", pid, "cwd"))
	if err == nil {
		return cwd == dir && isPostgres(pid)
	}
	line, err := os.ReadFile(filepath.Join("/proc", pid, "cmdline"))
	if err != nil {
		return false
	}
	text := string(bytes.TrimRight(bytes.ReplaceAll(line, []byte{0}, []byte{' '}), " "))
	return isServerFor(text, dir, name)
}

// isPostgres spares the shell of somebody who looks around in the data folder.
func isPostgres(pid string) bool {
	name, err := os.ReadFile(filepath.Join("/proc", pid, "comm"))
	return err == nil && string(bytes.TrimSpace(name)) == "postgres"
}
