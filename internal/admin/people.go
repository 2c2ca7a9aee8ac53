package admin

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

// peopleRoutes are the pages of people and groups. Each change has an address of its own below the page that it belongs to;
// who comes there by a link is sent to that page.
func (h *Handler) peopleRoutes(r chi.Router) {
	get := func(path string, page ownerPage) { r.Get(path, h.page(page)) }
	post := func(path string, page ownerPage) { r.Post(path, h.page(page)) }

	get("/admin/people", h.people)
	get("/admin/people/add", h.newPerson)
	post("/admin/people/add", h.addPerson)
	get("/admin/people/{id}", h.onPerson(h.person))
	post("/admin/people/{id}", h.onPerson(h.savePerson))
	get("/admin/people/{id}/{change}", toPerson)
	post("/admin/people/{id}/password", h.onPerson(h.newPassword))
	post("/admin/people/{id}/state", h.onPerson(h.setState))
	post("/admin/people/{id}/role", h.onPerson(h.setRole))
	post("/admin/people/{id}/unlock", h.onPerson(h.unlock))
	post("/admin/people/{id}/signout", h.onPerson(h.signOut))
	get("/admin/people/{id}/delete", h.onPerson(h.personLeaves))
	post("/admin/people/{id}/delete", h.onPerson(h.deletePerson))

	get("/admin/groups", h.groups)
	post("/admin/groups", h.addGroup)
	get("/admin/groups/{id}", h.onGroup(h.group))
	post("/admin/groups/{id}", h.onGroup(h.renameGroup))
	get("/admin/groups/{id}/{change}", toGroup)
	post("/admin/groups/{id}/members", h.onGroup(h.addMembers))
	post("/admin/groups/{id}/remove", h.onGroup(h.removeMember))
	get("/admin/groups/{id}/delete", h.onGroup(h.groupGoes))
	post("/admin/groups/{id}/delete", h.onGroup(h.deleteGroup))
}

// PeoplePage is admin/people.
type PeoplePage struct {
	Account httpserver.Account
	Notice  string
	Search  string
	People  []PersonRow
	Pager   Pager
}

// PersonRow is one person of a list.
type PersonRow struct {
	ID                    directory.UserID
	Name, UserName, Email string
	State                 State
	LastSignIn            time.Time // zero: none at a browser that is still known
}

func (h *Handler) people(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	page := PeoplePage{Account: account(owner), Notice: notice(r), Search: asked(r, "q")}
	found, err := h.Store.CountUsers(r.Context(), page.Search)
	if err != nil {
		return err
	}
	page.Pager = newPager(r, found)
	users, err := h.Store.Users(r.Context(), postgres.UserFilter{Search: page.Search, Limit: perPage, Offset: page.Pager.offset()})
	if err != nil {
		return err
	}
	if page.People, err = h.personRows(r, users); err != nil {
		return err
	}
	return h.Pages.Render(w, r, http.StatusOK, "admin/people", page)
}

func (h *Handler) personRows(r *http.Request, users []directory.User) ([]PersonRow, error) {
	ids := make([]directory.UserID, len(users))
	for i := range users {
		ids[i] = users[i].ID
	}
	last, err := h.Store.LastSignIns(r.Context(), ids)
	rows := make([]PersonRow, len(users))
	for i, u := range users {
		rows[i] = PersonRow{ID: u.ID, Name: u.Name(), UserName: u.UserName, Email: u.Email, State: personState(&u), LastSignIn: last[u.ID]}
	}
	return rows, err
}

func personState(u *directory.User) State {
	switch {
	case u.Disabled:
		return State{"Disabled", "warn"}
	case u.Role == directory.RoleOwner:
		return State{"Administrator", "ok"}
	}
	return State{"Active", "ok"}
}
