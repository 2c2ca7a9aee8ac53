package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
)

// output is the choice of every command that prints data.
type output struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// print writes data as JSON, or lets human write it for people.
func (o output) print(p *program, data any, human func(w io.Writer)) error {
	if !o.JSON {
		human(p.out)
		return nil
	}
	e := json.NewEncoder(p.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(data)
}

// table lines up rows of cells under a heading.
func table(w io.Writer, heading []string, rows [][]string) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{heading}, rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = visible(cell)
		}
		fmt.Fprintln(t, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
	}
	t.Flush()
}

// facts lines up names and values; a value of several lines gets one each, an empty one none.
func facts(w io.Writer, pairs ...string) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i := 0; i+1 < len(pairs); i += 2 {
		name := pairs[i] + ":"
		for line := range strings.SplitSeq(pairs[i+1], "\n") {
			if line != "" {
				fmt.Fprintf(t, "%s\t%s\n", name, visible(line))
				name = ""
			}
		}
	}
	t.Flush()
}

// visible takes the power over the terminal away from texts that strangers wrote.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
