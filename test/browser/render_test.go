package browser_test

import (
	"io"
	"io/fs"
	"maps"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/web"
)

func TestEveryPageInEveryStateAndLanguageIsSound(t *testing.T) {
	pages := loadPages(t)
	for _, language := range httpserver.Languages {
		for _, s := range stories {
			t.Run(string(language)+" "+s.name, func(t *testing.T) {
				w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/story", nil)
				r.Header.Set("Accept-Language", string(language))
				if err := pages.Render(w, r, s.status, s.page, s.data); err != nil {
					t.Fatal(err)
				}
				if w.Code != s.status || !strings.Contains(w.Body.String(), `<html lang="`+string(language)+`"`) {
					t.Errorf("status %d, page begins %.100s", w.Code, w.Body)
				}
				sound(t, w.Body.String())
			})
		}
	}
}

func TestEveryTemplateHasAStory(t *testing.T) {
	for _, name := range loadPages(t).Names() {
		if !slices.ContainsFunc(stories, func(s story) bool { return s.page == name }) {
			t.Errorf("no test renders %s", name)
		}
	}
}

// void elements have no end tag.
var void = map[string]bool{"meta": true, "link": true, "input": true, "br": true, "hr": true, "img": true, "wbr": true}

// sound reads a page as strictly as XML would, and says what it must not have.
func sound(t *testing.T, page string) {
	t.Helper()
	sprite, err := fs.ReadFile(web.FS, "static/sprite.svg")
	if err != nil {
		t.Fatal(err)
	}
	var open []string
	ids, refers, headings := map[string]bool{}, []string{}, 0
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		kind := z.Next()
		token := z.Token()
		switch kind {
		case html.ErrorToken:
			if z.Err() != io.EOF {
				t.Error(z.Err())
			}
			if len(open) != 0 || headings != 1 {
				t.Errorf("left open: %v; %d main headings", open, headings)
			}
			for _, id := range refers {
				if !ids[id] {
					t.Errorf("nothing has the id %q", id)
				}
			}
			return
		case html.StartTagToken:
			if !void[token.Data] {
				open = append(open, token.Data)
			}
			if token.Data == "style" || token.Data == "script" && !fromUs(token) {
				t.Errorf("a page has no <%s> of its own", token.Data)
			}
			if token.Data == "h1" {
				headings++
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Fatalf("</%s> closes %v", token.Data, open)
			}
			open = open[:len(open)-1]
		}
		for _, a := range token.Attr {
			switch {
			case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
				t.Errorf("inline %s=%q", a.Key, a.Val)
			case a.Key == "id" && ids[a.Val]:
				t.Errorf("two elements have the id %q", a.Val)
			case a.Key == "id":
				ids[a.Val] = true
			case a.Key == "for" || a.Key == "aria-describedby" || a.Key == "aria-labelledby":
				refers = append(refers, strings.Fields(a.Val)...)
			case token.Data == "use" && !strings.Contains(string(sprite), `id="`+a.Val[strings.Index(a.Val, "#")+1:]+`"`):
				t.Errorf("no icon %q", a.Val)
			case a.Key == "target" && !strings.Contains(page, `target="_blank" rel="noopener"`):
				t.Errorf("a new tab without rel=noopener")
			}
		}
	}
}

// fromUs says whether a script is one of our files, run when the page is there.
func fromUs(script html.Token) bool {
	has := map[string]string{}
	for _, a := range script.Attr {
		has[a.Key] = a.Val
	}
	_, deferred := has["defer"]
	return strings.HasPrefix(has["src"], "/static/") && deferred
}

func TestEveryTextIsThereInEveryLanguage(t *testing.T) {
	verb := regexp.MustCompile(`%(\[\d\])?[sd]`)
	for key, text := range web.English {
		dutch, ok := web.Dutch[key]
		if !ok || dutch == "" {
			t.Errorf("no Dutch for %s", key)
		}
		if len(verb.FindAllString(text, -1)) != len(verb.FindAllString(dutch, -1)) {
			t.Errorf("%s has other values in Dutch", key)
		}
	}
	for key := range web.Dutch {
		if _, ok := web.English[key]; !ok {
			t.Errorf("no English for %s", key)
		}
	}
}

func TestOneEnglishSentenceHasOneTranslation(t *testing.T) {
	said := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(web.English)) {
		text := web.English[key]
		if !strings.HasPrefix(key, "reason.") && !strings.HasPrefix(key, "sentence.") {
			continue
		}
		if before, ok := said[text]; ok && before != web.Dutch[key] {
			t.Errorf("%q is both %q and %q", text, before, web.Dutch[key])
		}
		said[text] = web.Dutch[key]
	}
}

func TestReasonsSayTheSameOnPagesAsInTheRecords(t *testing.T) {
	for _, reason := range audit.Reasons {
		if got := web.English["reason."+string(reason)]; got != reason.ForPerson() {
			t.Errorf("%s: %q, but %q", reason, got, reason.ForPerson())
		}
	}
	for key, want := range map[string]string{
		"sentence.apology":        fault.Apology,
		"sentence.password.short": fault.From(auth.CheckPassword("short")).Message,
		"sentence.password.weak":  fault.From(auth.CheckPassword("passwordpassword")).Message,
	} {
		if web.English[key] != want {
			t.Errorf("%s: %q, but %q", key, web.English[key], want)
		}
	}
}
