package house

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// A longer file has two subjects.
const longest = 600 // lines

func TestNoFileIsTooLongToRead(t *testing.T) {
	t.Parallel()
	for _, f := range source(t) {
		if !f.test() && f.lines > longest {
			t.Errorf("%s has %d lines; %d is the most: give its second subject a file of its own", f.path, f.lines, longest)
		}
	}
}

// A package named for what is in it, not for what it gives, takes in everything.
func TestNoPackageIsADrawerForEverything(t *testing.T) {
	t.Parallel()
	drawers := []string{"util", "utils", "common", "models", "helper", "helpers", "misc", "shared", "types"}
	for _, f := range source(t) {
		for _, name := range slices.Compact([]string{f.Name.Name, path.Base(path.Dir(f.path))}) {
			if slices.Contains(drawers, name) {
				t.Errorf("%s: the package is named %s: name it for what it gives", f.path, name)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsForAndWhatItRefuses(t *testing.T) {
	t.Parallel()
	comments := map[string][]string{}
	for _, f := range source(t) {
		dir := path.Dir(f.path)
		comments[dir] = slices.Concat(comments[dir], packageComment(f))
	}
	for dir, said := range comments {
		switch {
		case len(said) != 1:
			t.Errorf("%s has %d package comments, want one", dir, len(said))
		case !strings.Contains(said[0], "refuse"):
			t.Errorf("%s: the package comment does not say what the package refuses: %s", dir, said[0])
		}
	}
}

// packageComment answers none or one.
func packageComment(f file) []string {
	text := f.Doc.Text()
	if f.Name.Name != "main" && !strings.HasPrefix(text, "Package "+strings.TrimSuffix(f.Name.Name, "_test")+" ") || text == "" {
		return nil
	}
	return []string{text}
}
