package directory

import (
	"maps"
	"slices"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// ParseAttributes reads lines like department=Sales; the same name once more gives it one more value. Empty lines are nothing.
func ParseAttributes(lines []string) (Attributes, error) {
	a := Attributes{}
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		if !ok || name == "" {
			return nil, fault.Field("attributes", "%q is no attribute: write it like department=Sales.", strings.TrimSpace(line))
		}
		a[name] = append(a[name], strings.TrimSpace(value))
	}
	return a, nil
}

// Lines is what ParseAttributes reads, by name.
func (a Attributes) Lines() []string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(a)) {
		for _, value := range a[name] {
			lines = append(lines, name+"="+value)
		}
	}
	return lines
}
