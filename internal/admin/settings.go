package admin

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// SettingsPage is admin/settings.
type SettingsPage struct {
	AppHead
	Version int  // that the form was made from
	Stale   bool // somebody else has changed the app since
	Form    Form
}

func (h *Handler) askSettings(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	a, err := h.found(r)
	if err != nil {
		return err
	}
	page, err := h.settingsPage(r, &a, owner)
	if err != nil {
		return err
	}
	return h.Pages.Render(w, r, http.StatusOK, "admin/settings", page)
}

func (h *Handler) settingsPage(r *http.Request, a *apps.App, owner *directory.User) (SettingsPage, error) {
	head, _, err := h.head(r, a, owner)
	return SettingsPage{AppHead: head, Version: a.Version, Form: Form{Action: head.Path + "/settings", Fields: settingsFields(a)}}, err
}

func settingsFields(a *apps.App) []Field {
	s := &a.Settings
	format := cmp.Or(s.NameID.Format, saml.FormatEmail)
	return []Field{
		{Name: nameField, Label: "Name", Value: a.Name},
		{Name: entityIDField, Label: "Entity ID", Value: a.EntityID, Help: "What the app calls itself in its requests. Other words for it: Identifier, Audience."},
		{
			Name: "acs", Label: "Addresses for answers (ACS URL)", Kind: "lines", Rows: max(2, len(s.ACS)), Value: strings.Join(postLocations(s.ACS), "\n"),
			Help: "One on each line, written out in full. Answers go nowhere else.",
		},
		{Name: "nameid-format", Label: "NameID format", Kind: "choice", Value: apps.NameIDFormatName(format), Choices: formatChoices(format)},
		{
			Name: "nameid-source", Label: "NameID value", Value: string(s.NameID.Source), Optional: true, Example: "email",
			Help: "email, username, id, or attribute:NAME. Persistent and transient ones are made up and need none.",
		},
		{Name: "sign", Label: "What is signed", Kind: "choice", Value: string(cmp.Or(s.Sign, apps.SignBoth)), Choices: []Choice{
			{string(apps.SignBoth), "Response and assertion"}, {string(apps.SignAssertion), "Assertion only"}, {string(apps.SignResponse), "Response only"},
		}},
		{Name: "lifetime", Label: "Lifetime of an assertion", Value: time.Duration(cmp.Or(s.Lifetime, apps.DefaultLifetime)).String(), Help: "One minute to one hour.", Example: "5m"},
		{Name: "relay-state", Label: "RelayState", Value: s.RelayState, Optional: true, Help: "Sent when the app is opened from My apps. Many apps take it as the page to open."},
		{Name: "require-signed-requests", Label: "Refuse requests that the app has not signed", Kind: "check", Value: yes(s.RequireSigned)},
	}
}

func formatChoices(current saml.NameIDFormat) (choices []Choice) {
	for _, name := range append(apps.NameIDFormatNames(), apps.NameIDFormatName(current)) {
		if !slices.Contains(choices, Choice{name, name}) {
			choices = append(choices, Choice{name, name})
		}
	}
	return choices
}

func yes(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}

// postLocations are the addresses that take answers by HTTP-POST; the others are not shown, and kept.
func postLocations(all []apps.Endpoint) (locations []string) {
	for _, e := range all {
		if e.Binding == saml.BindingPOST {
			locations = append(locations, e.Location)
		}
	}
	return locations
}

func (h *Handler) saveSettings(w http.ResponseWriter, r *http.Request, owner *directory.User) error {
	if err := httpserver.ParseForm(r); err != nil {
		return err
	}
	a, err := h.found(r)
	if err != nil {
		return err
	}
	shown := a
	shown.Version, _ = strconv.Atoi(r.PostForm.Get("version")) // a form without one is a stale one
	page, err := h.settingsPage(r, &shown, owner)
	if err != nil {
		return err
	}
	page.Form.typed(r)
	changed := shown
	err = changeSettings(&changed, page.Form.Fields)
	if err == nil {
		err = h.Store.UpdateApp(r.Context(), &changed)
	}
	if err == nil {
		return after(w, r, appPath(&changed), "saved")
	}
	status, err := page.Form.tell(err)
	if err != nil {
		return err
	}
	page.Stale = status == http.StatusConflict && a.Version != shown.Version
	return h.Pages.Render(w, r, status, "admin/settings", page)
}

// changeSettings sets the app by what was typed. What nobody touched stays as it was kept.
func changeSettings(a *apps.App, fields []Field) error {
	for i, before := range settingsFields(a) {
		value := strings.TrimSpace(fields[i].Value)
		switch {
		case before.Name == "acs":
			a.Settings.ACS = withLocations(a.Settings.ACS, lines(value))
		case value == before.Value:
		case before.Name == nameField && value == "":
			return fault.Field(nameField, "An app needs a name.")
		default:
			if _, err := a.Set(before.Name + "=" + value); err != nil {
				return err
			}
		}
	}
	return nil
}

// withLocations are the endpoints with these addresses for HTTP-POST. One that was there keeps its index, for apps refer to
// theirs by it; a new one gets the next.
func withLocations(old []apps.Endpoint, locations []string) (all []apps.Endpoint) {
	next := 0
	for _, e := range old {
		next = max(next, e.Index+1)
	}
	for _, location := range locations {
		i := slices.IndexFunc(old, func(e apps.Endpoint) bool { return e.Binding == saml.BindingPOST && e.Location == location })
		if i >= 0 {
			all = append(all, old[i])
			continue
		}
		all = append(all, apps.Endpoint{Binding: saml.BindingPOST, Location: location, Index: next})
		next++
	}
	for _, e := range old {
		if e.Binding != saml.BindingPOST {
			all = append(all, e)
		}
	}
	return all
}
