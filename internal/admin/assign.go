package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

// How much the page shows.
const (
	shownFound    = 20
	shownAssigned = 200
)

// AssignPage is admin/users: who may use the app, and a search for more.
type AssignPage struct {
	AppHead
	People   int // who may use it
	Everyone bool
	Assigned []AssigneeRow
	More     int // assigned, and not shown
	Search   string
	Found    []AssigneeRow // by the search
	Problem  string
	Unknown  []string // of the pasted ones: nobody is called so
	Pasted   string
}

// AssigneeRow is somebody who is assigned, or could be. Ref is what forms call them.
type AssigneeRow struct {
	Ref, Name, About string
	Kind             string // "Person", "Group" or "Everyone"
	Already          bool
}

// ConfirmPage is admin/confirm: what an assignment or its end means, before it is done.
type ConfirmPage struct {
	AppHead
	Remove   bool
	Who      []AssigneeRow
	Before   int // people who may use the app now
	After    int // and then
	Unknown  []string
	Question string
}

func (h *Handler) assigned(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	a, err := h.found(r)
	if err != nil {
		return err
	}
	page, err := h.assignPage(r, &a, owner)
	if err != nil {
		return err
	}
	return h.Pages.Render(w, r, http.StatusOK, "admin/users", page)
}

func (h *Handler) assignPage(r *http.Request, a *apps.App, owner *directory.User) (AssignPage, error) {
	head, people, err := h.head(r, a, owner)
	if err != nil {
		return AssignPage{}, err
	}
	page := AssignPage{AppHead: head, People: people, Search: asked(r, "q")}
	assignments, err := h.Store.Assignments(r.Context(), a.ID)
	if err != nil {
		return page, err
	}
	refs := map[string]bool{}
	for _, as := range assignments {
		refs[refOf(as.Assignee)] = true
		page.Everyone = page.Everyone || as.Everyone
		if len(page.Assigned) < shownAssigned {
			page.Assigned = append(page.Assigned, AssigneeRow{Ref: refOf(as.Assignee), Name: as.Name, Kind: kindOf(as.Assignee)})
		}
	}
	page.More = len(assignments) - len(page.Assigned)
	if page.Search != "" {
		page.Found, err = h.findAssignees(r.Context(), page.Search, refs)
	}
	return page, err
}

func (h *Handler) findAssignees(ctx context.Context, search string, already map[string]bool) (rows []AssigneeRow, _ error) {
	groups, err := h.Store.Groups(ctx, postgres.GroupFilter{Search: search, Limit: shownFound})
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		ref := refOf(apps.Assignee{GroupID: g.ID})
		rows = append(rows, AssigneeRow{Ref: ref, Name: g.Name, Kind: "Group", About: plural(g.Users, "person", "people") + " in it directly", Already: already[ref]})
	}
	users, err := h.Store.Users(ctx, postgres.UserFilter{Search: search, Limit: shownFound})
	for _, u := range users {
		ref := refOf(apps.Assignee{UserID: u.ID})
		rows = append(rows, AssigneeRow{Ref: ref, Name: u.Name(), Kind: "Person", About: aboutUser(&u), Already: already[ref]})
	}
	return rows, err
}

