package apps

import (
	"time"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

// Assignee is who may use an app: exactly one of a person, a group with everybody in it however deep, or everyone.
type Assignee struct {
	UserID   directory.UserID
	GroupID  directory.GroupID
	Everyone bool
}

// Validate says whether it is exactly one.
func (a Assignee) Validate() error {
	n := 0
	for _, set := range []bool{a.UserID != "", a.GroupID != "", a.Everyone} {
		if set {
			n++
		}
	}
	if n != 1 {
		return fault.New(fault.Invalid, "Say who: one user, one group, or everyone.")
	}
	return nil
}

// Assignment is one assignee of one app, as lists show it.
type Assignment struct {
	ID    int64
	AppID ID
	Assignee
	Name      string // user name or group name; empty for everyone
	CreatedAt time.Time
}

// Object names the app in the audit log.
func (a *App) Object() string { return "app:" + string(a.ID) }
