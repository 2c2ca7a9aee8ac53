package httpserver

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

// Pages is every template, parsed once. A page is one file under templates (its name is the path without ".html") around
// templates/layout.html and all of templates/partials.
type Pages struct {
	Texts   Texts
	Cookies Cookies
	Now     func() time.Time

	assets    assets
	templates map[string]*template.Template
}

// LoadPages parses everything in fsys, so that a mistake in a template stops the start and not a person.
func LoadPages(fsys fs.FS, texts Texts, cookies Cookies, now func() time.Time) (*Pages, error) {
	files, err := loadAssets(fsys)
	if err != nil {
		return nil, err
	}
	p := &Pages{Texts: texts, Cookies: cookies, Now: now, assets: files, templates: map[string]*template.Template{}}
	base, err := template.New("layout.html").Option("missingkey=error").Funcs(p.funcs()).
		ParseFS(fsys, "templates/layout.html", "templates/partials/*.html")
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	return p, p.parse(fsys, base)
}

func (p *Pages) parse(fsys fs.FS, base *template.Template) error {
	return fs.WalkDir(fsys, "templates", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("templates: %w", err)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(path, "templates/"), ".html")
		if d.IsDir() || name == "layout" || strings.HasPrefix(name, "partials/") {
			return nil
		}
		page, err := template.Must(base.Clone()).ParseFS(fsys, path)
		if err != nil {
			return fmt.Errorf("template %s: %w", name, err)
		}
		p.templates[name] = page
		return nil
	})
}

// Names are the pages there are, in no order.
func (p *Pages) Names() []string {
	var names []string
	for name := range p.templates {
		names = append(names, name)
	}
	return names
}

// Render answers with a page. It goes through a buffer: an error leaves the answer unwritten, never half.
func (p *Pages) Render(w http.ResponseWriter, r *http.Request, status int, name string, data any) error {
	t := p.templates[name]
	if t == nil {
		return fmt.Errorf("no page %q", name)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p.view(r, data)); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b.Bytes())
	return nil
}
