package directory_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

func TestAttributesAreWrittenOnePerLine(t *testing.T) {
	a, err := directory.ParseAttributes([]string{"title = Countess", "", "department=Engines", " department=Poetry ", "empty=", "formula=a=b"})
	if err != nil {
		t.Fatal(err)
	}
	want := directory.Attributes{"title": {"Countess"}, "department": {"Engines", "Poetry"}, "empty": {""}, "formula": {"a=b"}}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Error(diff)
	}
	lines := []string{"department=Engines", "department=Poetry", "empty=", "formula=a=b", "title=Countess"}
	if diff := cmp.Diff(lines, a.Lines()); diff != "" {
		t.Error(diff)
	}
}

func TestLineWithoutNameOrValueIsNoAttribute(t *testing.T) {
	for _, line := range []string{"department", "=Sales", " = Sales"} {
		_, err := directory.ParseAttributes([]string{line})
		if f := fault.From(err); f.Kind != fault.Invalid || f.Field != "attributes" || !strings.Contains(f.Message, strings.TrimSpace(line)) {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestPathsAreTheShortestWaysUp(t *testing.T) {
	group := func(id directory.GroupID) directory.Group { return directory.Group{ID: id, Name: string(id)} }
	steps := []directory.Step{
		{group("staff"), "europe"}, {group("staff"), "sales"}, {group("europe"), "sales"}, {group("sales"), ""}, {group("world"), "staff"},
	}
	want := map[directory.GroupID][]directory.Group{
		"sales": {group("sales")}, "europe": {group("sales"), group("europe")}, "staff": {group("sales"), group("staff")},
		"world": {group("sales"), group("staff"), group("world")},
	}
	if diff := cmp.Diff(want, directory.Paths(steps)); diff != "" {
		t.Error(diff)
	}
	if got := directory.Paths(nil); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}
