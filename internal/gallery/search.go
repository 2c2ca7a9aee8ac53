package gallery

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// What a word was found in; the less, the better.
const (
	inName = iota
	inFormerName
	inAlias
	inVendor
	inCategory
	nowhere
)

// Search answers the templates that all words of the query lead to, the best first: the name counts before former names,
// aliases, the vendor and categories. A word stands for every word that begins with it, whatever case and accents; "go to
// meeting" is "gotomeeting". An empty query leads to all.
func Search(all []Template, query string) []Template {
	words := split(query)
	if len(words) == 0 {
		return slices.Clone(all)
	}
	byPlace := make([][]Template, nowhere)
	for i := range all {
		if place := all[i].place(words); place < nowhere {
			byPlace[place] = append(byPlace[place], all[i])
		}
	}
	return slices.Concat(byPlace...)
}

// place is the worst place that one of the words needs, or the best one that begins with all of them written together.
func (t *Template) place(words []string) int {
	worst, together := 0, strings.Join(words, "")
	for _, word := range words {
		worst = max(worst, t.find(word))
	}
	for place, names := range t.named() {
		if place < worst && slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(squash(n), together) }) {
			return place
		}
	}
	return worst
}

func (t *Template) named() [][]string {
	return [][]string{inName: {t.Name, t.ID}, inFormerName: t.FormerNames, inAlias: t.Aliases, inVendor: {t.Vendor}, inCategory: t.Categories}
}

func (t *Template) find(word string) int {
	begins := func(w string) bool { return strings.HasPrefix(w, word) }
	for place, names := range t.named() {
		for _, name := range names {
			if slices.ContainsFunc(split(name), begins) || begins(squash(name)) {
				return place
			}
		}
	}
	return nowhere
}

// split makes plain words of a text: lower case, no accents, letters and digits only.
func split(text string) []string {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(strings.ToLower(text)))
	return strings.FieldsFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// squash is the words of a text in one.
func squash(text string) string { return strings.Join(split(text), "") }
