package sso_test

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// fake is a sso.Store in memory: the rules that the real one keeps, written as plainly as they can be.
type fake struct {
	mu           sync.Mutex
	people       map[string]*present // by token hash
	assigned     map[apps.ID][]directory.UserID
	persistent   map[[2]string]string // app, user
	seen         map[[2]string]time.Time
	pending      map[string]session.Pending
	participants map[[2]string]session.Participant // session, app
	records      []audit.SignIn
	broken       error              // what every call fails with
	answering    func() (sent bool) // whether an answer is out already; checked when something is committed
	early        bool               // an answer was out before its record
}

// present is somebody signed in at a browser.
type present struct {
	session session.Session
	user    directory.User
	groups  []string
}

func newFake() *fake {
	return &fake{
		people: map[string]*present{}, assigned: map[apps.ID][]directory.UserID{}, persistent: map[[2]string]string{},
		seen: map[[2]string]time.Time{}, pending: map[string]session.Pending{}, participants: map[[2]string]session.Participant{},
	}
}

func (f *fake) Visit(_ context.Context, q session.VisitQuery) (*session.Visit, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken != nil {
		return nil, f.broken
	}
	p := f.people[string(q.TokenHash)]
	if p == nil || p.user.Disabled || !p.session.Alive(q.Now) {
		return nil, fault.New(fault.NotFound, "Nobody is signed in at this browser.")
	}
	v := &session.Visit{Session: p.session, User: p.user, PersistentID: f.persistent[[2]string{string(q.AppID), string(p.user.ID)}]}
	v.Assigned = slices.Contains(f.assigned[q.AppID], p.user.ID)
	if q.Groups {
		v.Groups = p.groups
	}
	if told, ok := f.participants[[2]string{string(p.session.ID), string(q.AppID)}]; ok {
		v.Participant = &told
	}
	return v, nil
}

func (f *fake) PersistentID(_ context.Context, app apps.ID, user directory.UserID, candidate string, _ time.Time) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	k := [2]string{string(app), string(user)}
	if f.persistent[k] == "" {
		f.persistent[k] = candidate
	}
	return f.persistent[k], f.broken
}

func used() error { return fault.New(fault.Conflict, "This sign-in was used already.") }

func (f *fake) Conclude(_ context.Context, c session.Conclusion) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.early = f.early || f.answering != nil && f.answering()
	if f.broken != nil {
		return f.broken
	}
	if c.RequestID != "" && !f.first(c.SignIn.AppID, c.RequestID, c.SeenUntil) {
		return used()
	}
	if c.Waiting != nil {
		if _, ok := f.pending[string(c.Waiting)]; !ok {
			return used()
		}
		delete(f.pending, string(c.Waiting))
	}
	if p := c.Participant; p != nil {
		f.participants[[2]string{string(p.SessionID), string(p.AppID)}] = *p
	}
	f.records = append(f.records, c.SignIn)
	return nil
}

func (f *fake) first(app apps.ID, request string, until time.Time) bool {
	k := [2]string{string(app), request}
	if _, ok := f.seen[k]; ok {
		return false
	}
	f.seen[k] = until
	return true
}

func (f *fake) Wait(_ context.Context, token []byte, p session.Pending, requestID string, seenUntil time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken != nil {
		return f.broken
	}
	if requestID != "" && !f.first(p.AppID, requestID, seenUntil) {
		return used()
	}
	f.pending[string(token)] = p
	return nil
}

func (f *fake) Waiting(_ context.Context, token []byte, now time.Time) (session.Pending, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.pending[string(token)]
	if !ok || !now.Before(p.ExpiresAt) {
		return p, fault.New(fault.NotFound, "There is no such waiting sign-on.")
	}
	return p, f.broken
}

func (f *fake) RecordSignIn(_ context.Context, r audit.SignIn) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.early = f.early || f.answering != nil && f.answering()
	f.records = append(f.records, r)
	return nil
}

// last is the latest record; the zero one when there is none.
func (f *fake) last() audit.SignIn {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.records) == 0 {
		return audit.SignIn{}
	}
	return f.records[len(f.records)-1]
}
