package metadata

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/httpserver"
)

// ContentType of SAML metadata (RFC 7303, Metadata §4.1.1).
const ContentType = "application/samlmetadata+xml"

// Source says what to publish; Published is the usual one.
type Source interface {
	// Document is for one app, by its slug or ID, or for everybody when app is empty. It is NotFound when there is no such
	// app.
	Document(ctx context.Context, app string) (Document, error)
}

// Handler serves our metadata. It says no validUntil: the document changes when a key or a setting does and never by itself,
// and the copies that most apps were given once do not stop working some day.
type Handler struct {
	Source  Source
	Adapter httpserver.Adapter

	mu      sync.Mutex
	written map[string][]byte // by ETag
}

// Routes are the addresses that service providers read.
func (h *Handler) Routes(r chi.Router) {
	serve := h.Adapter.Handle(h.serve)
	for _, path := range []string{"/saml/metadata", "/saml/metadata/{app}"} {
		r.Get(path, serve)
		r.Head(path, serve)
	}
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request) error {
	d, err := h.Source.Document(r.Context(), chi.URLParam(r, "app"))
	if err != nil {
		return err
	}
	tag := ETag(d)
	head := w.Header()
	head.Set("ETag", tag)
	// Copies are asked about each time: after a key is withdrawn, nobody should get it from a proxy.
	head.Set("Cache-Control", "public, no-cache")
	if matches(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	doc, err := h.write(tag, d)
	if err != nil {
		head.Del("ETag")
		head.Set("Cache-Control", "no-store")
		return err
	}
	head.Set("Content-Type", ContentType)
	head.Set("Content-Disposition", `inline; filename="metadata.xml"`)
	head.Set("Content-Length", strconv.Itoa(len(doc)))
	_, err = w.Write(doc)
	return err
}

// maxWritten bounds what is kept; apps that read our metadata do so seldom.
const maxWritten = 1000

// write signs each content once. What was kept of other content goes when there is too much of it.
func (h *Handler) write(tag string, d Document) ([]byte, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if doc, ok := h.written[tag]; ok {
		return doc, nil
	}
	doc, err := Write(d)
	if err != nil {
		return nil, err
	}
	if h.written == nil || len(h.written) >= maxWritten {
		h.written = map[string][]byte{}
	}
	h.written[tag] = doc
	return doc, nil
}

// matches compares weakly, as If-None-Match wants it (RFC 9110 §13.1.2).
func matches(header, tag string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" || strings.TrimPrefix(candidate, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}
