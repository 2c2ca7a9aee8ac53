package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// selfCPU is the CPU time that this process has used, garbage collector included.
func selfCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// processCPU is the CPU time of another process and, for a PostgreSQL postmaster, of every server process below it, ended
// ones included. Its grain is 10 ms, so measure seconds.
func processCPU(pid int) (time.Duration, error) {
	own, err := stat(pid)
	if err != nil {
		return 0, err
	}
	total := own.cpu + own.reaped
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		child, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if s, err := stat(child); err == nil && s.parent == pid {
			total += s.cpu
		}
	}
	return total, nil
}

type processStat struct {
	parent      int
	cpu, reaped time.Duration
}

const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux that Go runs on

func stat(pid int) (processStat, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return processStat{}, err
	}
	// The name stands in parentheses and may hold anything.
	fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	n := func(i int) int { v, _ := strconv.Atoi(fields[i]); return v }
	return processStat{
		parent: n(1), cpu: time.Duration(n(11)+n(12)) * tick, reaped: time.Duration(n(13)+n(14)) * tick,
	}, nil
}

// residentMB is the resident memory of a process, and its highest so far, in MB.
func residentMB(pid int) (now, peak float64) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		kb, _ := strconv.ParseFloat(f[1], 64)
		switch f[0] {
		case "VmRSS:":
			now = kb / 1024
		case "VmHWM:":
			peak = kb / 1024
		}
	}
	return now, peak
}

func median(v []float64) float64 {
	s := append([]float64(nil), v...)
	sort.Float64s(s)
	if len(s)%2 == 1 {
		return s[len(s)/2]
	}
	return (s[len(s)/2-1] + s[len(s)/2]) / 2
}

// rounds is how often the two sides of a ratio take turns.
const rounds = 8

// inTurns measures bare and ours alternately, n operations each, and gives the median of bare/ours: the share of the bare
// rate that ours reaches. Each side returns the CPU time it took.
func inTurns(n int, bare, ours func(n int) (time.Duration, error)) (ratio float64, perOp time.Duration, err error) {
	if _, err = ours(n/4 + 1); err != nil { // warm up
		return 0, 0, err
	}
	var ratios []float64
	var total time.Duration
	for range rounds {
		b, err := bare(n)
		if err != nil {
			return 0, 0, err
		}
		o, err := ours(n)
		if err != nil {
			return 0, 0, err
		}
		ratios = append(ratios, b.Seconds()/o.Seconds())
		total += o
	}
	return median(ratios), total / time.Duration(rounds*n), nil
}

// spend measures this process while f runs.
func spend(f func() error) (time.Duration, error) {
	before := selfCPU()
	err := f()
	return selfCPU() - before, err
}
