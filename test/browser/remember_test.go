package browser_test

import (
	"fmt"
	"strings"
	"testing"
)

// remember takes complaints without failing.
type remember struct {
	testing.TB
	lines []string
}

func (r *remember) Errorf(format string, args ...any) {
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

func (r *remember) said(part string) bool { return strings.Contains(strings.Join(r.lines, "\n"), part) }
