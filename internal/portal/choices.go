package portal

import (
	"net/http"
	"time"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
)

// keepChoice is how long a browser remembers theme and language.
const keepChoice = 365 * 24 * time.Hour

func (h *Handler) theme(w http.ResponseWriter, r *http.Request) error {
	return h.choose(w, r, httpserver.ThemeCookie, "theme", "light", "dark", "system")
}

func (h *Handler) language(w http.ResponseWriter, r *http.Request) error {
	return h.choose(w, r, httpserver.LanguageCookie, "language", string(httpserver.English), string(httpserver.Dutch))
}

// choose keeps one of a few values in a cookie and leads back to where the person was.
func (h *Handler) choose(w http.ResponseWriter, r *http.Request, cookie, field string, values ...string) error {
	if err := httpserver.ParseForm(r); err != nil {
		return err
	}
	value := r.PostForm.Get(field)
	for _, v := range values {
		if v == value {
			h.Pages.Cookies.Write(w, cookie, value, keepChoice)
			http.Redirect(w, r, local(r.PostForm.Get("next")), http.StatusSeeOther)
			return nil
		}
	}
	return fault.Field(field, "There is no such choice.")
}

// local is next if it is a page of ours, and the panel otherwise.
func local(next string) string {
	if httpserver.Local(next) {
		return next
	}
	return "/"
}
