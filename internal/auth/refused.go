package auth

import (
	"fmt"
	"time"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

// Refused says that nobody was signed in, and why. Fault is what the person may read: the same for all who gave a wrong
// name or password.
type Refused struct {
	Fault  *fault.Error
	Reason audit.Reason  // for the record; not for the person
	Wait   time.Duration // until the next try makes sense; 0: at once
}

func (r *Refused) Error() string { return r.Fault.Error() }

// Unwrap lets fault.From find the Fault.
func (r *Refused) Unwrap() error { return r.Fault }

func lockedOut(wait time.Duration) *Refused {
	return &Refused{
		Reason: audit.ReasonLockedOut, Wait: wait,
		Fault: fault.New(fault.Unauthenticated, "Too many tries. Please wait %s and try again.", inWords(wait)),
	}
}

func wrong(reason audit.Reason) *Refused {
	return &Refused{Reason: reason, Fault: fault.New(fault.Unauthenticated, "%s", audit.ReasonCredentialsWrong.ForPerson())}
}

// inWords is a waiting time as a person reads it, rounded up.
func inWords(d time.Duration) string {
	n, unit := int((d+time.Second-1)/time.Second), "second"
	if n > 90 {
		n, unit = (n+59)/60, "minute"
	}
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
