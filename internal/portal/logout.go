package portal

import (
	"net/http"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
)

// SignOutPage is portal/signout: the question before.
type SignOutPage struct{ Account httpserver.Account }

// SignedOutPage is portal/signedout. Apps is what became of each app that knew of the session, where apps were told.
type SignedOutPage struct{ Apps []ToldApp }

// ToldApp is one app and whether it confirmed: "confirmed", "silent" (no answer) or "unable" (it cannot be told).
type ToldApp struct{ Name, Outcome string }

// logoutForm asks, because a link or an image of another site must not end anybody's session. To who is not signed in it
// says so, which is also the answer after signing out.
func (h *Handler) logoutForm(w http.ResponseWriter, r *http.Request) error {
	user, err := h.Visitor(r)
	if err != nil {
		return err
	}
	if user == nil {
		return h.Pages.Render(w, r, http.StatusOK, "portal/signedout", SignedOutPage{})
	}
	return h.Pages.Render(w, r, http.StatusOK, "portal/signout", SignOutPage{account(user, "logout")})
}

func (h *Handler) logout(w http.ResponseWriter, r *http.Request) error {
	record := audit.SignIn{
		At: h.Pages.Now(), Reference: httpserver.Reference(r.Context()), Address: httpserver.Address(r.Context()), UserAgent: r.UserAgent(),
	}
	if err := h.Store.SignOut(r.Context(), h.token(r), record); err != nil {
		return err
	}
	h.Pages.Cookies.Drop(w, httpserver.SessionCookie)
	http.Redirect(w, r, "/logout", http.StatusSeeOther)
	return nil
}
