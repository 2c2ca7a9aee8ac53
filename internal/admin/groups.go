package admin

import (
	"net/http"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

// GroupsPage is admin/groups.
type GroupsPage struct {
	Account httpserver.Account
	Notice  string
	Search  string
	Groups  []directory.GroupSummary
	Pager   Pager
	Form    Form
}

func (h *Handler) groups(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	page, err := h.groupsPage(r, owner)
	if err != nil {
		return err
	}
	return h.Pages.Render(w, r, http.StatusOK, "admin/groups", page)
}

func (h *Handler) groupsPage(r *http.Request, owner *directory.User) (GroupsPage, error) {
	page := GroupsPage{Account: account(owner), Notice: notice(r), Search: asked(r, "q"), Form: groupForm("/admin/groups", "")}
	found, err := h.Store.CountGroups(r.Context(), page.Search)
	if err != nil {
		return page, err
	}
	page.Pager = newPager(r, found)
	page.Groups, err = h.Store.Groups(r.Context(), postgres.GroupFilter{Search: page.Search, Limit: perPage, Offset: page.Pager.offset()})
	return page, err
}

func groupForm(action, name string) Form {
	return Form{Action: action, Fields: []Field{{Name: "name", Label: "Name of the group", Value: name}}}
}

func (h *Handler) addGroup(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	if err := httpserver.ParseForm(r); err != nil {
		return err
	}
	g := directory.Group{Name: r.PostForm.Get("name")}
	trouble := h.Store.CreateGroup(r.Context(), &g)
	if trouble == nil {
		return after(w, r, groupPath(g.ID), "added")
	}
	page, err := h.groupsPage(r, owner)
	if err != nil {
		return err
	}
	page.Form.typed(r)
	status, err := page.Form.tell(trouble)
	if err != nil {
		return err
	}
	return h.Pages.Render(w, r, status, "admin/groups", page)
}
