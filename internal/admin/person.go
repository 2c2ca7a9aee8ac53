package admin

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// PersonPage is admin/person.
type PersonPage struct {
	Account     httpserver.Account
	Notice      string
	Problem     string // of a change that was refused
	Person      directory.User
	State       State
	You         bool // the person is who looks
	LastOwner   bool // the only administrator who can sign in
	HasPassword bool
	Block       session.Block // after wrong passwords; zero: none
	Form        Form
	Password    Form
	Apps        []AppWays
	Groups      []GroupWay
	Sessions    []SessionRow
}

// AppWays is one app that a person has, and every way to it in words.
type AppWays struct {
	ID   apps.ID
	Name string
	Off  bool
	Ways []string
}

// GroupWay is one group that a person or a group is in. Way is empty when they are in it themselves.
type GroupWay struct {
	ID        directory.GroupID
	Name, Way string
}

// SessionRow is one browser at which a person is signed in.
type SessionRow struct {
	session.Session
	Browser string
}

// Owner says whether the person is an administrator.
func (p *PersonPage) Owner() bool { return p.Person.Role == directory.RoleOwner }

// Path is the address of the page.
func (p *PersonPage) Path() string { return personPath(p.Person.ID) }

func personPath(id directory.UserID) string { return "/admin/people/" + string(id) }

// aboutPerson answers an administrator about a person.
type aboutPerson func(w http.ResponseWriter, r *http.Request, owner, u *directory.User) error

// onPerson finds the person that the address names, and reads the form that came.
func (h *Handler) onPerson(next aboutPerson) ownerPage {
	return func(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
		if err := httpserver.ParseForm(r); err != nil {
			return err
		}
		u, err := h.Store.User(r.Context(), directory.UserID(chi.URLParam(r, "id")))
		if err != nil {
			return err
		}
		return next(w, r, owner, &u)
	}
}

func toPerson(w http.ResponseWriter, r *http.Request, _ *directory.User) error {
	http.Redirect(w, r, personPath(directory.UserID(chi.URLParam(r, "id"))), http.StatusSeeOther)
	return nil
}

func (h *Handler) person(w http.ResponseWriter, r *http.Request, owner, u *directory.User) error {
	page, err := h.personPage(r, owner, u)
	if err != nil {
		return err
	}
	page.Notice = notice(r)
	return h.Pages.Render(w, r, http.StatusOK, "admin/person", page)
}

func (h *Handler) personPage(r *http.Request, owner, u *directory.User) (*PersonPage, error) {
	page := &PersonPage{
		Account: account(owner), Person: *u, State: personState(u), You: owner.ID == u.ID, Form: personForm(personPath(u.ID), u),
		Password: Form{Action: personPath(u.ID) + "/password", Fields: []Field{{
			Name: "password", Label: "New password", Kind: "password", Optional: true, Help: "Left empty, one is made up and shown to you once.",
		}}},
	}
	for _, fill := range []func(*http.Request, *PersonPage) error{h.fillAccess, h.fillSignIn, h.fillOwner} {
		if err := fill(r, page); err != nil {
			return nil, err
		}
	}
	return page, nil
}

// fillAccess says which apps and groups the person has, and how.
func (h *Handler) fillAccess(r *http.Request, page *PersonPage) error {
	steps, err := h.Store.StepsOfUser(r.Context(), page.Person.ID)
	if err != nil {
		return err
	}
	ways, err := h.Store.WaysOfUser(r.Context(), page.Person.ID)
	page.Apps, page.Groups = appWays(ways, steps), groupWays(steps)
	return err
}

// fillSignIn says how the person signs in, what is in the way, and where they are signed in.
func (h *Handler) fillSignIn(r *http.Request, page *PersonPage) (err error) {
	if page.HasPassword, err = h.Store.HasPassword(r.Context(), page.Person.ID); err != nil {
		return err
	}
	if page.Block, err = h.Store.LongestBlock(r.Context(), h.Now(), auth.AccountKeys(page.Person)...); err != nil {
		return err
	}
	sessions, err := h.Store.SessionsOf(r.Context(), page.Person.ID, h.Now())
	for _, s := range sessions {
		page.Sessions = append(page.Sessions, SessionRow{s, browserName(s.UserAgent)})
	}
	return err
}

func (h *Handler) fillOwner(r *http.Request, page *PersonPage) error {
	if !page.Owner() || page.Person.Disabled {
		return nil
	}
	n, err := h.Store.CountOwners(r.Context())
	page.LastOwner = n == 1
	return err
}

// appWays puts the ways to each app together.
func appWays(ways []apps.Way, steps []directory.Step) []AppWays {
	paths := directory.Paths(steps)
	var rows []AppWays
	for _, w := range ways {
		if len(rows) == 0 || rows[len(rows)-1].ID != w.AppID {
			rows = append(rows, AppWays{ID: w.AppID, Name: w.AppName, Off: !w.Enabled})
		}
		last := &rows[len(rows)-1]
		last.Ways = append(last.Ways, wayInWords(w, paths[w.GroupID]))
	}
	return rows
}

func wayInWords(w apps.Way, path []directory.Group) string {
	switch {
	case w.Everyone:
		return "Everyone has it"
	case w.UserID != "":
		return "Assigned directly"
	}
	return "Through " + chain(path)
}

// chain names the groups on the way, the nearest first.
func chain(path []directory.Group) string {
	names := make([]string, len(path))
	for i, g := range path {
		names[i] = g.Name
	}
	return strings.Join(names, " → ")
}

// groupWays lists each group once, by the shortest way.
func groupWays(steps []directory.Step) []GroupWay {
	paths := directory.Paths(steps)
	var rows []GroupWay
	seen := map[directory.GroupID]bool{}
	for _, s := range steps {
		if seen[s.ID] {
			continue
		}
		seen[s.ID] = true
		row := GroupWay{ID: s.ID, Name: s.Name}
		if path := paths[s.ID]; len(path) > 1 {
			row.Way = chain(path[:len(path)-1])
		}
		rows = append(rows, row)
	}
	return rows
}
