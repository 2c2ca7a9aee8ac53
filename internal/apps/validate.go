package apps

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// Limits of an app.
const (
	maxName     = 256  // characters
	maxEntityID = 1024 // characters (Core §8.3.6)
	maxOwnID    = 256  // characters, of an entity ID of our own (SAML2int SDP-G04)
	maxIndex    = 65535
	MinLifetime = Duration(time.Minute)
	MaxLifetime = Duration(time.Hour)
)

// Normalize trims what people type, fills the slug, and drops links and pictures of the app's own description that must
// not be shown (IsPage, IsPicture).
func (a *App) Normalize() {
	for _, s := range []*string{&a.Name, &a.EntityID, &a.Slug, &a.Settings.RelayState, &a.Settings.IdPEntityID, &a.Settings.MetadataURL} {
		*s = strings.TrimSpace(*s)
	}
	if a.Name == "" {
		a.Name = a.EntityID
	}
	if a.Slug == "" {
		a.Slug = SlugFrom(a.Name)
	}
	for _, endpoints := range [][]Endpoint{a.Settings.ACS, a.Settings.SLO} {
		for i := range endpoints {
			endpoints[i].Location = strings.TrimSpace(endpoints[i].Location)
			endpoints[i].ResponseLocation = strings.TrimSpace(endpoints[i].ResponseLocation)
		}
	}
	a.Settings.Metadata.dropUnshown()
}

// Validate names the first thing that is wrong.
func (a *App) Validate() error {
	if err := a.validateNames(); err != nil {
		return err
	}
	return a.Settings.Validate()
}

func (a *App) validateNames() error {
	if a.Name == "" || utf8.RuneCountInString(a.Name) > maxName || !printable(a.Name) {
		return fault.Field("name", "An app needs a name of at most %d printable characters.", maxName)
	}
	if len(a.Slug) > maxSlug+8 || !validSlug.MatchString(a.Slug) || uuidShaped.MatchString(a.Slug) {
		return fault.Field("slug", "%q cannot stand in a URL: use lower-case letters and digits with single hyphens between.", a.Slug)
	}
	return checkEntityID("entity-id", a.EntityID, maxEntityID)
}

// checkEntityID takes any name without blanks; that it is an address is a habit, not a rule that everybody keeps.
func checkEntityID(field, id string, limit int) error {
	if id == "" || utf8.RuneCountInString(id) > limit || len(id) > 2*limit {
		return fault.Field(field, "An entity ID has 1 to %d characters here.", limit)
	}
	if strings.ContainsFunc(id, unicode.IsSpace) || !printable(id) {
		return fault.Field(field, "An entity ID holds no blanks and no control characters.")
	}
	return nil
}

// Validate names the first setting that is wrong.
func (s *Settings) Validate() error {
	for _, check := range []func() error{s.validateACS, s.validateSLO, s.validateKeys, s.validateSigning, s.validateNameID, s.validateClaims, s.validateRest} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Settings) validateACS() error {
	indexes := map[int]bool{}
	usable := false
	for i := range s.ACS {
		e := &s.ACS[i]
		if err := e.validate("acs", s.AllowHTTP); err != nil {
			return err
		}
		if e.Index < 0 || e.Index > maxIndex {
			return fault.Field("acs", "The index %d of %s is not between 0 and %d.", e.Index, e.Location, maxIndex)
		}
		if indexes[e.Index] {
			return fault.Field("acs", "Two addresses for answers have the index %d: give each its own.", e.Index)
		}
		indexes[e.Index] = true
		usable = usable || e.Binding == saml.BindingPOST
	}
	if !usable {
		return fault.Field("acs", "The app needs at least one address that takes answers by HTTP-POST (ACS URL).")
	}
	return nil
}

func (s *Settings) validateSLO() error {
	for i := range s.SLO {
		if err := s.SLO[i].validate("slo", s.AllowHTTP); err != nil {
			return err
		}
	}
	return nil
}

func (e *Endpoint) validate(field string, allowHTTP bool) error {
	if e.Binding == "" {
		return fault.Field(field, "The address %s needs a binding.", e.Location)
	}
	if err := CheckURL(field, e.Location, allowHTTP); err != nil {
		return err
	}
	if e.ResponseLocation == "" {
		return nil
	}
	return CheckURL(field, e.ResponseLocation, allowHTTP)
}

func (s *Settings) validateRest() error {
	if s.Lifetime != 0 && (s.Lifetime < MinLifetime || s.Lifetime > MaxLifetime) {
		return fault.Field("lifetime", "An assertion lives from one minute to one hour: %s does not.", time.Duration(s.Lifetime))
	}
	if len(s.RelayState) > maxURL || !printable(s.RelayState) {
		return fault.Field("relay-state", "A RelayState has at most %d printable characters.", maxURL)
	}
	if s.IdPEntityID != "" {
		if err := checkEntityID("idp-entity-id", s.IdPEntityID, maxOwnID); err != nil {
			return err
		}
	}
	if s.MetadataURL != "" {
		return CheckURL("metadata-url", s.MetadataURL, s.AllowHTTP)
	}
	return nil
}

// printable says whether XML 1.0 can carry s (XML §2.2) and people can see it.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF })
}
