package auth

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// Store is what signing in remembers. ReserveTries and RefuseTry must hold for all nodes at once.
type Store interface {
	CredentialByName(ctx context.Context, name string, device session.Token) (session.Credential, error)
	RefuseTry(ctx context.Context, now time.Time, keys ...string) (session.Block, error)
	ReserveTries(ctx context.Context, now time.Time, throttles ...session.Throttle) (tries []session.Try, ok bool, err error)
	SettleTries(ctx context.Context, now time.Time, tries ...session.Try) error
	RecordSignIn(ctx context.Context, r audit.SignIn) error
	SignedIn(ctx context.Context, o session.Opening, r audit.SignIn) (session.ID, error)
	ChangedPassword(ctx context.Context, o session.Opening, hash string, r audit.SignIn) (session.ID, error)
	UpgradePasswordHash(ctx context.Context, user directory.UserID, old, upgraded string) error
}

// Authenticator signs people in.
type Authenticator struct {
	Store   Store
	Hasher  *Hasher
	Context saml.AuthnContextClass // what a password at our address proves; see ContextAt
	Now     func() time.Time
	Logger  *slog.Logger
}

// Attempt is what a browser sent, and what it holds.
type Attempt struct {
	UserName  string // or e-mail address
	Password  string
	Address   string        // of the browser
	UserAgent string        // as it calls itself
	Device    session.Token // from the device cookie; the zero Token for none
	Current   session.Token // from the session cookie; the zero Token for none
	Reference string        // of the request: shown to the person, found in the log
}

// Result is a person signed in. Token and Device are the new values of the two cookies; the old ones are worth nothing.
type Result struct {
	User    directory.User
	Session session.Session
	Token   session.Token
	Device  session.Token
}

// SignIn opens a new session for whoever gives the right name and password, or answers Refused. A session that the browser
// held goes on with a new secret if it is the same person's, and ends if not.
func (a *Authenticator) SignIn(ctx context.Context, t Attempt) (Result, error) {
	p, err := a.prove(ctx, t)
	if err != nil {
		return Result{}, err
	}
	o := a.opening(t, p)
	o.Session.ID, err = a.Store.SignedIn(ctx, o, record(t, p, audit.ReasonNone))
	if err != nil {
		return Result{}, a.failedToOpen(ctx, t, p, err)
	}
	a.upgrade(ctx, p)
	return Result{User: p.person.User, Session: o.Session, Token: o.Token, Device: o.Device}, nil
}

// ChangePassword is SignIn that leaves the person with another password. It ends their other sessions and makes other
// browsers unknown. A new password that may not be chosen is fault.Invalid on the field "password".
func (a *Authenticator) ChangePassword(ctx context.Context, t Attempt, password string) (Result, error) {
	p, err := a.prove(ctx, t)
	if err != nil {
		return Result{}, err
	}
	hash, err := a.Hasher.Hash(ctx, password, About(p.person.User)...)
	if err != nil {
		return Result{}, errors.Join(err, a.Store.SettleTries(ctx, p.at, p.tries...))
	}
	o := a.opening(t, p)
	o.Session.ID, err = a.Store.ChangedPassword(ctx, o, hash, record(t, p, audit.ReasonNone))
	if err != nil {
		return Result{}, a.failedToOpen(ctx, t, p, err)
	}
	return Result{User: p.person.User, Session: o.Session, Token: o.Token, Device: o.Device}, nil
}

// About is what must not make up a person's password (see CheckPassword).
func About(u directory.User) []string {
	return []string{u.UserName, u.Email, u.GivenName, u.FamilyName, u.DisplayName}
}

func (a *Authenticator) opening(t Attempt, p proof) session.Opening {
	return session.Opening{
		Session: session.Session{
			UserID: p.person.User.ID, CreatedAt: p.at, LastSeenAt: p.at, ExpiresAt: p.at.Add(session.AbsoluteLimit),
			AuthnInstant: p.at, AuthnContext: a.Context, Address: t.Address, UserAgent: t.UserAgent,
		},
		Token: session.NewToken(), Replaces: t.Current, Device: session.NewToken(), OldDevice: t.Device,
		PasswordHash: p.person.PasswordHash, Tries: p.tries,
	}
}

// ContextAt is what a password typed at this address of ours proves: PasswordProtectedTransport where nobody else on the
// way can read it, which is https or this machine, Password elsewhere (AuthnContext §3.4.13, §3.4.10).
func ContextAt(public *url.URL) saml.AuthnContextClass {
	host := strings.ToLower(public.Hostname())
	ip, err := netip.ParseAddr(host)
	local := host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && ip.IsLoopback()
	if public.Scheme == "https" || local {
		return saml.ClassPasswordProtected
	}
	return saml.ClassPassword
}
