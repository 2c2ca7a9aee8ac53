package auth

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// proof is a person who gave the right password. Only prove makes one.
type proof struct {
	at        time.Time
	person    session.Credential
	throttles []session.Throttle
	tries     []session.Try
	upgraded  string // hash of the same password at today's cost, if the kept one is older
}

// prove checks name and password, or answers Refused. Whoever is refused here has taken the same steps: one look-up, one
// question to the throttle, one hash, one record.
func (a *Authenticator) prove(ctx context.Context, t Attempt) (proof, error) {
	p := proof{at: a.Now().UTC().Truncate(time.Microsecond)} // as the database keeps it
	var err error
	p.person, err = a.Store.CredentialByName(ctx, strings.TrimSpace(t.UserName), t.Device)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return p, err
	}
	if p.person.Name == "" {
		p.person.Name = strings.TrimSpace(t.UserName)
	}
	p.throttles = throttles(p.person, t)
	if err := a.mayTry(ctx, t, p); err != nil {
		return p, err
	}
	right, err := a.check(ctx, t, &p)
	switch {
	case err != nil:
		return p, err
	case !right:
		return p, a.refuse(ctx, t, p, wrong(audit.ReasonCredentialsWrong), audit.Detail{})
	case p.person.User.Disabled:
		return p, a.refuse(ctx, t, p, wrong(audit.ReasonUserDisabled), audit.Detail{})
	}
	return p, nil
}

// mayTry refuses who has to wait. A flood of tries leaves the 1st, 2nd, 4th, 8th … in the records, so that it is seen and
// does not fill the disk.
func (a *Authenticator) mayTry(ctx context.Context, t Attempt, p proof) error {
	keys := make([]string, len(p.throttles))
	for i, th := range p.throttles {
		keys[i] = th.Key
	}
	block, err := a.Store.RefuseTry(ctx, p.at, keys...)
	if err != nil || block.Key == "" {
		return err
	}
	refused := lockedOut(block.Until.Sub(p.at))
	if block.Refused&(block.Refused-1) != 0 {
		return refused
	}
	a.Logger.WarnContext(ctx, "sign-ins are being slowed down", "throttle", block.Key, "refused", block.Refused,
		"address", t.Address, "reference", t.Reference)
	return a.refuse(ctx, t, p, refused, audit.Detail{Extra: map[string]string{"refused": strconv.Itoa(block.Refused)}})
}

// check does the costly part in its turn. The try is counted, on all nodes, before the password is looked at: parallel
// guesses cannot outrun the count.
func (a *Authenticator) check(ctx context.Context, t Attempt, p *proof) (bool, error) {
	if err := a.Hasher.enter(ctx); err != nil {
		return false, err
	}
	defer a.Hasher.leave()
	quick, cancel := context.WithTimeout(ctx, maxWait) // others wait for this turn
	defer cancel()
	tries, ok, err := a.Store.ReserveTries(quick, p.at, p.throttles...)
	if err != nil {
		return false, err
	}
	if !ok {
		return false, a.overtaken(ctx, t, *p)
	}
	p.tries = tries
	right, old := a.Hasher.matches(p.person.PasswordHash, t.Password)
	if old && !p.person.User.Disabled {
		p.upgraded = a.Hasher.hash(t.Password)
	}
	return right, nil
}

// overtaken answers a try that was free to go on until another one took the last free place.
func (a *Authenticator) overtaken(ctx context.Context, t Attempt, p proof) error {
	if err := a.mayTry(ctx, t, p); err != nil {
		return err
	}
	return lockedOut(time.Second)
}

// refuse keeps the attempt on record, even when the browser has gone: a guess must not vanish with it.
func (a *Authenticator) refuse(ctx context.Context, t Attempt, p proof, r *Refused, detail audit.Detail) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), maxWait)
	defer cancel()
	entry := record(t, p, r.Reason)
	entry.Detail = detail
	if err := a.Store.RecordSignIn(ctx, entry); err != nil {
		return err
	}
	return r
}

// failedToOpen tells a person who changed during the sign-in from a breakdown.
func (a *Authenticator) failedToOpen(ctx context.Context, t Attempt, p proof, err error) error {
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	return a.refuse(ctx, t, p, wrong(audit.ReasonCredentialsWrong), audit.Detail{
		Explanation: "The account was disabled or its password changed while the person signed in.",
	})
}

func record(t Attempt, p proof, reason audit.Reason) audit.SignIn {
	r := audit.SignIn{
		At: p.at, Reference: t.Reference, Kind: audit.KindSignIn, Reason: reason, UserID: p.person.User.ID,
		UserName: p.person.User.UserName, Address: t.Address, UserAgent: t.UserAgent,
	}
	if r.UserID == "" {
		r.UserName = masked(p.person.Name)
	}
	return r
}

// masked keeps of a name that nobody has as much as helps to recognise a slip: people type passwords into the wrong field.
func masked(name string) string {
	shown := []rune(name)
	return string(shown[:min(len(shown), 2)]) + "…"
}

// upgrade keeps the same password at today's cost. The person is in already: a failure is only worth a line.
func (a *Authenticator) upgrade(ctx context.Context, p proof) {
	if p.upgraded == "" {
		return
	}
	if err := a.Store.UpgradePasswordHash(ctx, p.person.User.ID, p.person.PasswordHash, p.upgraded); err != nil {
		a.Logger.WarnContext(ctx, "password hash not upgraded", "user", p.person.User.ID, "error", err)
	}
}
