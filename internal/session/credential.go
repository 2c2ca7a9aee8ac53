package session

import (
	"time"

	"github.com/lanyard-idp/lanyard/internal/directory"
)

// Credential is what a sign-in needs to know of the person that a typed name means.
type Credential struct {
	User         directory.User
	Name         string // the user name or e-mail address that matched, as kept
	PasswordHash string // PHC string; empty: cannot sign in by password
	// KnownSince is when the person first signed in at this browser, and stays the same through all secrets that the browser is
	// given; zero: never.
	KnownSince time.Time
}
