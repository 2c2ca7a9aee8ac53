package admin

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/gallery"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/metadata"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// shownAttempts is how many sign-ins the page of an app shows.
const shownAttempts = 10

// AppHead is what every page of an app begins with.
type AppHead struct {
	Account  httpserver.Account
	Name     string
	Path     string // of the app's own page
	EntityID string
	State    State
	Notice   string // of what was done just now
}

// AppPage is admin/app: the four things that have to be in order, and what became of them.
type AppPage struct {
	AppHead
	Slug         string
	Enabled      bool
	Configured   *time.Time // when somebody said that the app's side knows us
	SignedIn     *time.Time // when somebody was signed in to the app last, as far as SignIns go
	Provisioning string     // what is known of accounts at the app
	Assigned     int        // assignments
	People       int        // who may use it
	Next         int        // the first of the four that is unfinished; 0 when none is
	SignIns      []SignInRow
	Certificates []CertificateRow
	NameID       ClaimRow // Name is the format
	Warnings     []string // about the metadata that the app was made from just now
	Claims       []ClaimRow
}

// ClaimRow is one thing that the app is told.
type ClaimRow struct {
	Name, From string
	Required   bool
}

// found reads the app that the address names.
func (h *Handler) found(r *http.Request) (apps.App, error) {
	return h.Store.FindApp(r.Context(), searchable(chi.URLParam(r, "app")))
}

func (h *Handler) head(r *http.Request, a *apps.App, owner *directory.User) (AppHead, int, error) {
	people, err := h.Store.EffectiveCount(r.Context(), a.ID)
	return AppHead{Account: account(owner), Name: a.Name, Path: appPath(a), EntityID: a.EntityID, State: appState(a, people), Notice: notice(r)}, people, err
}

func (h *Handler) showApp(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	a, err := h.found(r)
	if err != nil {
		return err
	}
	page, err := h.appPage(r, &a, owner)
	if err != nil {
		return err
	}
	return h.Pages.Render(w, r, http.StatusOK, "admin/app", page)
}

func (h *Handler) appPage(r *http.Request, a *apps.App, owner *directory.User) (AppPage, error) {
	head, people, err := h.head(r, a, owner)
	if err != nil {
		return AppPage{}, err
	}
	page := AppPage{AppHead: head, Slug: a.Slug, Enabled: a.Enabled, People: people, NameID: nameIDRule(a.Settings.NameID), Claims: claimRows(a.Settings.Claims)}
	if !a.Settings.ConfiguredAt.IsZero() {
		page.Configured = &a.Settings.ConfiguredAt
	}
	assignments, err := h.Store.Assignments(r.Context(), a.ID)
	if err != nil {
		return page, err
	}
	page.Assigned = len(assignments)
	attempts, err := h.Store.SignInsOfApp(r.Context(), a.ID, shownAttempts)
	if err != nil {
		return page, err
	}
	page.SignIns, page.SignedIn = signInRows(attempts), lastSuccess(attempts)
	page.Next = page.unfinished()
	keys, err := h.Store.SigningKeys(r.Context())
	if err != nil {
		return page, err
	}
	if active := certs.ActiveFor(keys, a.ID); active != nil {
		page.Certificates = h.certificateRows([]certs.Certificate{*active}, []apps.App{*a})
	}
	if r.URL.Query().Get("done") == imported {
		page.Warnings = h.warnings(a)
	}
	page.Provisioning, err = h.accounts(r, a)
	return page, err
}

// imported is what the address says when the app was made from a document just now.
const imported = "imported"

// warnings are what the administrator should know of the app's document; reading it once more tells.
func (h *Handler) warnings(a *apps.App) []string {
	if a.MetadataXML == nil {
		return nil
	}
	got, err := metadata.Import(a.MetadataXML, metadata.Options{EntityID: a.EntityID, Now: h.Now(), AllowHTTP: a.Settings.AllowHTTP})
	if err != nil {
		return nil // it was read before
	}
	return got.Warnings
}

// unfinished is the first block that keeps people out.
func (p *AppPage) unfinished() int {
	switch {
	case !p.Enabled:
		return 1
	case p.Configured == nil && p.SignedIn == nil:
		return 2
	case p.People == 0:
		return 4
	}
	return 0
}

