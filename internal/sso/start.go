package sso

import (
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"github.com/lanyard-idp/lanyard/internal/audit"
)

// start begins at our side (Profiles §4.1.5): the person clicked a tile, or a link with RelayState. The answer goes to the
// app's default address. RelayState is only ever given to the app, never followed here.
func (h *Handler) start(w http.ResponseWriter, r *http.Request) error {
	a, err := h.unsolicited(chi.URLParam(r, "app"), r)
	if err != nil {
		return h.fail(r, err)
	}
	return h.answer(w, r, a)
}

func (h *Handler) unsolicited(slug string, r *http.Request) (*accepted, error) {
	app, ok := h.Catalog().BySlug(slug)
	if !ok {
		return nil, failed(audit.ReasonUnknownSP, nil, "There is no app %q.", slug)
	}
	a := &accepted{app: app, relayState: app.Settings.RelayState, hasRelay: app.Settings.RelayState != "", since: h.Now().Truncate(time.Microsecond)}
	if err := usable(app); err != nil {
		return nil, a.identify(err)
	}
	a.acs = *app.Default
	if app.Settings.NoUnsolicited {
		return nil, a.identify(a.noStart())
	}
	if q := r.URL.Query(); q.Has("RelayState") {
		a.relayState, a.hasRelay = q.Get("RelayState"), true
	}
	if !harmless(a.relayState) {
		return nil, a.identify(failed(audit.ReasonMalformedRequest, nil, "RelayState is longer than 1024 bytes, not text, or a script."))
	}
	return a, nil
}

func (a *accepted) noStart() error {
	return failed(audit.ReasonBindingUnsupported, nil, "%s does not take sign-ons that start here; open the app itself.", a.app.Name)
}

// harmless bounds what a link from anywhere may hand to an app, which often goes where RelayState points (Bindings §3.1.1).
func harmless(relayState string) bool {
	if len(relayState) > 1024 || !utf8.ValidString(relayState) || strings.Contains(relayState, "\x00") {
		return false
	}
	// Browsers drop blanks and control characters when they read the scheme of an address.
	bare := strings.ToLower(strings.Join(strings.FieldsFunc(relayState, func(r rune) bool { return r <= ' ' }), ""))
	for _, scheme := range []string{"javascript:", "vbscript:", "data:"} {
		if strings.HasPrefix(bare, scheme) {
			return false
		}
	}
	return true
}
