package session

import (
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
)

// Visit is what one look at the database tells of a browser that wants to reach an app.
type Visit struct {
	Session      Session // without its beginning, address and browser, which no sign-on asks for
	User         directory.User
	Groups       []string // names, through nesting too; only when asked for
	Assigned     bool
	PersistentID string       // of this person at this app; empty: none yet
	Participant  *Participant // what the app was told before in this session
}

// VisitQuery asks for a Visit.
type VisitQuery struct {
	TokenHash []byte
	AppID     apps.ID
	Groups    bool // the names of the person's groups are wanted
	Now       time.Time
}

// Conclusion ends a sign-on, granted or refused: everything that must be committed before it is answered.
type Conclusion struct {
	SignIn audit.SignIn
	// RequestID, when set, is marked as seen until SeenUntil; a second time it is a Conflict and nothing is written.
	RequestID string
	SeenUntil time.Time
	// Waiting, when set, is the waiting sign-on that this answers; it is spent. When it is gone, it is a Conflict.
	Waiting []byte
	// Participant, when set, is what the app learns; nil for a refusal.
	Participant *Participant
	SessionID   ID // whose use is written down; empty when that was done within TouchEvery
}
