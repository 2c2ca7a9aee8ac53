package admin

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/metadata"
)

// CustomPage is admin/custom: the three ways to add an app that is not in the gallery. Only one of the forms is sent.
type CustomPage struct {
	Account           httpserver.Account
	URL, File, Manual Form
}

// The ways; a form says its own in the field "way".
const (
	wayURL    = "url"
	wayFile   = "file"
	wayManual = "manual"
)

func newCustomPage(owner *directory.User) CustomPage {
	which := func(way string) Field {
		return Field{Name: way + "-which", Label: "Entity ID", Optional: true, Help: "Only when the document describes several apps: the one to take."}
	}
	return CustomPage{
		Account: account(owner),
		URL: Form{Fields: []Field{
			{Name: "metadata", Label: "Metadata URL", Kind: "url", Example: "https://app.example.org/saml/metadata", Help: "It is fetched from this server, once."}, which(wayURL),
		}},
		File: Form{Fields: []Field{
			{Name: "document", Label: "Metadata file", Kind: "file", Help: "An XML file that the app offers to download."}, which(wayFile),
		}},
		Manual: Form{Fields: []Field{
			{Name: nameField, Label: "Name", Help: "What people call the app.", Optional: true},
			{Name: entityIDField, Label: "Entity ID", Help: "What the app calls itself. Other words for it: Identifier, Audience, SP Entity ID."},
			{Name: "acs", Label: "Address for answers (ACS URL)", Kind: "lines", Rows: 2, Help: "One on each line, the default first. Other words for it: Reply URL, Assertion Consumer Service URL."},
		}},
	}
}

func (p *CustomPage) form(way string) *Form {
	switch way {
	case wayURL:
		return &p.URL
	case wayFile:
		return &p.File
	}
	return &p.Manual
}

func (h *Handler) askCustom(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	page := newCustomPage(owner)
	page.Manual.Fields[0].Value = strings.TrimSpace(r.FormValue("name"))
	return h.Pages.Render(w, r, http.StatusOK, "admin/custom", page)
}

func (h *Handler) addCustom(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	if err := parseUpload(r); err != nil {
		return err
	}
	way := r.PostForm.Get("way")
	a, err := h.custom(r, way)
	if err == nil {
		err = h.Store.CreateApp(r.Context(), &a)
	}
	if err == nil {
		return after(w, r, appPath(&a), imported)
	}
	page := newCustomPage(owner)
	form := page.form(way)
	form.typed(r)
	status, err := form.tell(err)
	if err != nil {
		return err
	}
	return h.Pages.Render(w, r, status, "admin/custom", page)
}

// custom makes the app in one of the three ways.
func (h *Handler) custom(r *http.Request, way string) (apps.App, error) {
	o := metadata.Options{EntityID: strings.TrimSpace(r.PostForm.Get(way + "-which")), Now: h.Now()}
	switch way {
	case wayURL:
		got, err := metadata.Fetch(r.Context(), h.Fetch, strings.TrimSpace(r.PostForm.Get("metadata")), o)
		return got.App, beside("metadata", err)
	case wayFile:
		document, err := uploaded(r, "document")
		if err != nil {
			return apps.App{}, err
		}
		got, err := metadata.Import(document, o)
		return got.App, beside("document", err)
	}
	a := metadata.Manual(strings.TrimSpace(r.PostForm.Get(entityIDField)), lines(r.PostForm.Get("acs")))
	if name := strings.TrimSpace(r.PostForm.Get(nameField)); name != "" {
		a.Name, a.Slug = name, ""
	}
	return a, nil
}

// beside puts trouble with a document beside the field that it came by.
func beside(field string, err error) error {
	trouble := fault.From(err)
	if err == nil || trouble.Kind != fault.Invalid {
		return err
	}
	return &fault.Error{Kind: fault.Invalid, Field: field, Message: trouble.Message, Cause: trouble.Cause}
}

// parseUpload reads a form that may hold a file, within the limits of its group.
func parseUpload(r *http.Request) error {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return httpserver.ParseForm(r)
	}
	err := r.ParseMultipartForm(httpserver.ForConsole.Body)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return fault.New(fault.Invalid, "The file is larger than %d MB. Metadata of one app is much smaller; on the server, lanyard app add --metadata takes more.", httpserver.ForConsole.Body>>20)
	case err != nil:
		return &fault.Error{Kind: fault.Invalid, Message: "The form could not be read. Go back and try again.", Cause: err}
	}
	return nil
}

func uploaded(r *http.Request, field string) ([]byte, error) {
	file, _, err := r.FormFile(field)
	if err != nil {
		return nil, fault.Field(field, "Choose a file.")
	}
	defer file.Close()
	return io.ReadAll(file)
}

// lines are those that hold something.
func lines(text string) (kept []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			kept = append(kept, line)
		}
	}
	return kept
}
