package gallery

import (
	"os"
	"strings"
	"testing"
)

// The page is what people write files by.
func TestDocumentedFormatIsTheOneThatIsRead(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/gallery.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "```json\n")
	text, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("docs/gallery.md has no example")
	}
	if _, err := Parse("wiki.json", []byte(text)); err != nil {
		t.Error(err)
	}
	for _, b := range binds {
		if !strings.Contains(string(page), "`"+string(b)+"`") {
			t.Errorf("docs/gallery.md does not know the value %s", b)
		}
	}
}
