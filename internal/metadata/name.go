package metadata

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/lanyard-idp/lanyard/internal/apps"
)

// maxName is the longest name that we make up for an app, in characters.
const maxName = 100

// nameOf is what to call the app: its own name, else its service's, else its organisation's, else its host.
func nameOf(a *apps.App) string {
	m := &a.Settings.Metadata
	names := [][]apps.Localized{m.DisplayNames}
	for _, s := range m.AttributeServices {
		names = append(names, s.Names)
	}
	for _, n := range append(names, m.OrganizationNames) {
		if v := clip(english(n)); v != "" {
			return v
		}
	}
	return clip(hostOf(a.EntityID))
}

// english prefers English, the language of our console, to the first one that comes.
func english(names []apps.Localized) string {
	for _, n := range names {
		if strings.EqualFold(n.Lang, "en") || strings.HasPrefix(strings.ToLower(n.Lang), "en-") {
			return n.Value
		}
	}
	if len(names) > 0 {
		return names[0].Value
	}
	return ""
}

func hostOf(entityID string) string {
	if u, err := url.Parse(entityID); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return entityID
}

// clip makes a name printable and not too long.
func clip(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return -1
		}
		return c
	}, s)
	if runes := []rune(s); len(runes) > maxName {
		s = string(runes[:maxName])
	}
	return strings.TrimSpace(s)
}
