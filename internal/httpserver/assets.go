package httpserver

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// assets are the static files. Each is served under a name that holds its hash, so that browsers keep it for ever and
// still see every change.
type assets struct {
	urls  map[string]string // "app.css" -> "/static/app.0123456789ab.css"
	files map[string]asset  // "app.0123456789ab.css" -> the file
}

type asset struct {
	contentType string
	body        []byte
}

// contentTypes is closed: a file of another kind stops the start.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".png": "image/png",
}

// loadAssets reads every file of the folder static.
func loadAssets(fsys fs.FS) (assets, error) {
	a := assets{map[string]string{}, map[string]asset{}}
	entries, err := fs.ReadDir(fsys, "static")
	if err != nil {
		return a, fmt.Errorf("static files: %w", err)
	}
	for _, e := range entries {
		if err := a.add(fsys, e.Name()); err != nil {
			return a, err
		}
	}
	return a, nil
}

func (a assets) add(fsys fs.FS, name string) error {
	ext := path.Ext(name)
	if ext == ".md" || ext == ".txt" {
		return nil // notes on where the files come from
	}
	if contentTypes[ext] == "" {
		return fmt.Errorf("static file %s: no content type for %q", name, ext)
	}
	body, err := fs.ReadFile(fsys, "static/"+name)
	if err != nil {
		return fmt.Errorf("static file %s: %w", name, err)
	}
	sum := sha256.Sum256(body)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:])[:12] + ext
	a.urls[name] = "/static/" + hashed
	a.files[hashed] = asset{contentTypes[ext], body}
	return nil
}

// Asset is the URL of a static file ("app.css"), with its hash; an unknown name is a mistake of the program.
func (p *Pages) Asset(name string) (string, error) {
	if u := p.assets.urls[name]; u != "" {
		return u, nil
	}
	return "", fmt.Errorf("no static file %q", name)
}

// static serves one file of that exact name and hash.
func (p *Pages) static(w http.ResponseWriter, r *http.Request) error {
	file, ok := p.assets.files[chi.URLParam(r, "file")]
	if !ok {
		return fault.New(fault.NotFound, notFound)
	}
	w.Header().Set("Content-Type", file.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(file.body)))
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Write(file.body)
	return nil
}

// favicon is asked for by browsers on pages that name no icon.
func (p *Pages) favicon(w http.ResponseWriter, r *http.Request) error {
	icon, err := p.Asset("icon.svg")
	if err != nil {
		return err
	}
	http.Redirect(w, r, icon, http.StatusFound)
	return nil
}
