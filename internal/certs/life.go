package certs

import (
	"time"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// The life of a key, for each scope (all apps, or one):
//
//	Next     published, signs nothing: service providers can learn it before it is needed
//	Active   published, signs
//	Retired  not published, signs nothing, for good
//
// Activating a key makes the former active one Next again: it stays published while answers that it signed are under way,
// and going back is activating it again. Retiring ends it when nobody needs it any more.

// Activate makes a Next key the active one at now. Making the former one Next is Demote.
func (c *Certificate) Activate(now time.Time) error {
	switch {
	case c.State == Active:
		return fault.New(fault.Conflict, "This certificate is active already.")
	case c.State == Retired:
		return fault.New(fault.Conflict, "This certificate was retired and does not come back. Create a new one.")
	case !now.Before(c.NotAfter):
		return fault.New(fault.Conflict, "This certificate expired on %s. Create a new one.", c.NotAfter.Format(time.DateOnly))
	}
	c.State, c.ActivatedAt = Active, &now
	return nil
}

// Demote makes the active key Next again; when it was activated stays on record.
func (c *Certificate) Demote() { c.State = Next }

// Retire ends the key at now. The active key of all apps is refused: without it nothing could be signed. An app's own active
// key may go while it is the only one of the app: the app is back to the key of all apps.
func (c *Certificate) Retire(now time.Time) error {
	switch {
	case c.State == Retired:
		return fault.New(fault.Conflict, "This certificate is retired already.")
	case c.State == Active && c.AppID == "":
		return fault.New(fault.Conflict, "This certificate is the one that signs. Activate another one first.")
	}
	c.State, c.RetiredAt = Retired, &now
	return nil
}

// Published says whether our metadata shows the certificate.
func (c *Certificate) Published() bool { return c.State == Next || c.State == Active }

// DaysLeft is how many whole days the certificate is still valid at now; negative when it has expired.
func (c *Certificate) DaysLeft(now time.Time) int {
	left := c.NotAfter.Sub(now)
	if left < 0 {
		return int(left/(24*time.Hour)) - 1
	}
	return int(left / (24 * time.Hour))
}
