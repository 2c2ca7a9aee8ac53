// Package fault is the error vocabulary of the whole program: what kind of trouble it is, one sentence that a person may
// read, and the cause, which only the log may show. Every surface (pages, SAML status, command line) renders errors in
// one place from these three.
//
// It refuses to show a text that was not written for a person: an error of any other type is Internal, and so is one whose
// Kind was forgotten.
package fault

import (
	"errors"
	"fmt"
)

// Kind says whose turn it is: the person's (Invalid, Conflict …), nobody's for now (Unavailable), or ours (Internal).
type Kind int

// The zero Kind is Internal, so that a forgotten Kind never shows a message.
const (
	Internal Kind = iota
	Invalid
	NotFound
	Conflict
	Unauthenticated
	Forbidden
	Unavailable // for a moment: try again
)

// String names the kind for logs.
func (k Kind) String() string {
	return [...]string{"internal", "invalid", "not found", "conflict", "unauthenticated", "forbidden", "unavailable"}[k]
}

// Error is one failure. Message is a sentence for the person (what happened, what to do), safe to show; Code is a reason of
// a closed list, shown small beside it, if there is one; Field names the form field or setting that it is about, if one;
// Cause is for the log.
type Error struct {
	Kind    Kind
	Code    string
	Field   string
	Message string
	Cause   error
}

func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Message
	}
	if e.Message == "" {
		return e.Cause.Error()
	}
	return e.Message + ": " + e.Cause.Error()
}

func (e *Error) Unwrap() error { return e.Cause }

// New makes an Error without a cause; format and args are those of fmt.Sprintf.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Field is an Invalid error beside one field.
func Field(field, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Apology is what a person reads when the trouble is ours.
const Apology = "Something went wrong on our side. Please try again; if it happens again, give your administrator the reference below."

// From finds the Error in err's chain. Anything foreign becomes Internal with an apology, err as its cause.
func From(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		if e.Kind == Internal {
			return &Error{Kind: Internal, Message: Apology, Cause: err}
		}
		return e
	}
	return &Error{Kind: Internal, Message: Apology, Cause: err}
}

// Is says whether err carries an Error of this kind.
func Is(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}
