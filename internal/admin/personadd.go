package admin

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
)

// NewPersonPage is admin/personnew.
type NewPersonPage struct {
	Account httpserver.Account
	Form    Form
}

// SecretPage is admin/secret: a password that was made up here, shown this once.
type SecretPage struct {
	Account  httpserver.Account
	Person   PersonRow
	Added    bool
	Password string
}

// personForm asks for what a person is made of.
func personForm(action string, u *directory.User) Form {
	return Form{Action: action, Fields: []Field{
		{Name: "email", Label: "E-mail address", Kind: "email", Value: u.Email},
		{Name: "username", Label: "User name", Value: u.UserName, Optional: true, Help: "What the person signs in with, besides the e-mail address. Left empty, it is the e-mail address."},
		{Name: "given-name", Label: "Given name", Value: u.GivenName, Optional: true},
		{Name: "family-name", Label: "Family name", Value: u.FamilyName, Optional: true},
		{Name: "display-name", Label: "Display name", Value: u.DisplayName, Optional: true, Help: "What to call the person. Left empty, it is given and family name."},
		{
			Name: "attributes", Label: "Attributes", Kind: "lines", Rows: 4, Value: strings.Join(u.Attributes.Lines(), "\n"), Optional: true,
			Help: "What apps may be told besides, one per line; repeat a name to give it several values.", Example: "department=Sales",
		},
	}}
}

// readPerson takes over what came with a form.
func readPerson(r *http.Request, u *directory.User) error {
	attributes, err := directory.ParseAttributes(strings.FieldsFunc(r.PostForm.Get("attributes"), func(c rune) bool { return c == '\n' || c == '\r' }))
	if err != nil {
		return err
	}
	if err := attributes.Validate(); err != nil {
		f := fault.From(err)
		return fault.Field("attributes", "%s: %s", f.Field, f.Message)
	}
	u.Email, u.UserName = r.PostForm.Get("email"), r.PostForm.Get("username")
	u.GivenName, u.FamilyName, u.DisplayName = r.PostForm.Get("given-name"), r.PostForm.Get("family-name"), r.PostForm.Get("display-name")
	u.Attributes = attributes
	u.Normalize()
	return u.Validate()
}

func newPersonPage(owner *directory.User) NewPersonPage {
	form := personForm("/admin/people/add", &directory.User{})
	form.Fields = append(form.Fields, Field{
		Name: "password", Label: "Password", Kind: "password", Optional: true, Help: "Left empty, one is made up and shown to you once.",
	})
	return NewPersonPage{Account: account(owner), Form: form}
}

func (h *Handler) newPerson(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	return h.Pages.Render(w, r, http.StatusOK, "admin/personnew", newPersonPage(owner))
}

// addPerson hashes before the database is asked to keep anything: that takes a moment.
func (h *Handler) addPerson(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	if err := httpserver.ParseForm(r); err != nil {
		return err
	}
	var u directory.User
	made, err := h.createPerson(r, &u)
	if err != nil {
		page := newPersonPage(owner)
		page.Form.typed(r)
		status, err := page.Form.tell(err)
		if err != nil {
			return err
		}
		page.Form.forget("password")
		return h.Pages.Render(w, r, status, "admin/personnew", page)
	}
	if made == "" {
		return after(w, r, personPath(u.ID), "added")
	}
	return h.showSecret(w, r, owner, &u, made, true)
}

func (h *Handler) createPerson(r *http.Request, u *directory.User) (made string, err error) {
	if err := readPerson(r, u); err != nil {
		return "", err
	}
	made, hash, err := h.choosePassword(r.Context(), u, r.PostForm.Get("password"))
	if err != nil {
		return "", err
	}
	return made, h.Store.CreateUser(r.Context(), u, hash)
}

// choosePassword answers the hash, and the password itself if none was given and it was made up here.
func (h *Handler) choosePassword(ctx context.Context, u *directory.User, given string) (made, hash string, err error) {
	if given == "" {
		made = rand.Text()
		hash, err = h.Hasher.Hash(ctx, made)
	} else {
		hash, err = h.Hasher.Hash(ctx, given, auth.About(*u)...)
	}
	if err != nil {
		return "", "", fault.From(err) // also of a refusal, which is for people who sign in
	}
	return made, hash, nil
}

// showSecret answers the form itself: the password must not be in an address, and is kept nowhere.
func (h *Handler) showSecret(w http.ResponseWriter, r *http.Request, owner, u *directory.User, made string, added bool) error {
	return h.Pages.Render(w, r, http.StatusOK, "admin/secret", SecretPage{
		Account: account(owner), Added: added, Password: made,
		Person: PersonRow{ID: u.ID, Name: u.Name(), UserName: u.UserName, Email: u.Email, State: personState(u)},
	})
}

// forget empties a field that is not sent back.
func (f *Form) forget(name string) {
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			f.Fields[i].Value = ""
		}
	}
}
