package admin

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/gallery"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
)

// ConfigurePage is admin/configure: what to type at the vendor, in the vendor's words and order.
type ConfigurePage struct {
	AppHead
	Vendor      string // what the other side is called in sentences
	Modes       []ModeLink
	Where       string
	Rows        []ValueRow
	Guide       []string
	Links       []gallery.Link
	Downloads   []Download
	MetadataURL string
	SHA1        string
	SHA256      string
	Configured  *time.Time
	Start       string // where to try it; "" when the app may only be opened from its own side
	Problem     string
}

// ModeLink is one of the ways that the vendor offers.
type ModeLink struct {
	Name, URL string
	Chosen    bool
}

// ValueRow is one box of the vendor's form. A file has an address instead of a value, or beside it.
type ValueRow struct {
	ID, Label, Value, Help string
	Lines                  int // of a value that has several
	File, FileLabel        string
}

func (h *Handler) configure(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	a, err := h.found(r)
	if err != nil {
		return err
	}
	page, err := h.configurePage(r, &a, owner)
	if err != nil {
		return err
	}
	return h.Pages.Render(w, r, http.StatusOK, "admin/configure", page)
}

func (h *Handler) configurePage(r *http.Request, a *apps.App, owner *directory.User) (ConfigurePage, error) {
	head, _, err := h.head(r, a, owner)
	if err != nil {
		return ConfigurePage{}, err
	}
	page := ConfigurePage{AppHead: head, Vendor: a.Name, MetadataURL: a.IdP(h.PublicURL).MetadataURL}
	if !a.Settings.ConfiguredAt.IsZero() {
		page.Configured = &a.Settings.ConfiguredAt
	}
	if !a.Settings.NoUnsolicited {
		page.Start = "/saml/start/" + url.PathEscape(a.Slug)
	}
	values := gallery.Ours(h.PublicURL, a)
	keys, err := h.Store.SigningKeys(r.Context())
	if err != nil {
		return page, err
	}
	if active := certs.ActiveFor(keys, a.ID); active != nil {
		active.Fill(values)
	}
	page.SHA1, page.SHA256 = values[gallery.BindSHA1], values[gallery.BindSHA256]
	t, err := h.templateOf(r, a)
	if err != nil {
		return page, err
	}
	if t == nil || !page.addForm(t, a, r.FormValue("mode"), values) {
		page.addGeneral(values)
	}
	return page, nil
}

// addForm fills in the vendor's form; false when the template lacks the variant by now.
func (p *ConfigurePage) addForm(t *gallery.Template, a *apps.App, mode string, values map[gallery.Bind]string) bool {
	forms, err := t.FormsOf(a.Settings.TemplateVariant)
	if err != nil || len(forms) == 0 {
		return false
	}
	chosen := 0
	for i, f := range forms {
		if f.Mode == mode {
			chosen = i
		}
	}
	for i, f := range forms {
		p.Modes = append(p.Modes, ModeLink{f.Mode, p.Path + "/configure?" + url.Values{"mode": {f.Mode}}.Encode(), i == chosen})
	}
	fields, err := t.Form(forms[chosen].Mode, a.Settings.TemplateVariant, values)
	if err != nil {
		return false
	}
	p.Where, p.Guide, p.Links, p.Vendor = forms[chosen].Where, t.Guide, t.Links, t.Vendor
	p.addDownloads(t.CertificateFormat(a.Settings.TemplateVariant))
	for i, f := range fields {
		p.Rows = append(p.Rows, p.row(i, f))
	}
	return true
}

// general are the usual names, for an app that is in no gallery.
var general = []gallery.FilledField{
	{Label: "Identity provider entity ID", Bind: gallery.BindEntityID, Help: "Also called Issuer, or IdP Identifier."},
	{Label: "Sign-in page URL", Bind: gallery.BindSSO, Help: "Also called SSO URL, Login URL, or SAML endpoint. Binding: Redirect or POST."},
	{Label: "Sign-out page URL", Bind: gallery.BindSignOutPage, Help: "Also called Logout URL."},
	{Label: "Certificate", Bind: gallery.BindPEM, Help: "Also called X.509 certificate, signing certificate, or public key."},
	{Label: "Metadata URL", Bind: gallery.BindMetadataURL, Help: "An app that takes this needs nothing of the above."},
}

func (p *ConfigurePage) addGeneral(values map[gallery.Bind]string) {
	p.addDownloads(string(certs.PEM))
	for i, f := range general {
		f.Value = values[f.Bind]
		p.Rows = append(p.Rows, p.row(i, f))
	}
}

// addDownloads offers the certificate when one signs.
func (p *ConfigurePage) addDownloads(wanted string) {
	if p.SHA256 != "" {
		p.Downloads = downloads(p.Path, wanted)
	}
}

// row draws a box. What is a file is a link to it.
func (p *ConfigurePage) row(i int, f gallery.FilledField) ValueRow {
	row := ValueRow{ID: "value-" + strconv.Itoa(i), Label: f.Label, Value: f.Value, Help: f.Help, Lines: strings.Count(f.Value, "\n") + 1}
	format, isCertificate := strings.CutPrefix(string(f.Bind), "certificate-")
	switch {
	case f.Bind == gallery.BindMetadataXML:
		row.File, row.FileLabel = p.MetadataURL, "Download metadata.xml"
	case isCertificate && p.SHA256 != "":
		row.File, row.FileLabel = p.Path+"/certificate?format="+format, "Download certificate"
	}
	return row
}

// Missing says whether a box has nothing to show.
func (v ValueRow) Missing() bool { return v.Value == "" && v.File == "" }

// markConfigured keeps what the administrator says: that the app's side knows us, or that it does not after all.
func (h *Handler) markConfigured(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	if err := httpserver.ParseForm(r); err != nil {
		return err
	}
	a, err := h.found(r)
	if err != nil {
		return err
	}
	switch {
	case r.PostForm.Get("undo") != "":
		a.Settings.ConfiguredAt = time.Time{}
	case r.PostForm.Get("saved") == "yes":
		a.Settings.ConfiguredAt = h.Now().UTC().Truncate(time.Second)
	default:
		page, err := h.configurePage(r, &a, owner)
		if err != nil {
			return err
		}
		page.Problem = "Tick the box when you have saved the values there."
		return h.Pages.Render(w, r, http.StatusUnprocessableEntity, "admin/configure", page)
	}
	if err := h.Store.UpdateApp(r.Context(), &a); err != nil {
		return err
	}
	return goOn(w, r, appPath(&a))
}
