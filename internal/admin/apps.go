package admin

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
)

// AppsPage is admin/apps: the apps whose name, slug or entity ID holds the search.
type AppsPage struct {
	Account httpserver.Account
	Search  string
	Apps    []AppRow
	Found   int // of All; Apps are the first of them
	All     int
}

func (h *Handler) listApps(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	all, err := h.Store.Apps(r.Context())
	if err != nil {
		return err
	}
	page := AppsPage{Account: account(owner), Search: strings.TrimSpace(r.FormValue("q")), All: len(all)}
	found := searchApps(all, page.Search)
	page.Found = len(found)
	if page.Apps, err = h.appRows(r, found[:min(len(found), shownApps)]); err != nil {
		return err
	}
	return h.Pages.Render(w, r, http.StatusOK, "admin/apps", page)
}

func searchApps(all []apps.App, search string) (found []apps.App) {
	for _, a := range all {
		if strings.Contains(strings.ToLower(a.Name+" "+a.Slug+" "+a.EntityID), strings.ToLower(search)) {
			found = append(found, a)
		}
	}
	return found
}

// appPath is the page of an app. One that is called like the page that adds apps goes by its ID.
func appPath(a *apps.App) string {
	if a.Slug == "add" {
		return "/admin/apps/" + string(a.ID)
	}
	return "/admin/apps/" + url.PathEscape(a.Slug)
}
