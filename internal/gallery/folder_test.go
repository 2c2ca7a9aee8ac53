package gallery

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, dir, name, text string, changed time.Time) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, changed, changed); err != nil {
		t.Fatal(err)
	}
}

func TestOwnFilesAreThereWithoutARestart(t *testing.T) {
	t.Parallel()
	dir, then := t.TempDir(), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f := &Folder{Dir: dir}
	name := func() string {
		t.Helper()
		all, err := f.Templates()
		if err != nil {
			t.Fatal(err)
		}
		found, err := ByID(all, "wiki")
		if err != nil {
			return ""
		}
		return found.Name
	}
	if got := name(); got != "" {
		t.Errorf("found %q before it was there", got)
	}
	write(t, dir, "wiki.json", example, then)
	if got := name(); got != "Wiki" {
		t.Errorf("found %q", got)
	}
	write(t, dir, "wiki.json", strings.Replace(example, `"name": "Wiki", "vendor"`, `"name": "Kiwi", "vendor"`, 1), then.Add(time.Second))
	if got := name(); got != "Kiwi" {
		t.Errorf("found %q after it changed", got)
	}
	if err := os.Remove(filepath.Join(dir, "wiki.json")); err != nil {
		t.Fatal(err)
	}
	if got := name(); got != "" {
		t.Errorf("found %q after it was removed", got)
	}
}

func TestUnchangedFilesAreNotReadAgain(t *testing.T) {
	t.Parallel()
	dir, then := t.TempDir(), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f := &Folder{Dir: dir}
	write(t, dir, "wiki.json", example, then)
	if _, err := f.Templates(); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "wiki.json", strings.Replace(example, `"Pages."`, `"Paper."`, 1), then) // same time and size
	all, err := f.Templates()
	if err != nil {
		t.Fatal(err)
	}
	if found, err := ByID(all, "wiki"); err != nil || found.Summary != "Pages." {
		t.Errorf("%+v %v", found, err)
	}
}

func TestBrokenOwnFileDoesNotTakeTheOthersAway(t *testing.T) {
	t.Parallel()
	dir, then := t.TempDir(), time.Now()
	write(t, dir, "wiki.json", example, then)
	write(t, dir, "broken.json", `{`, then)
	write(t, dir, "zoom.json", strings.NewReplacer(`"id": "wiki", "name": "Wiki"`, `"id": "zoom", "name": "Our Zoom"`).Replace(example), then)
	all, err := (&Folder{Dir: dir}).Templates()
	if err == nil || !strings.Contains(err.Error(), "broken.json") || strings.Contains(err.Error(), "wiki.json") {
		t.Errorf("%v", err)
	}
	for id, name := range map[string]string{"wiki": "Wiki", "zoom": "Our Zoom", "slack": "Slack"} {
		if found, err := ByID(all, id); err != nil || found.Name != name {
			t.Errorf("%s: %+v %v", id, found, err)
		}
	}
	if len(all) != len(load(t))+1 {
		t.Errorf("%d templates", len(all))
	}
}

func TestFolderThatIsNotThereIsEmpty(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"", filepath.Join(t.TempDir(), "no")} {
		if all, err := (&Folder{Dir: dir}).Templates(); err != nil || len(all) != len(load(t)) {
			t.Errorf("%q: %d templates, %v", dir, len(all), err)
		}
	}
}
