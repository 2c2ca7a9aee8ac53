package admin

import (
	"net/http"

	"github.com/lanyard-idp/lanyard/internal/directory"
)

// shownLosses is of how many apps we count who would lose them: in a group of a hundred thousand each takes a tenth of a second.
const shownLosses = 20

// GroupDeletePage is admin/groupdelete: what goes with a group, before it goes.
type GroupDeletePage struct {
	GroupPage
	Losses []Loss
	More   int // apps whose losses were not counted
}

// Loss is one app, and how many people can open it only through the group.
type Loss struct {
	App    AppWays
	People int
}

func (h *Handler) groupGoes(w http.ResponseWriter, r *http.Request, owner *directory.User, g *directory.Group) error {
	group, err := h.groupPage(r, owner, g)
	if err != nil {
		return err
	}
	page := GroupDeletePage{GroupPage: *group, More: max(0, len(group.Apps)-shownLosses)}
	for _, a := range group.Apps[:min(len(group.Apps), shownLosses)] {
		loss := Loss{App: a}
		if loss.People, err = h.lose(r, a, g); err != nil {
			return err
		}
		page.Losses = append(page.Losses, loss)
	}
	return h.Pages.Render(w, r, http.StatusOK, "admin/groupdelete", &page)
}

// lose counts who would not have the app any more without the group.
func (h *Handler) lose(r *http.Request, a AppWays, g *directory.Group) (int, error) {
	now, err := h.Store.EffectiveCount(r.Context(), a.ID)
	if err != nil {
		return 0, err
	}
	then, err := h.Store.EffectiveCountWithout(r.Context(), a.ID, g.ID)
	return now - then, err
}

func (h *Handler) deleteGroup(w http.ResponseWriter, r *http.Request, _ *directory.User, g *directory.Group) error {
	if err := h.Store.DeleteGroup(r.Context(), g.ID); err != nil {
		return err
	}
	return after(w, r, "/admin/groups", "deleted")
}
