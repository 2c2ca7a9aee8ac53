package httpserver

import (
	"hash/fnv"
	"strings"
	"unicode"
)

// tints is how many colours app.css has for tiles (tint-0 …).
const tints = 12

// tint picks a colour for a name, always the same one.
func tint(name string) int {
	h := fnv.New32a()
	h.Write([]byte(name))
	return int(h.Sum32() % tints)
}

// monogram is the initials of the first two words, or the first two letters of the only one.
func monogram(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	switch len(words) {
	case 0:
		return "?"
	case 1:
		return title([]rune(words[0]), 2)
	}
	return title([]rune(words[0]), 1) + title([]rune(words[1]), 1)
}

// title is the first n letters, the first of them upper case.
func title(word []rune, n int) string {
	word = append([]rune(nil), word[:min(n, len(word))]...)
	word[0] = unicode.ToUpper(word[0])
	return string(word)
}