func aboutUser(u *directory.User) string {
	about := u.Email
	if u.UserName != u.Email {
		about = u.UserName + ", " + u.Email
	}
	if u.Disabled {
		about += ", disabled"
	}
	return about
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// assign asks first, and does it when the question was answered. What is searched for or removed comes as "who", what is
// pasted as "pasted".
func (h *Handler) assign(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	if err := httpserver.ParseForm(r); err != nil {
		return err
	}
	a, err := h.found(r)
	if err != nil {
		return err
	}
	c := change{app: &a, remove: r.PostForm.Get("remove") != ""}
	if err := c.read(r, h.Store); err != nil {
		return err
	}
	switch {
	case len(c.who) == 0:
		return h.nobodyChosen(w, r, &c, owner)
	case r.PostForm.Get("sure") == "":
		return h.ask(w, r, &c, owner)
	}
	err = h.Store.InTx(r.Context(), func(tx *postgres.Store) error { return c.do(r.Context(), tx) })
	if err != nil {
		return err
	}
	if c.remove {
		return after(w, r, appPath(&a)+"/users", "unassigned")
	}
	return after(w, r, appPath(&a)+"/users", "assigned")
}

func (h *Handler) nobodyChosen(w http.ResponseWriter, r *http.Request, c *change, owner *directory.User) error {
	page, err := h.assignPage(r, c.app, owner)
	if err != nil {
		return err
	}
	page.Unknown, page.Pasted = c.unknown, r.PostForm.Get("pasted")
	page.Problem = "Nobody is chosen: tick somebody, or paste addresses."
	if len(c.unknown) > 0 {
		page.Problem = "None of these is known here. Nobody was assigned."
	}
	return h.Pages.Render(w, r, http.StatusUnprocessableEntity, "admin/users", page)
}

// ask says in words and numbers what would happen: it is done, counted, and undone.
func (h *Handler) ask(w http.ResponseWriter, r *http.Request, c *change, owner *directory.User) error {
	head, people, err := h.head(r, c.app, owner)
	if err != nil {
		return err
	}
	page := ConfirmPage{AppHead: head, Remove: c.remove, Who: c.rows, Before: people, Unknown: c.unknown}
	err = h.Store.InTx(r.Context(), func(tx *postgres.Store) error {
		if err := c.do(r.Context(), tx); err != nil {
			return err
		}
		if page.After, err = tx.EffectiveCount(r.Context(), c.app.ID); err != nil {
			return err
		}
		return errOnlyAsked
	})
	if !errors.Is(err, errOnlyAsked) {
		return err
	}
	return h.Pages.Render(w, r, http.StatusOK, "admin/confirm", page)
}

var errOnlyAsked = errors.New("only asked")

// change is an assignment of several, or its end.
type change struct {
	app     *apps.App
	remove  bool
	who     []apps.Assignee
	rows    []AssigneeRow
	unknown []string
}

func (c *change) do(ctx context.Context, tx *postgres.Store) error {
	one := tx.Assign
	if c.remove {
		one = tx.Unassign
	}
	for _, who := range c.who {
		if err := one(ctx, c.app.ID, who); err != nil {
			return err
		}
	}
	return nil
}

// read finds who is meant. What is ticked was found before and has to be there; what is pasted may be wrong.
func (c *change) read(r *http.Request, s *postgres.Store) error {
	for _, ref := range r.PostForm["who"] {
		if err := c.add(r.Context(), s, ref); err != nil {
			return err
		}
	}
	for _, name := range splitPasted(r.PostForm.Get("pasted")) {
		u, err := s.FindUser(r.Context(), name)
		switch {
		case fault.Is(err, fault.NotFound):
			c.unknown = append(c.unknown, name)
		case err != nil:
			return err
		default:
			c.addUser(&u)
		}
	}
	return nil
}

func (c *change) add(ctx context.Context, s *postgres.Store, ref string) error {
	kind, id, _ := strings.Cut(ref, ":")
	switch kind {
	case "user":
		u, err := s.User(ctx, directory.UserID(id))
		if err == nil {
			c.addUser(&u)
		}
		return err
	case "group":
		g, err := s.Group(ctx, directory.GroupID(id))
		c.put(apps.Assignee{GroupID: g.ID}, AssigneeRow{Name: g.Name, Kind: "Group", About: "with everybody in it, through other groups too"})
		return err
	case "everyone":
		c.put(apps.Assignee{Everyone: true}, AssigneeRow{Name: "Everyone", Kind: "Everyone", About: "everybody here, now and later"})
		return nil
	}
	return fault.New(fault.Invalid, "The form could not be read. Go back and try again.")
}

func (c *change) addUser(u *directory.User) {
	c.put(apps.Assignee{UserID: u.ID}, AssigneeRow{Name: u.Name(), Kind: "Person", About: aboutUser(u)})
}

func (c *change) put(who apps.Assignee, row AssigneeRow) {
	if slices.Contains(c.who, who) {
		return
	}
	row.Ref = refOf(who)
	c.who, c.rows = append(c.who, who), append(c.rows, row)
}

// splitPasted takes addresses apart however they are written: in lines, with commas or semicolons, as a mail program does.
func splitPasted(text string) (names []string) {
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("\r\n,;", r) }) {
		if i := strings.IndexByte(part, '<'); i >= 0 { // Ada Lovelace <ada@example.org>
			part = strings.TrimSuffix(strings.TrimSpace(part[i+1:]), ">")
		}
		if part = searchable(part); part != "" {
			names = append(names, part)
		}
	}
	return names
}

func refOf(who apps.Assignee) string {
	switch {
	case who.UserID != "":
		return "user:" + string(who.UserID)
	case who.GroupID != "":
		return "group:" + string(who.GroupID)
	}
	return "everyone:"
}

func kindOf(who apps.Assignee) string {
	switch {
	case who.UserID != "":
		return "Person"
	case who.GroupID != "":
		return "Group"
	}
	return "Everyone"
}
