package metadata

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// FuzzImport: whatever comes, there is an answer in words, and an app that is taken is sound and stays itself.
func FuzzImport(f *testing.F) {
	files, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, name := range files {
		doc, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc, "")
		f.Add(doc, "https://two.example/")
	}
	f.Fuzz(func(t *testing.T, doc []byte, entityID string) {
		got, err := Import(doc, Options{EntityID: entityID, Now: now})
		if err != nil {
			if !fault.Is(err, fault.Invalid) || fault.From(err).Message == "" {
				t.Fatalf("refused without a sentence: %v", err)
			}
			return
		}
		if err := got.App.Validate(); err != nil {
			t.Fatalf("taken, but not sound: %v", err)
		}
		if entityID != "" && got.App.EntityID != entityID {
			t.Fatalf("asked for %q, got %q", entityID, got.App.EntityID)
		}
		if _, changed := Update(got.App, got); len(changed) != 0 {
			t.Fatalf("the same document changes %q", changed)
		}
		if len(got.Warnings) > maxWarnings {
			t.Fatalf("%d warnings", len(got.Warnings))
		}
	})
}
