package httpserver

import (
	"cmp"
	"fmt"
	"net/http"

	"golang.org/x/text/language"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// Language is one of the languages there are texts in, as the lang attribute names it.
type Language string

// The languages. English comes first: it is what people get who ask for none of them.
const (
	English Language = "en"
	Dutch   Language = "nl"
)

// Languages in the order in which they are offered.
var Languages = []Language{English, Dutch}

var matcher = language.NewMatcher([]language.Tag{language.English, language.Dutch})

// Texts is what people read, by language and key. A text may have verbs of fmt ("%s", or "%[2]s" where a language needs
// another order).
type Texts map[Language]map[string]string

// Text is the text of a key. A key that is not there is a mistake of the program, in any language.
func (t Texts) Text(l Language, key string, args ...any) (string, error) {
	text, ok := t[l][key]
	if !ok {
		return "", fmt.Errorf("no text %q in %q", key, l)
	}
	if len(args) == 0 {
		return text, nil
	}
	return fmt.Sprintf(text, args...), nil
}

// Translate gives the sentence of f in the person's language if there is one, else as it is, and false.
func (p *Pages) Translate(r *http.Request, f *fault.Error) (string, bool) {
	return p.Texts.translate(p.Language(r), f)
}

// translate gives the sentence of f in another language: by its code, or by finding that very sentence among the English
// texts, since errors are written deep inside where nobody knows who will read them. Otherwise it is the sentence as it
// is, and false.
func (t Texts) translate(l Language, f *fault.Error) (string, bool) {
	if l == English {
		return f.Message, true
	}
	if text, ok := t[l]["reason."+f.Code]; ok {
		return text, true
	}
	for key, text := range t[English] {
		if text == f.Message {
			translated, ok := t[l][key]
			return cmp.Or(translated, f.Message), ok
		}
	}
	return f.Message, false
}

// Language is the person's choice, else the first of the browser's languages that we have.
func (p *Pages) Language(r *http.Request) Language {
	chosen := Language(p.Cookies.Read(r, LanguageCookie))
	if _, ok := p.Texts[chosen]; ok {
		return chosen
	}
	_, i := language.MatchStrings(matcher, r.Header.Get("Accept-Language"))
	return Languages[i]
}
