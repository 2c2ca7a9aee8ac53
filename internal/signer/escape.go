package signer

import (
	"unicode/utf8"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// What canonical XML writes for an octet of text, or of an attribute value (Canonical XML 1.0 §2.3). An empty string stands
// for the octet itself; refused, for what XML 1.0 cannot carry; multi, for the start of a longer character.
const (
	refused = "-"
	multi   = "+"
)

var textOctets, valueOctets = octets()

func octets() (text, value [256]string) {
	for c := range 256 {
		switch {
		case c < ' ':
			text[c], value[c] = refused, refused
		case c >= utf8.RuneSelf:
			text[c], value[c] = multi, multi
		}
	}
	text['\t'], text['\n'], text['\r'] = "", "", "&#xD;"
	text['&'], text['<'], text['>'] = "&amp;", "&lt;", "&gt;"
	value['\t'], value['\n'], value['\r'] = "&#x9;", "&#xA;", "&#xD;"
	value['&'], value['<'], value['"'] = "&amp;", "&lt;", "&quot;"
	return text, value
}

// text appends the content of an element.
func (w *writer) text(field, s string) { w.escape(&textOctets, field, s) }

// value appends the value of an attribute, without its quotes.
func (w *writer) value(field, s string) { w.escape(&valueOctets, field, s) }

func (w *writer) escape(table *[256]string, field, s string) {
	from := 0
	for i := 0; i < len(s); {
		replacement := table[s[i]]
		switch replacement {
		case "":
			i++
		case multi:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 || r == 0xFFFE || r == 0xFFFF {
				w.forbid(field)
				return
			}
			i += size
		case refused:
			w.forbid(field)
			return
		default:
			w.buf = append(w.buf, s[from:i]...)
			w.buf = append(w.buf, replacement...)
			i++
			from = i
		}
	}
	w.buf = append(w.buf, s[from:]...)
}

// forbid names the field whose value XML 1.0 §2.2 cannot carry. The value itself stays out of the message.
func (w *writer) forbid(field string) {
	w.fail(fault.Field(field, "%s holds a character that XML cannot carry (a control character, or broken UTF-8); remove it where the value is kept.", field))
}
