package auth

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// Length of a password in characters after normalization. NIST SP 800-63B-4 §3.1.1.2 asks for 8 beside a second factor and
// for 15 without; 10 together with the refusal of guessable ones is our middle. There is no rule of composition, and
// nothing is cut: each character counts.
const (
	MinPasswordLength = 10
	MaxPasswordLength = 256
	// maxPasswordBytes is what is looked at, before normalization.
	maxPasswordBytes = 8 * MaxPasswordLength
)

// CheckPassword says whether somebody may choose this password; about are texts that an attacker would try first, such as
// the person's own names. The error is fault.Invalid on the field "password".
func CheckPassword(password string, about ...string) error {
	if !utf8.ValidString(password) {
		return fault.Field("password", "This password is not valid UTF-8.")
	}
	if len(password) > maxPasswordBytes {
		return tooLong()
	}
	password = normal(password)
	switch n := utf8.RuneCountInString(password); {
	case n < MinPasswordLength:
		return fault.Field("password", "This password is too short: use %d characters or more. A few words that do not belong together work well.", MinPasswordLength)
	case n > MaxPasswordLength:
		return tooLong()
	case guessable(password, about):
		return fault.Field("password", "This password is easy to guess: it is mostly common words, a row of keys, or your own name. A few words that do not belong together work well.")
	}
	return nil
}

func tooLong() error {
	return fault.Field("password", "This password is longer than %d characters.", MaxPasswordLength)
}

// normal makes the same characters the same bytes, whichever keyboard they were typed on (RFC 8265 §4.2: NFC).
func normal(password string) string { return norm.NFC.String(password) }

// guessable says whether little is left of a password without what guessing programs try first.
func guessable(password string, about []string) bool {
	s := year.ReplaceAllString(strings.ToLower(password), " ")
	own := contextWords(append(slices.Clip(about), "lanyard saml"))
	return worth(s, own) < 8 || worth(plain.Replace(s), own) < 8
}

// year is what people add when they have to change a password.
var year = regexp.MustCompile(`(19|20)\d\d`)

// plain undoes the usual disguises of letters.
var plain = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// worth counts roughly what has to be guessed: nothing for words that belong to the person or this program, two characters for each common word,
// however long or often repeated, and the rest by its characters, repeated ones counting less. Four common words are a
// fair password; one with a year behind it is none.
func worth(s string, own []string) int {
	for _, w := range own {
		s = strings.ReplaceAll(s, w, " ")
	}
	words := 0
	for _, w := range commonWords {
		if strings.Contains(s, w) {
			s = strings.ReplaceAll(s, w, " ")
			words++
		}
	}
	rest, seen := 0, map[rune]bool{}
	for _, r := range strings.ReplaceAll(s, " ", "") {
		rest++
		seen[r] = true
	}
	return 2*words + min(rest, 2*len(seen))
}

// contextWords are the parts of three letters or more of texts about a person: ada.lovelace@example.org gives four.
func contextWords(about []string) []string {
	var words []string
	for _, text := range about {
		text = strings.ToLower(norm.NFC.String(text))
		for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if utf8.RuneCountInString(w) >= 3 {
				words = append(words, w)
			}
		}
	}
	return words
}
