package signer

import (
	"crypto"
	"hash"
	"sync"
	"time"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// A writer appends canonical XML to the caller's buffer. It remembers the first thing that went wrong, so that a message
// reads as a plain list of what is in it; done tells. Writers are pooled: what they hold between messages is a hash.
type writer struct {
	buf []byte
	err error

	hash   hash.Hash
	hashOf crypto.Hash
	sum    [64]byte // scratch, here so that it is not allocated anew
	alone  []byte   // likewise
}

var writers = sync.Pool{New: func() any { return new(writer) }}

func newWriter(dst []byte) *writer {
	w := writers.Get().(*writer)
	w.buf, w.err = dst, nil
	return w
}

// done gives the buffer back, or dst as it was when something went wrong, and the writer to the pool.
func (w *writer) done(dst []byte) ([]byte, error) {
	buf, err := w.buf, w.err
	w.buf, w.err = nil, nil
	writers.Put(w)
	if err != nil {
		return dst, err
	}
	return buf, nil
}

// hasher gives the writer's hash, empty. An installation signs with one algorithm nearly always, so one is kept.
func (w *writer) hasher(of crypto.Hash) hash.Hash {
	if w.hashOf != of {
		w.hash, w.hashOf = of.New(), of
	}
	w.hash.Reset()
	return w.hash
}

// raw appends what we wrote ourselves.
func (w *writer) raw(s string) { w.buf = append(w.buf, s...) }

// element appends <tag>value</tag>; field is the word for it in a refusal.
func (w *writer) element(open, field, value, end string) {
	w.raw(open)
	w.text(field, value)
	w.raw(end)
}

// attr appends name="value" behind a space; the caller keeps canonical order.
func (w *writer) attr(name, field, value string) {
	w.raw(name)
	w.value(field, value)
	w.raw(`"`)
}

// optional is attr for what is left out when empty.
func (w *writer) optional(name, field, value string) {
	if value != "" {
		w.attr(name, field, value)
	}
}

// instant appends an xs:dateTime in UTC with milliseconds (Core §1.3.3).
func (w *writer) instant(name string, t time.Time) {
	w.raw(name)
	w.buf = t.UTC().AppendFormat(w.buf, "2006-01-02T15:04:05.000Z")
	w.raw(`"`)
}

// id appends one of our own identifiers, which a signature may point at: an ASCII NCName, so that "#" and it are a URI
// (Core §1.3.4, §5.4.2).
func (w *writer) id(name, field, value string) {
	if !isID(value) {
		w.fail(fault.Field(field, "%s must start with a letter or an underscore and go on with letters, digits, dots, dashes or underscores.", field))
	}
	w.attr(name, field, value)
}

func isID(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || c != '-' && c != '.' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

// required refuses what SAML wants said and nobody said.
func (w *writer) required(field, value string) {
	if isBlank(value) {
		w.fail(fault.Field(field, "%s is empty; the message needs it.", field))
	}
}

func isBlank(s string) bool {
	for i := range len(s) {
		if s[i] > ' ' {
			return false
		}
	}
	return true
}

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}
