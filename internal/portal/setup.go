package portal

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// link is the token of a set-up link, as its address carries it.
func link(r *http.Request) session.Token { return session.TokenFrom(chi.URLParam(r, "token")) }

// setupForm shows the form while the link is good. Looking does not spend it: mail scanners look too.
func (h *Handler) setupForm(w http.ResponseWriter, r *http.Request) error {
	switch err := h.Setup.Check(r.Context(), link(r)); {
	case fault.Is(err, fault.NotFound):
		return h.oldLink(w, r)
	case err != nil:
		return err
	}
	return h.Pages.Render(w, r, http.StatusOK, "portal/setup", setupPage(r, directory.User{}))
}

// setup makes the administrator, spends the link, and signs the person in.
func (h *Handler) setup(w http.ResponseWriter, r *http.Request) error {
	if err := httpserver.ParseForm(r); err != nil {
		return err
	}
	form := r.PostForm
	user := directory.User{Email: form.Get("email"), GivenName: form.Get("given-name"), FamilyName: form.Get("family-name")}
	result, err := h.Setup.Complete(r.Context(), link(r), user, h.attempt(r, user.Email, form.Get("password")))
	if err != nil {
		return h.notSetUp(w, r, user, err)
	}
	h.keep(w, result)
	http.Redirect(w, r, "/admin", http.StatusSeeOther)
	return nil
}

// notSetUp draws the form again with what is wrong, if it is something that the person can mend.
func (h *Handler) notSetUp(w http.ResponseWriter, r *http.Request, user directory.User, err error) error {
	var refused *auth.Refused
	if errors.As(err, &refused) { // the account is made; only signing in has to wait
		httpserver.Note(r.Context(), slog.String("afterSetup", err.Error()))
		http.Redirect(w, r, "/login", http.StatusSeeOther)
		return nil
	}
	f := fault.From(err)
	switch f.Kind {
	case fault.NotFound:
		return h.oldLink(w, r)
	case fault.Invalid, fault.Conflict:
		page := setupPage(r, user)
		message, translated := h.Pages.Translate(r, f)
		page.refuse(f.Field, message, !translated)
		return h.Pages.Render(w, r, http.StatusUnprocessableEntity, "portal/setup", page)
	}
	return err
}

func (h *Handler) oldLink(w http.ResponseWriter, r *http.Request) error {
	return h.Pages.Render(w, r, http.StatusNotFound, "portal/setupold", nil)
}
