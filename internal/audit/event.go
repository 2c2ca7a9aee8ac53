package audit

import "time"

// Event is one change: who did what to what, from where. It commits together with the change.
type Event struct {
	ID      int64
	At      time.Time
	Actor   string // user name, or "command line", or "service"
	Action  string // "user.create", "app.update" …
	Object  string // "app:<id>"
	Name    string // of the object, as people know it
	Address string
	Detail  map[string]any // what changed, old and new; never a secret
}
