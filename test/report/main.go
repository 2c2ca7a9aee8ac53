// Command report runs the tests, says how they went, and keeps docs/conformance.md and docs/security.md: the requirements
// and attacks that a passing test carries in its name. It refuses to let those pages claim anything else.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"sort"
	"strings"
)

func main() {
	write := flag.Bool("write", false, "write the pages instead of comparing them")
	flag.Parse()
	r, err := run(flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
	r.print(os.Stdout)
	if r.failed > 0 {
		os.Exit(1)
	}
	if err := pages(r.shown, *write); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

// event is a line of go test -json.
type event struct{ Action, Package, Test, Output string }

type result struct {
	passed, failed int
	failures       []string            // names
	output         map[string][]string // of what has not passed
	shown          []proof
}

// run runs go test with these arguments.
func run(args []string) (*result, error) {
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	r := &result{output: map[string][]string{}}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text())
			continue
		}
		r.take(e)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if err := cmd.Wait(); err != nil && r.failed == 0 {
		return nil, fmt.Errorf("go test: %w", err)
	}
	return r, nil
}

func (r *result) take(e event) {
	name := strings.TrimSuffix(e.Package+"/"+e.Test, "/")
	switch e.Action {
	case "output", "build-output":
		r.output[name] = append(r.output[name], e.Output)
	case "pass":
		delete(r.output, name)
		if e.Test == "" {
			fmt.Println("ok  ", e.Package)
			return
		}
		r.passed++
		r.shown = append(r.shown, proofs(e.Package, e.Test)...)
	case "fail", "build-fail":
		if e.Test == "" {
			fmt.Println("FAIL", e.Package)
		}
		r.failed++
		r.failures = append(r.failures, name)
	case "skip":
		if e.Test != "" {
			r.failed++
			r.failures = append(r.failures, name+" (skipped: a skipped test proves nothing)")
		}
	}
}

func (r *result) print(w *os.File) {
	sort.Strings(r.failures)
	for _, name := range r.failures {
		fmt.Fprintf(w, "\n--- %s\n%s", name, strings.Join(r.output[name], ""))
	}
	fmt.Fprintf(w, "\n%d passed, %d failed\n", r.passed, r.failed)
}
