package httpserver

import "net/http"

// Policy is what a group of routes allows the browser and the sender.
type Policy struct {
	ContentSecurity string
	Referrer        string
	Opener          string // Cross-Origin-Opener-Policy
	Body            int64  // bytes
	SameOrigin      bool   // refuse requests that change something and come from another site
}

// The policies.
var (
	// ForPages is for everything that people click in: nothing but our own files, forms only to ourselves.
	ForPages = Policy{
		ContentSecurity: "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
			"font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		Referrer:   "same-origin",
		Opener:     "same-origin",
		Body:       64 << 10,
		SameOrigin: true,
	}
	// ForConsole is ForPages with room for a document that an administrator uploads.
	ForConsole = ForPages.withBody(2 << 20)
	// ForSAML is for what apps send people to, by cross-site posts too. Its forms lead to apps, and browsers apply
	// form-action to every redirect that the app answers with, so it has none. A page with a script of its own sets a
	// policy of its own (saml.PostFormCSP).
	ForSAML = Policy{
		ContentSecurity: "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
		Referrer:        "no-referrer",
		Opener:          keepOpener,
		Body:            1 << 20,
	}
)

// keepOpener lets an app that opened a window for the sign-in hear from it again. One page on the way that said
// "same-origin" would cut them apart for good.
const keepOpener = "unsafe-none"

// KeepOpener is for pages of ours that a sign-on passes through.
func KeepOpener(w http.ResponseWriter) { w.Header().Set("Cross-Origin-Opener-Policy", keepOpener) }

func (p Policy) withBody(bytes int64) Policy {
	p.Body = bytes
	return p
}

// set writes the headers that every answer carries.
func (p Policy) set(h http.Header) {
	h.Set("Cross-Origin-Opener-Policy", p.Opener)
	h.Set("Content-Security-Policy", p.ContentSecurity)
	h.Set("Referrer-Policy", p.Referrer)
}

// common is the same for every answer: no guessing of types, no frames, nothing shared with other sites, nothing kept.
func (s *Server) common(next http.Handler) http.Handler {
	secure := s.PublicURL.Scheme == "https"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		ForPages.set(h)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// under applies a group's policy.
func (s *Server) under(p Policy) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		limited := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			p.set(w.Header())
			r.Body = http.MaxBytesReader(w, r.Body, p.Body)
			next.ServeHTTP(w, r)
		})
		if !p.SameOrigin {
			return limited
		}
		return s.sameOrigin().Handler(limited)
	}
}
