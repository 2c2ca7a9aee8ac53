package metadata

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// reader decodes one entity. It keeps the first refusal, so that the decoding reads as a plain list of what is in it, and
// the warnings.
type reader struct {
	o        Options
	err      error
	warnings []string
	cache    time.Duration
	badKey   string // why a key was left out
}

// maxWarnings is where a person stops reading.
const maxWarnings = 50

func (r *reader) warn(e *strictxml.Element, format string, args ...any) {
	if len(r.warnings) < maxWarnings {
		r.warnings = append(r.warnings, fault.New(fault.Invalid, "Line %d: "+format, append([]any{e.Line}, args...)...).Message)
	}
}

func (r *reader) refuse(e *strictxml.Element, format string, args ...any) {
	if r.err == nil {
		r.err = fault.New(fault.Invalid, "Line %d: "+format, append([]any{e.Line}, args...)...)
	}
}

// text is an attribute without surrounding white space, which its schema type ignores.
func text(e *strictxml.Element, name string) string {
	v, _ := e.Attr(name)
	return strings.Trim(v, " \t\r\n")
}

// boolean reads xs:boolean; absent is false. What is neither true nor false is refused: guessing could switch a check off.
func (r *reader) boolean(e *strictxml.Element, name string) bool {
	b := r.maybe(e, name)
	return b != nil && *b
}

// maybe is boolean for where absent differs from false. Capitals are not xs:boolean, but clear.
func (r *reader) maybe(e *strictxml.Element, name string) *bool {
	v, ok := e.Attr(name)
	if !ok {
		return nil
	}
	b, err := saml.ParseBoolean(v)
	if err != nil {
		if b, err = saml.ParseBoolean(strings.ToLower(v)); err == nil {
			r.warn(e, "%s is written %q; it was read as %t.", name, v, b)
		} else {
			r.refuse(e, "%s is %q; it must be true or false.", name, short(v))
		}
	}
	return &b
}

// index reads xs:unsignedShort; ok is false when there is none.
func (r *reader) index(e *strictxml.Element) (n int, ok bool) {
	v := text(e, "index")
	if v == "" {
		return 0, false
	}
	u, err := strconv.ParseUint(strings.TrimPrefix(v, "+"), 10, 16)
	if err != nil {
		r.refuse(e, "the index %q of <%s> is no number from 0 to 65535.", short(v), e.Local)
	}
	return int(u), err == nil
}

// entityID is the name of the app among service providers (Metadata §2.3.2, Core §8.3.6).
func (r *reader) entityID(e *strictxml.Element) string {
	raw, _ := e.Attr("entityID")
	id := text(e, "entityID")
	switch {
	case id == "":
		r.refuse(e, "the entityID is missing or empty; ask the app for metadata that names it.")
	case utf8.RuneCountInString(id) > 1024:
		r.refuse(e, "the entityID is longer than 1024 characters.")
	case strings.ContainsFunc(id, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }):
		r.refuse(e, "the entityID holds a blank, a line break or another control character; no name of an entity does.")
	case id != raw:
		r.warn(e, "blanks around the entityID were taken away.")
	}
	return id
}

// short keeps a quotation readable.
func short(s string) string {
	if utf8.RuneCountInString(s) <= 120 {
		return s
	}
	return string([]rune(s)[:119]) + "…"
}

// plain is text for one line: white space of any kind becomes single blanks.
func plain(e *strictxml.Element) string { return strings.Join(strings.Fields(e.Text), " ") }
