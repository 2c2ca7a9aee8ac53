package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

// appView is an app as commands print one.
type appView struct {
	ID        apps.ID       `json:"id"`
	Slug      string        `json:"slug"`
	Name      string        `json:"name"`
	EntityID  string        `json:"entityId"`
	Enabled   bool          `json:"enabled"`
	Version   int           `json:"version"`
	Settings  apps.Settings `json:"settings"`
	CreatedAt time.Time     `json:"createdAt"`
	UpdatedAt time.Time     `json:"updatedAt"`
	IdP       apps.IdP      `json:"idp"`
	Assigned  []string      `json:"assigned,omitempty"`
	People    *int          `json:"people,omitempty"` // who can use it
	Forms     []formView    `json:"forms,omitempty"`  // what to type at the vendor, when the app came from the gallery
}

func (p *program) viewApp(a *apps.App) appView {
	return appView{
		ID: a.ID, Slug: a.Slug, Name: a.Name, EntityID: a.EntityID, Enabled: a.Enabled, Version: a.Version, Settings: a.Settings,
		CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
		IdP: a.IdP(p.config.BaseURL()),
	}
}

func (v *appView) addPeople(ctx context.Context, s *postgres.Store) error {
	n, err := s.EffectiveCount(ctx, v.ID)
	if err != nil {
		return err
	}
	v.People = &n
	assignments, err := s.Assignments(ctx, v.ID)
	for _, a := range assignments {
		switch {
		case a.Everyone:
			v.Assigned = append(v.Assigned, "everyone")
		case a.GroupID != "":
			v.Assigned = append(v.Assigned, "group "+a.Name)
		default:
			v.Assigned = append(v.Assigned, "user "+a.Name)
		}
	}
	return err
}

func (v *appView) state() string {
	if v.Enabled {
		return "enabled"
	}
	return "disabled"
}

// human shows the app, then what the other side needs under the names that most of them use.
func (v *appView) human(w io.Writer) {
	s := &v.Settings
	pairs := []string{
		"App", v.Slug, "Name", v.Name, "Entity ID", v.EntityID, "ID", string(v.ID), "State", v.state(),
		"Assigned", strings.Join(v.Assigned, "\n"), "People", people(v.People),
		"ACS", endpoints(s.ACS), "SLO", endpoints(s.SLO), "Keys", keys(s.Keys),
		"NameID", nameID(s.NameID), "Claims", claims(s.Claims),
		"Signed", signed(s), "Lifetime", lifetime(s.Lifetime), "Relay state", s.RelayState, "Switches", switches(s),
	}
	facts(w, pairs...)
	if len(v.Forms) > 0 {
		printForms(w, v.Name, v.Forms)
		return
	}
	fmt.Fprintln(w, "\nFor the app's side:")
	facts(w, "Identity provider entity ID", v.IdP.EntityID, "Sign-in page URL", v.IdP.SSOURL, "Sign-out page URL", v.IdP.SignOutURL, "Metadata URL", v.IdP.MetadataURL)
}

func people(n *int) string {
	if n == nil {
		return ""
	}
	return plural(*n, "person", "people") + " can use it"
}

func endpoints(all []apps.Endpoint) string {
	var lines []string
	for _, e := range all {
		line := e.Location + " (" + string(e.Binding)[strings.LastIndexByte(string(e.Binding), ':')+1:]
		if e.Index > 0 {
			line += fmt.Sprintf(", index %d", e.Index)
		}
		if e.IsDefault != nil && *e.IsDefault {
			line += ", default"
		}
		lines = append(lines, line+")")
	}
	return strings.Join(lines, "\n")
}

// keys shows fingerprints, to be compared with what the app shows.
func keys(all []apps.Key) string {
	var lines []string
	for _, k := range all {
		use := k.Use
		if use == "" {
			use = "signing and encryption"
		}
		der := k.Certificate
		if der == nil {
			der = k.PublicKey
		}
		lines = append(lines, use+", SHA-256 "+certs.Colons((&certs.Certificate{Certificate: der}).SHA256()))
	}
	return strings.Join(lines, "\n")
}

func nameID(r apps.NameIDRule) string {
	format := "email"
	if r.Format != "" {
		format = apps.NameIDFormatName(r.Format)
	}
	if r.Source == "" {
		return format
	}
	return format + " from " + string(r.Source)
}

func claims(all []apps.Claim) string {
	var lines []string
	for _, c := range all {
		from := string(c.Source)
		if c.Source == apps.SourceConstant {
			from += " " + strings.Join(c.Constant, ", ")
		}
		lines = append(lines, c.Name+" from "+from)
	}
	return strings.Join(lines, "\n")
}

func signed(s *apps.Settings) string {
	what, method := s.Sign, apps.SignatureMethodName(s.SignatureMethod)
	if what == "" {
		what = apps.SignBoth
	}
	if method == "" {
		method = "what the signing key does best"
	}
	return string(what) + ", " + method
}

func lifetime(d apps.Duration) string {
	if d == 0 {
		d = apps.DefaultLifetime
	}
	return time.Duration(d).String()
}

// switches names those that differ from the usual.
func switches(s *apps.Settings) string {
	var on []string
	for _, x := range []struct {
		on   bool
		name string
	}{
		{s.RequireSigned, "signed requests required"},
		{s.AllowSHA1, "SHA-1 accepted"},
		{s.AllowHTTP, "plain http accepted"},
		{s.NoUnsolicited, "not opened from the access panel"},
		{s.TypedValues, "typed values"},
		{s.HiddenFromPanel, "hidden"},
	} {
		if x.on {
			on = append(on, x.name)
		}
	}
	return strings.Join(on, "\n")
}
