package portal

import (
	"net/http"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
)

// PanelPage is portal/panel: a tile for each app that the person may use.
type PanelPage struct {
	Account httpserver.Account
	Apps    []Tile
}

// Tile is one app on the panel.
type Tile struct{ Slug, Name string }

func (h *Handler) panel(w http.ResponseWriter, r *http.Request) error {
	user, err := h.Visitor(r)
	if err != nil {
		return err
	}
	if user == nil {
		http.Redirect(w, r, "/login", http.StatusSeeOther)
		return nil
	}
	mine, err := h.Store.AppsOfUser(r.Context(), user.ID)
	if err != nil {
		return err
	}
	return h.Pages.Render(w, r, http.StatusOK, "portal/panel", PanelPage{account(user, "apps"), tiles(mine)})
}

// tiles leaves out what the administrator keeps off the panel; such an app is still open to who starts at the app.
func tiles(mine []apps.App) []Tile {
	var shown []Tile
	for _, a := range mine {
		if !a.Settings.HiddenFromPanel {
			shown = append(shown, Tile{a.Slug, a.Name})
		}
	}
	return shown
}