func lastSuccess(attempts []audit.SignIn) *time.Time {
	for _, a := range attempts {
		if a.Kind == audit.KindSignOn && a.Reason == audit.ReasonNone {
			return &a.At
		}
	}
	return nil
}

// accounts is what the gallery knows of accounts at the app.
func (h *Handler) accounts(r *http.Request, a *apps.App) (string, error) {
	t, err := h.templateOf(r, a)
	if t == nil || err != nil {
		return "", err
	}
	return t.NameID.Note, nil
}

// templateOf is the template that the app came from; nil when there is none, or it is there no more.
func (h *Handler) templateOf(r *http.Request, a *apps.App) (*gallery.Template, error) {
	if a.Settings.Template == "" {
		return nil, nil
	}
	all, err := h.templates(r)
	if err != nil {
		return nil, err
	}
	t, err := gallery.ByID(all, a.Settings.Template)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return t, err
}

// nameIDRule is the format and the source of the value; some formats have values that are made up.
func nameIDRule(rule apps.NameIDRule) ClaimRow {
	row := ClaimRow{Name: apps.NameIDFormatName(cmp.Or(rule.Format, saml.FormatEmail)), From: string(cmp.Or(rule.Source, apps.SourceEmail)), Required: true}
	switch rule.Format {
	case saml.FormatPersistent, saml.FormatTransient:
		row.From = "made up for this app"
	case apps.FormatNone:
		row.From, row.Required = "not sent", false
	}
	return row
}

func claimRows(all []apps.Claim) []ClaimRow {
	rows := make([]ClaimRow, len(all))
	for i, c := range all {
		rows[i] = ClaimRow{Name: c.Name, From: string(c.Source), Required: c.Required}
		if c.Source == apps.SourceConstant {
			rows[i].From = strings.Join(c.Constant, ", ")
		}
	}
	return rows
}

// toApp is for who comes by a link to what only a form does: after signing in again, for one.
func (h *Handler) toApp(w http.ResponseWriter, r *http.Request, _ *directory.User) error {
	a, err := h.found(r)
	if err != nil {
		return err
	}
	return goOn(w, r, appPath(&a))
}

func (h *Handler) switchApp(w http.ResponseWriter, r *http.Request, _ *directory.User) error {
	if err := httpserver.ParseForm(r); err != nil {
		return err
	}
	a, err := h.found(r)
	if err != nil {
		return err
	}
	if err := h.Store.SetAppEnabled(r.Context(), a.ID, r.PostForm.Get("enabled") == "yes"); err != nil {
		return err
	}
	return goOn(w, r, appPath(&a))
}

// RemovePage is admin/remove: the consequence in numbers, and the name to type.
type RemovePage struct {
	AppHead
	People   int
	Assigned int
	Form     Form
}

func (h *Handler) askRemove(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	a, err := h.found(r)
	if err != nil {
		return err
	}
	page, err := h.removePage(r, &a, owner)
	if err != nil {
		return err
	}
	return h.Pages.Render(w, r, http.StatusOK, "admin/remove", page)
}

func (h *Handler) removePage(r *http.Request, a *apps.App, owner *directory.User) (RemovePage, error) {
	head, people, err := h.head(r, a, owner)
	if err != nil {
		return RemovePage{}, err
	}
	assignments, err := h.Store.Assignments(r.Context(), a.ID)
	return RemovePage{
		AppHead: head, People: people, Assigned: len(assignments),
		Form: Form{Action: head.Path + "/remove", Fields: []Field{{Name: "confirm", Label: "Type the name of the app: " + a.Name}}},
	}, err
}

func (h *Handler) removeApp(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	if err := httpserver.ParseForm(r); err != nil {
		return err
	}
	a, err := h.found(r)
	if err != nil {
		return err
	}
	if strings.TrimSpace(r.PostForm.Get("confirm")) == a.Name {
		if err := h.Store.DeleteApp(r.Context(), a.ID); err != nil {
			return err
		}
		return goOn(w, r, "/admin/apps")
	}
	page, err := h.removePage(r, &a, owner)
	if err != nil {
		return err
	}
	page.Form.typed(r)
	page.Form.Fields[0].Problem = "This is not the name. Nothing was removed."
	return h.Pages.Render(w, r, http.StatusUnprocessableEntity, "admin/remove", page)
}
