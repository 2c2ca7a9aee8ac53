// Command bench measures what Lanyard promises about speed, as ratios in one run, each beside its goal. The yardstick is
// the bare crypto/rsa signature of the same key on the same machine, measured in turns with what is compared, in CPU time
// of the processes involved and not on the clock: machines are shared. Every measurement checks a sample of what was
// answered, since a benchmark that verifies nothing measures nothing.
//
// It refuses to time anything but this machine: all traffic stays on loopback and ends by itself.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

// A figure is one measured number beside what it should be.
type figure struct {
	name  string
	value string
	goal  string
	met   bool
}

// A report collects figures as they are measured.
type report struct{ figures []figure }

func (r *report) add(name, value, goal string, met bool) {
	r.figures = append(r.figures, figure{name, value, goal, met})
	mark := "met "
	switch {
	case goal == "":
		mark = "    "
	case !met:
		mark = "MISS"
	}
	fmt.Printf("%s  %-66s %14s   %s\n", mark, name, value, goal)
}

// ratio adds a figure that should be at least goal.
func (r *report) ratio(name string, value, goal float64) {
	r.add(name, fmt.Sprintf("%.3f", value), fmt.Sprintf("at least %.2f", goal), value >= goal)
}

// note adds a figure without a goal.
func (r *report) note(name, format string, args ...any) {
	r.add(name, fmt.Sprintf(format, args...), "", true)
}

func main() {
	child := flag.String("child", "", "internal: what this process serves")
	only := flag.String("only", "", "comma-separated parts to run: signer, handler, http, service, start, burst")
	flag.Parse()
	if *child != "" {
		serveChild(*child)
		return
	}
	r := &report{}
	parts := []struct {
		name string
		run  func(*report) error
	}{
		{"signer", benchSigner}, {"handler", benchHandler}, {"http", benchHTTP}, {"service", benchService}, {"start", benchStart}, {"burst", benchBurst},
	}
	for _, p := range parts {
		if *only != "" && !strings.Contains(","+*only+",", ","+p.name+",") {
			continue
		}
		fmt.Printf("\n%s\n", p.name)
		if err := p.run(r); err != nil {
			fmt.Fprintf(os.Stderr, "bench %s: %v\n", p.name, err)
			os.Exit(1)
		}
	}
	missed := 0
	for _, f := range r.figures {
		if !f.met {
			missed++
		}
	}
	fmt.Printf("\n%d figures, %d goals missed\n", len(r.figures), missed)
}
