package admin

import (
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

// GroupPage is admin/group.
type GroupPage struct {
	Account httpserver.Account
	Notice  string
	Problem string // of a change that was refused
	Group   directory.Group
	Search  string // among the members
	People  []PersonRow
	Members int // people in the group itself, whatever was searched for
	Pager   Pager
	Groups  []directory.Group // in this one
	Within  []GroupWay        // that this one is in
	Apps    []AppWays
	Name    Form
	Paste   Form
	Find    string // somebody or a group to be added
	Found   Found
}

// Found is who could be added.
type Found struct {
	People []PersonRow
	Groups []directory.GroupSummary
}

// shownOffers is how many people and how many groups are offered to be added.
const shownOffers = 8

// Path is the address of the page.
func (p *GroupPage) Path() string { return groupPath(p.Group.ID) }

func groupPath(id directory.GroupID) string { return "/admin/groups/" + string(id) }

// aboutGroup answers an administrator about a group.
type aboutGroup func(w http.ResponseWriter, r *http.Request, owner *directory.User, g *directory.Group) error

// onGroup finds the group that the address names, and reads the form that came.
func (h *Handler) onGroup(next aboutGroup) ownerPage {
	return func(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
		if err := httpserver.ParseForm(r); err != nil {
			return err
		}
		g, err := h.Store.Group(r.Context(), directory.GroupID(chi.URLParam(r, "id")))
		if err != nil {
			return err
		}
		return next(w, r, owner, &g)
	}
}

func toGroup(w http.ResponseWriter, r *http.Request, _ *directory.User) error {
	http.Redirect(w, r, groupPath(directory.GroupID(chi.URLParam(r, "id"))), http.StatusSeeOther)
	return nil
}

func (h *Handler) group(w http.ResponseWriter, r *http.Request, owner *directory.User, g *directory.Group) error {
	page, err := h.groupPage(r, owner, g)
	if err != nil {
		return err
	}
	page.Notice = notice(r)
	return h.Pages.Render(w, r, http.StatusOK, "admin/group", page)
}

func (h *Handler) groupPage(r *http.Request, owner *directory.User, g *directory.Group) (*GroupPage, error) {
	page := &GroupPage{
		Account: account(owner), Group: *g, Search: asked(r, "q"), Find: asked(r, "find"), Name: groupForm(groupPath(g.ID), g.Name),
		Paste: Form{Action: groupPath(g.ID) + "/members", Fields: []Field{{
			Name: "names", Label: "User names or e-mail addresses", Kind: "lines", Rows: 4, Help: "One per line, or with commas between them.",
		}}},
	}
	for _, fill := range []func(*http.Request, *GroupPage) error{h.fillMembers, h.fillReach, h.fillFound} {
		if err := fill(r, page); err != nil {
			return nil, err
		}
	}
	return page, nil
}

func (h *Handler) fillMembers(r *http.Request, page *GroupPage) (err error) {
	id := page.Group.ID
	if page.Members, err = h.Store.CountPeopleOfGroup(r.Context(), id, ""); err != nil {
		return err
	}
	found := page.Members
	if page.Search != "" {
		if found, err = h.Store.CountPeopleOfGroup(r.Context(), id, page.Search); err != nil {
			return err
		}
	}
	page.Pager = newPager(r, found)
	filter := postgres.UserFilter{Search: page.Search, Limit: perPage, Offset: page.Pager.offset()}
	users, err := h.Store.PeopleOfGroup(r.Context(), id, filter)
	if err != nil {
		return err
	}
	if page.People, err = h.personRows(r, users); err != nil {
		return err
	}
	page.Groups, err = h.Store.GroupsInGroup(r.Context(), id)
	return err
}

// fillReach says what being in the group leads to: other groups, and apps.
func (h *Handler) fillReach(r *http.Request, page *GroupPage) error {
	steps, err := h.Store.StepsOfGroup(r.Context(), page.Group.ID)
	if err != nil {
		return err
	}
	ways, err := h.Store.WaysOfGroup(r.Context(), page.Group.ID)
	page.Apps = appWays(ways, steps)
	for _, g := range groupWays(steps) {
		if g.ID != page.Group.ID {
			page.Within = append(page.Within, g)
		}
	}
	return err
}

// fillFound looks for people and groups to be added.
func (h *Handler) fillFound(r *http.Request, page *GroupPage) error {
	if page.Find == "" {
		return nil
	}
	users, err := h.Store.Users(r.Context(), postgres.UserFilter{Search: page.Find, Limit: shownOffers})
	if err != nil {
		return err
	}
	if page.Found.People, err = h.personRows(r, users); err != nil {
		return err
	}
	groups, err := h.Store.Groups(r.Context(), postgres.GroupFilter{Search: page.Find, Limit: shownOffers})
	page.Found.Groups = slices.DeleteFunc(groups, func(g directory.GroupSummary) bool { return g.ID == page.Group.ID })
	return err
}

func (h *Handler) renameGroup(w http.ResponseWriter, r *http.Request, owner *directory.User, g *directory.Group) error {
	trouble := h.Store.RenameGroup(r.Context(), g.ID, r.PostForm.Get("name"))
	if trouble == nil {
		return after(w, r, groupPath(g.ID), "saved")
	}
	page, err := h.groupPage(r, owner, g)
	if err != nil {
		return err
	}
	page.Name.typed(r)
	status, err := page.Name.tell(trouble)
	if err != nil {
		return err
	}
	return h.Pages.Render(w, r, status, "admin/group", page)
}

// refusedGroup shows the page with the reason why nothing was changed.
func (h *Handler) refusedGroup(w http.ResponseWriter, r *http.Request, owner *directory.User, g *directory.Group, trouble error) error {
	f := fault.From(trouble)
	if f.Kind != fault.Conflict && f.Kind != fault.NotFound {
		return trouble
	}
	page, err := h.groupPage(r, owner, g)
	if err != nil {
		return err
	}
	page.Problem = f.Message
	return h.Pages.Render(w, r, http.StatusConflict, "admin/group", page)
}
