package httpserver

import (
	"html/template"
	"net/http"
	"strings"
	"time"
)

// View is the dot of every template: the page's own struct as .Page, and what the layout needs.
type View struct {
	Language Language
	Theme    string // "light", "dark", or "" for what the system says
	Back     string // where choosing a theme or language leads back to; "" where there is no such choice
	Page     any

	texts Texts
	now   time.Time
}

func (p *Pages) view(r *http.Request, data any) View {
	return View{Language: p.Language(r), Theme: p.theme(r), Back: back(r), Page: data, texts: p.Texts, now: p.Now()}
}

// T is the text of a key in the person's language.
func (v View) T(key string, args ...any) (string, error) {
	return v.texts.Text(v.Language, key, args...)
}

// Moment is a time with what to show for it.
type Moment struct {
	Machine string // RFC 3339
	Exact   string // for people, UTC
	Date    string
}

// Moment writes a time for <time datetime title>.
func (v View) Moment(t time.Time) Moment {
	t = t.UTC()
	return Moment{t.Format(time.RFC3339), t.Format("2006-01-02 15:04:05 UTC"), t.Format("2006-01-02")}
}

// Ago is how long t lies back, in words.
func (v View) Ago(t time.Time) string { return ago(v.now.Sub(t)) }

// theme is the cookie's choice; anything unknown means the system's.
func (p *Pages) theme(r *http.Request) string {
	if theme := p.Cookies.Read(r, ThemeCookie); theme == "light" || theme == "dark" {
		return theme
	}
	return ""
}

// back is this page. Under /saml/ an address is good for one use only, so nothing may lead back there.
func back(r *http.Request) string {
	switch {
	case strings.HasPrefix(r.URL.Path, "/saml/"):
		return ""
	case r.Method != http.MethodGet:
		return r.URL.Path
	}
	return r.URL.RequestURI()
}

func (p *Pages) funcs() template.FuncMap {
	return template.FuncMap{
		"asset":    p.Asset,
		"monogram": monogram,
		"tint":     tint,
	}
}
