package admin

import (
	"net/http"

	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/session"
)

func (h *Handler) savePerson(w http.ResponseWriter, r *http.Request, owner, u *directory.User) error {
	changed := *u
	err := readPerson(r, &changed)
	if err == nil {
		err = h.Store.SetUserProfile(r.Context(), &changed)
	}
	if err == nil {
		return after(w, r, personPath(u.ID), "saved")
	}
	return h.redrawPerson(w, r, owner, u, err, func(p *PersonPage) *Form { return &p.Form })
}

// newPassword also forgets the wrong tries of before, which are often the reason for it.
func (h *Handler) newPassword(w http.ResponseWriter, r *http.Request, owner, u *directory.User) error {
	made, hash, err := h.choosePassword(r.Context(), u, r.PostForm.Get("password"))
	if err == nil {
		err = h.Store.InTx(r.Context(), func(tx *postgres.Store) error {
			if err := tx.SetPassword(r.Context(), u.ID, hash); err != nil {
				return err
			}
			return tx.ClearThrottles(r.Context(), auth.AccountKeys(*u)...)
		})
	}
	switch {
	case err != nil:
		return h.redrawPerson(w, r, owner, u, err, func(p *PersonPage) *Form { return &p.Password })
	case made == "":
		return after(w, r, personPath(u.ID), "password")
	}
	return h.showSecret(w, r, owner, u, made, false)
}

// redrawPerson shows a form of the page again, with what was typed and what is wrong with it.
func (h *Handler) redrawPerson(w http.ResponseWriter, r *http.Request, owner, u *directory.User, trouble error, which func(*PersonPage) *Form) error {
	page, err := h.personPage(r, owner, u)
	if err != nil {
		return err
	}
	form := which(page)
	form.typed(r)
	form.forget("password")
	status, err := form.tell(trouble)
	if err != nil {
		return err
	}
	return h.Pages.Render(w, r, status, "admin/person", page)
}

func (h *Handler) setState(w http.ResponseWriter, r *http.Request, owner, u *directory.User) error {
	switch r.PostForm.Get("state") {
	case "disabled":
		return h.changed(w, r, owner, u, "disabled", h.Store.SetUserDisabled(r.Context(), u.ID, true))
	case "enabled":
		return h.changed(w, r, owner, u, "enabled", h.Store.SetUserDisabled(r.Context(), u.ID, false))
	}
	return fault.New(fault.Invalid, "Choose whether to enable or to disable.")
}

func (h *Handler) setRole(w http.ResponseWriter, r *http.Request, owner, u *directory.User) error {
	switch r.PostForm.Get("role") {
	case "owner":
		return h.changed(w, r, owner, u, "owner", h.Store.SetUserRole(r.Context(), u.ID, directory.RoleOwner))
	case "none":
		return h.changed(w, r, owner, u, "notowner", h.Store.SetUserRole(r.Context(), u.ID, directory.RoleNone))
	}
	return fault.New(fault.Invalid, "Choose whether the person is an administrator.")
}

func (h *Handler) unlock(w http.ResponseWriter, r *http.Request, owner, u *directory.User) error {
	return h.changed(w, r, owner, u, "unlocked", h.Store.Unlock(r.Context(), u.ID, auth.AccountKeys(*u)...))
}

// signOut ends the session that the form names, or all of them.
func (h *Handler) signOut(w http.ResponseWriter, r *http.Request, owner, u *directory.User) error {
	return h.changed(w, r, owner, u, "signedout", h.Store.SignOutUser(r.Context(), u.ID, session.ID(r.PostForm.Get("session"))))
}

// changed leads back to the person's page, or shows it with the reason why nothing was changed.
func (h *Handler) changed(w http.ResponseWriter, r *http.Request, owner, u *directory.User, what string, trouble error) error {
	if trouble == nil {
		return after(w, r, personPath(u.ID), what)
	}
	f := fault.From(trouble)
	if f.Kind != fault.Conflict && f.Kind != fault.NotFound { // a session that has ended by itself meanwhile
		return trouble
	}
	page, err := h.personPage(r, owner, u)
	if err != nil {
		return err
	}
	page.Problem = f.Message
	return h.Pages.Render(w, r, http.StatusConflict, "admin/person", page)
}

// personLeaves is admin/persondelete: what goes with the person, before it goes.
func (h *Handler) personLeaves(w http.ResponseWriter, r *http.Request, owner, u *directory.User) error {
	page, err := h.personPage(r, owner, u)
	if err != nil {
		return err
	}
	return h.Pages.Render(w, r, http.StatusOK, "admin/persondelete", page)
}

func (h *Handler) deletePerson(w http.ResponseWriter, r *http.Request, owner, u *directory.User) error {
	err := h.Store.DeleteUser(r.Context(), u.ID)
	if err == nil {
		return after(w, r, "/admin/people", "deleted")
	}
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	page, pageErr := h.personPage(r, owner, u)
	if pageErr != nil {
		return pageErr
	}
	page.Problem = fault.From(err).Message
	return h.Pages.Render(w, r, http.StatusConflict, "admin/persondelete", page)
}
