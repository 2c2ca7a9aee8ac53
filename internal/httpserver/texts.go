package httpserver

import (
	"fmt"
	"net/http"

	"golang.org/x/text/language"
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

// Translate gives an English sentence in another language, if the texts hold that very sentence; otherwise it returns the
// sentence as it is, and false. Errors are written in English deep inside, where nobody knows who will read them.
func (t Texts) Translate(l Language, sentence string) (string, bool) {
	if l == English {
		return sentence, true
	}
	for key, text := range t[English] {
		if text == sentence {
			if translated, ok := t[l][key]; ok {
				return translated, true
			}
		}
	}
	return sentence, false
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
