package main

import (
	"fmt"
	"os"
	"time"
)

// benchStart is how soon the program is ready with its own PostgreSQL: on an empty folder, and again.
func benchStart(r *report) error {
	dir, err := os.MkdirTemp("", "lanyard-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	bin, err := program(dir)
	if err != nil {
		return err
	}
	n, cold, err := startNode(bin, "LANYARD_DATA_DIR="+dir+"/data")
	if err != nil {
		return err
	}
	n.stop()
	n, warm, err := startNode(bin, "LANYARD_DATA_DIR="+dir+"/data")
	if err != nil {
		return err
	}
	memory, _ := residentMB(n.cmd.Process.Pid)
	n.stop()
	r.add("ready on an empty folder (clock)", fmt.Sprintf("%.2f s", cold.Seconds()), "within 5 s", cold < 5*time.Second)
	r.add("ready the next time (clock)", fmt.Sprintf("%.2f s", warm.Seconds()), "within 1 s", warm < time.Second)
	r.add("memory of a new service at rest", fmt.Sprintf("%.0f MB", memory), "under 64 MB", memory < 64)
	return nil
}
