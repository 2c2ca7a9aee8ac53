// Package session is what we remember of a browser: that somebody signed in there (Session), which apps learnt of it
// (Participant), and which sign-on is waiting for them to do so (Pending).
//
// It refuses to keep a token: the browser holds 256 random bits, the database their SHA-256, so that a copy of the
// database opens nothing.
package session

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// Token is what a browser holds: 256 random bits, base64url. It prints as "redacted".
type Token struct{ value string }

// NewToken makes a token that nobody has.
func NewToken() Token {
	var b [32]byte
	rand.Read(b[:])
	return Token{base64.RawURLEncoding.EncodeToString(b[:])}
}

// TokenFrom takes what a browser sent; it may be anything.
func TokenFrom(s string) Token { return Token{s} }

// Reveal is the token in clear, for the cookie or the link and nothing else.
func (t Token) Reveal() string { return t.value }

// Hash is what the database knows it by.
func (t Token) Hash() []byte {
	h := sha256.Sum256([]byte(t.value))
	return h[:]
}

// String keeps tokens out of logs.
func (Token) String() string { return "redacted" }

// GoString keeps tokens out of %#v.
func (Token) GoString() string { return "redacted" }

// ID is a UUID in text form; it opens nothing and may be shown.
type ID string

// Limits of a session: it ends after IdleLimit without use and after AbsoluteLimit in any case.
const (
	IdleLimit     = 2 * time.Hour
	AbsoluteLimit = 12 * time.Hour
	// TouchEvery bounds how often use is written down.
	TouchEvery = time.Minute
)

// Session is one person signed in at one browser.
type Session struct {
	ID           ID
	UserID       directory.UserID
	CreatedAt    time.Time
	LastSeenAt   time.Time
	ExpiresAt    time.Time // absolute
	AuthnInstant time.Time // when the person last proved who they are
	AuthnContext saml.AuthnContextClass
	Address      string // of the browser when it signed in
	UserAgent    string
}

// Alive says whether the session still holds at now.
func (s *Session) Alive(now time.Time) bool {
	return now.Before(s.ExpiresAt) && now.Before(s.LastSeenAt.Add(IdleLimit))
}

// Participant is an app that was told of a session; logout tells it again, with NameID exactly as issued (Core §3.7.3.2).
type Participant struct {
	SessionID      ID
	AppID          apps.ID
	NameID         saml.NameID
	SessionIndex   string    // random for each app, so that two apps cannot compare
	AssertionUntil time.Time // latest NotOnOrAfter that the app holds
	CreatedAt      time.Time
}

// Pending is a sign-on that waits while the person signs in or the browser comes back with its cookie.
type Pending struct {
	AppID     apps.ID
	Request   []byte // the waiting request; JSON of the flow that made it
	CreatedAt time.Time
	ExpiresAt time.Time
}

// PendingLimit is how long a sign-on waits for the person.
const PendingLimit = 30 * time.Minute
