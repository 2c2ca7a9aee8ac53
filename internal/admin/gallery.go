package admin

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/gallery"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
)

// GalleryPage is admin/gallery.
type GalleryPage struct {
	Account    httpserver.Account
	Search     string
	Category   string // the one chosen, or ""
	Categories []string
	Tiles      []TemplateTile
}

// TemplateTile is one app that is ready to be added.
type TemplateTile struct {
	ID, Name, Vendor, Summary string
	Formerly                  []string
	Badges                    []string
	Added                     bool // there is an app of it already
}

func (h *Handler) gallery(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	all, err := h.templates(r)
	if err != nil {
		return err
	}
	kept, err := h.Store.Apps(r.Context())
	if err != nil {
		return err
	}
	page := GalleryPage{
		Account: account(owner), Search: strings.TrimSpace(r.FormValue("q")), Category: r.FormValue("category"), Categories: categories(all),
	}
	for _, t := range gallery.Search(all, page.Search) {
		if page.Category == "" || slices.Contains(t.Categories, page.Category) {
			page.Tiles = append(page.Tiles, tileOf(&t, len(madeOf(kept, t.ID)) > 0))
		}
	}
	return h.Pages.Render(w, r, http.StatusOK, "admin/gallery", page)
}

// templates reads the gallery. A broken file of the administrator's own is a note in the log; the others are fine.
func (h *Handler) templates(r *http.Request) ([]gallery.Template, error) {
	all, err := h.Gallery.Templates()
	if all == nil {
		return nil, err
	}
	if err != nil {
		httpserver.Note(r.Context(), slog.String("gallery", err.Error()))
	}
	return all, nil
}

func categories(all []gallery.Template) (names []string) {
	for _, t := range all {
		names = append(names, t.Categories...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func tileOf(t *gallery.Template, added bool) TemplateTile {
	tile := TemplateTile{ID: t.ID, Name: t.Name, Vendor: t.Vendor, Summary: t.Summary, Formerly: t.FormerNames, Badges: []string{"SAML"}, Added: added}
	if !t.IdPInitiated {
		tile.Badges = append(tile.Badges, "starts at the app")
	}
	if fields, err := t.FieldsOf(""); err == nil && !slices.ContainsFunc(fields, gallery.Field.Needed) {
		tile.Badges = append(tile.Badges, "nothing to type")
	}
	return tile
}

// madeOf are the apps that came from a template.
func madeOf(kept []apps.App, template string) (made []apps.App) {
	for _, a := range kept {
		if a.Settings.Template == template {
			made = append(made, a)
		}
	}
	return made
}

// TemplatePage is admin/template: what one has to know and to type to add an app of the gallery.
type TemplatePage struct {
	Account  httpserver.Account
	Template TemplateTile
	Needs    []string // what has to be there before
	Links    []gallery.Link
	Sources  []gallery.Link
	Variants []VariantLink // more than one
	Note     string        // on the chosen variant
	Already  []AppLink
	Form     Form
}

// VariantLink is one set of the vendor's values.
type VariantLink struct {
	Name, URL string
	Chosen    bool
}

// AppLink leads to an app.
type AppLink struct{ Name, URL string }

// offered is a template with the variant that was chosen, and the apps that came from it.
type offered struct {
	t       *gallery.Template
	variant string
	made    []apps.App
}

func (h *Handler) offered(r *http.Request) (*offered, error) {
	all, err := h.templates(r)
	if err != nil {
		return nil, err
	}
	t, err := gallery.ByID(all, chi.URLParam(r, "template"))
	if err != nil {
		return nil, err
	}
	kept, err := h.Store.Apps(r.Context())
	return &offered{t, t.Usual(r.URL.Query().Get("variant")), madeOf(kept, t.ID)}, err
}

func (h *Handler) askTemplate(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	o, err := h.offered(r)
	if err != nil {
		return err
	}
	page, err := o.page(owner)
	if err != nil {
		return err
	}
	return h.Pages.Render(w, r, http.StatusOK, "admin/template", page)
}

func (h *Handler) addTemplate(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	if err := httpserver.ParseForm(r); err != nil {
		return err
	}
	o, err := h.offered(r)
	if err != nil {
		return err
	}
	a, err := o.app(r.PostForm)
	if err == nil {
		err = h.Store.CreateApp(r.Context(), &a)
	}
	if err == nil {
		return goOn(w, r, appPath(&a))
	}
	page, broken := o.page(owner)
	if broken != nil {
		return broken
	}
	page.Form.typed(r)
	status, err := page.Form.tell(err)
	if err != nil {
		return err
	}
	return h.Pages.Render(w, r, status, "admin/template", page)
}

// app makes what was asked for. A second app of the same template has a name and an entity ID of its own.
func (o *offered) app(typed url.Values) (apps.App, error) {
	values := map[string]string{}
	fields, err := o.t.FieldsOf(o.variant)
	if err != nil {
		return apps.App{}, err
	}
	for _, f := range fields {
		values[f.Key] = typed.Get(f.Key)
		if f.Needed() && strings.TrimSpace(values[f.Key]) == "" {
			return apps.App{}, fault.Field(f.Key, "This is needed.")
		}
	}
	a, err := o.t.App(values, o.variant)
	if err != nil || len(o.made) == 0 {
		return a, err
	}
	if id := strings.TrimSpace(typed.Get(entityIDField)); id != "" {
		a.EntityID = id
	}
	if name := strings.TrimSpace(typed.Get(nameField)); name != "" {
		a.Name, a.Slug = name, ""
	}
	return a, nil
}
