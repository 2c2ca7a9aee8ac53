package admin

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
)

// How much the overview shows.
const (
	shownApps    = 50
	shownSignIns = 20
)

// OverviewPage is admin/overview.
type OverviewPage struct {
	Account      httpserver.Account
	People       int
	Apps         []AppRow
	AppCount     int
	SignIns      []SignInRow
	Certificates []CertificateRow
	Commands     []Command
}

// AppRow is one app: its state and how many people can open it.
type AppRow struct {
	Name, Slug, EntityID string
	Path                 string
	State                State
	People               int
}

// SignInRow is one attempt. Why says what happened, with the values that differ; Advice what to do about it.
type SignInRow struct {
	At          time.Time
	Who         string
	Where       string // app name, or "" for signing in here
	What        string
	State       State
	Why, Advice string
	Reference   string
	Address     string
}

// CertificateRow is one signing certificate.
type CertificateRow struct {
	For       string // app name, or "All apps"
	Algorithm certs.Algorithm
	Role      State
	Expiry    State
	NotAfter  time.Time
	SHA256    string // with colons
}

// Octets are those of the fingerprint, so that a line never breaks inside one.
func (c CertificateRow) Octets() []string { return strings.Split(c.SHA256, ":") }

// State is a word with the class that colours it: "ok", "warn", "bad" or "".
type State struct{ Word, Class string }

func (h *Handler) overview(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	page := OverviewPage{
		Account:  account(owner),
		Commands: commands,
	}
	all, err := h.Store.Apps(r.Context())
	if err != nil {
		return err
	}
	page.AppCount = len(all)
	if page.Apps, err = h.appRows(r, all[:min(len(all), shownApps)]); err != nil {
		return err
	}
	if page.People, err = h.Store.CountUsers(r.Context(), ""); err != nil {
		return err
	}
	attempts, err := h.Store.RecentSignIns(r.Context(), shownSignIns)
	if err != nil {
		return err
	}
	keys, err := h.Store.SigningKeys(r.Context())
	if err != nil {
		return err
	}
	page.SignIns, page.Certificates = signInRows(attempts), h.certificateRows(keys, all)
	return h.Pages.Render(w, r, http.StatusOK, "admin/overview", page)
}

func (h *Handler) appRows(r *http.Request, all []apps.App) ([]AppRow, error) {
	rows := make([]AppRow, len(all))
	for i, a := range all {
		people, err := h.Store.EffectiveCount(r.Context(), a.ID)
		if err != nil {
			return nil, err
		}
		rows[i] = AppRow{Name: a.Name, Slug: a.Slug, EntityID: a.EntityID, Path: appPath(&a), State: appState(&a, people), People: people}
	}
	return rows, nil
}

// appState names the first thing that keeps people out.
func appState(a *apps.App, people int) State {
	switch {
	case !a.Enabled:
		return State{"Switched off", ""}
	case len(a.Settings.ACS) == 0:
		return State{"No address for answers", "warn"}
	case people == 0:
		return State{"Nobody assigned", "warn"}
	}
	return State{"On", "ok"}
}

func signInRows(attempts []audit.SignIn) []SignInRow {
	rows := make([]SignInRow, len(attempts))
	for i, a := range attempts {
		row := SignInRow{At: a.At, Who: a.UserName, Where: a.AppName, What: words[a.Kind], State: State{"Success", "ok"}, Reference: a.Reference, Address: a.Address}
		if a.Reason != audit.ReasonNone {
			row.State = State{"Refused", "bad"}
			row.Why, row.Advice = a.Detail.Explanation, a.Reason.ForAdmin()
		}
		rows[i] = row
	}
	return rows
}

// words names the kinds of attempts for people.
var words = map[audit.Kind]string{
	audit.KindSignOn: "Open an app", audit.KindSignIn: "Sign in", audit.KindSignOut: "Sign out",
}

func (h *Handler) certificateRows(keys []certs.Certificate, all []apps.App) []CertificateRow {
	names := map[apps.ID]string{"": "All apps"}
	for _, a := range all {
		names[a.ID] = a.Name
	}
	rows := make([]CertificateRow, len(keys))
	for i, k := range keys {
		rows[i] = CertificateRow{
			For: names[k.AppID], Algorithm: k.Algorithm, Role: role(k.State), Expiry: expiry(k.NotAfter.Sub(h.Now())),
			NotAfter: k.NotAfter, SHA256: certs.Colons(k.SHA256()),
		}
	}
	return rows
}

func role(s certs.State) State {
	switch s {
	case certs.Active:
		return State{"Signs", "ok"}
	case certs.Next:
		return State{"Waiting", ""}
	}
	return State{"Retired", ""}
}

// expiry says how urgent it is, in the steps in which people are warned: 60, 30 and 7 days.
func expiry(left time.Duration) State {
	days := int(left.Hours() / 24)
	switch {
	case left <= 0:
		return State{"Expired", "bad"}
	case days == 0:
		return State{"Expires within a day", "bad"}
	case days <= 7:
		return State{fmt.Sprintf("%d days left", days), "bad"}
	case days <= 60:
		return State{fmt.Sprintf("%d days left", days), "warn"}
	}
	return State{"Valid", "ok"}
}
