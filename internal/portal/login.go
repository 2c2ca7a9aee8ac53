package portal

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// loginForm asks who is there. Whoever is signed in goes on at once, unless an app wants to see them prove it again.
func (h *Handler) loginForm(w http.ResponseWriter, r *http.Request) error {
	passing(w, r)
	user, err := h.Visitor(r)
	if err != nil {
		return err
	}
	if user != nil && !again(r) {
		return goOn(w, r)
	}
	page, err := h.loginPage(r)
	if err != nil {
		return err
	}
	page.again(user)
	return h.Pages.Render(w, r, http.StatusOK, "portal/login", page)
}

// login takes the form. Whatever comes of it, the browser leaves by a 303 to a page of ours or sees the form again: our
// forms may lead nowhere else (form-action 'self' holds for the redirect too).
func (h *Handler) login(w http.ResponseWriter, r *http.Request) error {
	passing(w, r)
	if err := httpserver.ParseForm(r); err != nil {
		return err
	}
	name, password := r.PostForm.Get("username"), r.PostForm.Get("password")
	if name == "" || password == "" {
		problem, err := h.text(r, "login.empty")
		if err != nil {
			return err
		}
		return h.loginAgain(w, r, http.StatusUnprocessableEntity, name, problem)
	}
	result, err := h.Auth.SignIn(r.Context(), h.attempt(r, name, password))
	var refused *auth.Refused
	if errors.As(err, &refused) {
		return h.refused(w, r, name, refused)
	}
	if err != nil {
		return err
	}
	h.keep(w, result)
	return goOn(w, r)
}

// passing is a sign-in on the way to an app, which may have opened this window and wait to hear from it.
func passing(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Query().Get("next"), "/saml/") {
		httpserver.KeepOpener(w)
	}
}

// attempt is what was typed with what this browser holds.
func (h *Handler) attempt(r *http.Request, name, password string) auth.Attempt {
	return auth.Attempt{
		UserName: name, Password: password, Address: httpserver.Address(r.Context()), UserAgent: r.UserAgent(),
		Device:  session.TokenFrom(h.Pages.Cookies.Read(r, httpserver.DeviceCookie)),
		Current: h.token(r), Reference: httpserver.Reference(r.Context()),
	}
}

// keepDevice is how long a browser stays known without being used.
const keepDevice = 180 * 24 * time.Hour

// keep gives the browser what it is known by from now on.
func (h *Handler) keep(w http.ResponseWriter, result auth.Result) {
	h.Pages.Cookies.Write(w, httpserver.SessionCookie, result.Token.Reveal(), 0)
	h.Pages.Cookies.Write(w, httpserver.DeviceCookie, result.Device.Reveal(), keepDevice)
}

// refused draws the form again with the reason that the person may know.
func (h *Handler) refused(w http.ResponseWriter, r *http.Request, name string, no *auth.Refused) error {
	httpserver.Note(r.Context(), slog.String("sign_in", string(no.Reason)))
	if no.Wait == 0 {
		problem, _ := h.Pages.Translate(r, no.Fault)
		return h.loginAgain(w, r, http.StatusUnprocessableEntity, name, problem)
	}
	status := http.StatusTooManyRequests
	problem, err := h.waiting(r, no.Wait)
	if no.Fault.Kind == fault.Unavailable { // we are busy, which is nobody's doing
		status = http.StatusServiceUnavailable
		problem, _ = h.Pages.Translate(r, no.Fault)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Retry-After", strconv.Itoa(seconds(no.Wait)))
	return h.loginAgain(w, r, status, name, problem)
}

// loginAgain shows what was typed, but never the password.
func (h *Handler) loginAgain(w http.ResponseWriter, r *http.Request, status int, name, problem string) error {
	page, err := h.loginPage(r)
	page.UserName, page.Problem, page.Wrong = name, problem, status == http.StatusUnprocessableEntity
	if err != nil {
		return err
	}
	return h.Pages.Render(w, r, status, "portal/login", page)
}

// goOn leads to where the person was going.
func goOn(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, local(r.URL.Query().Get("next")), http.StatusSeeOther)
	return nil
}

// again says that the app wants a fresh proof (ForceAuthn, Core §3.4.1).
func again(r *http.Request) bool { return r.URL.Query().Get("again") == "1" }

// again shows who is signed in already, to fill in the name.
func (p *LoginPage) again(user *directory.User) {
	if user != nil {
		p.Again, p.UserName = user.Name(), user.UserName
	}
}
