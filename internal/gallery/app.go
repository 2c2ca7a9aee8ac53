package gallery

import (
	"slices"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// nameFormats are the words for them in files.
var nameFormats = map[string]saml.NameFormat{"": "", "basic": saml.NameBasic, "uri": saml.NameURI, "unspecified": saml.NameUnspecified}

// bindings are the words for them in files.
var bindings = map[string]saml.Binding{"redirect": saml.BindingRedirect, "post": saml.BindingPOST, "soap": saml.BindingSOAP}

// App makes an app of the template with the administrator's values, for a variant or the usual one (""). It is enabled,
// nobody is assigned, and it passes apps.Validate. An error is about the field that it names and repeats its help.
func (t *Template) App(values map[string]string, variant string) (apps.App, error) {
	v, err := t.variant(variant)
	if err != nil {
		return apps.App{}, err
	}
	fields, err := t.FieldsOf(v.ID)
	if err != nil {
		return apps.App{}, err
	}
	values, err = complete(t, fields, values)
	if err != nil {
		return apps.App{}, err
	}
	a := apps.App{Name: t.Name, EntityID: fill(v.EntityID, values), Enabled: true}
	a.Settings = t.settings(v, values)
	if err := t.setNamed(&a); err != nil {
		return apps.App{}, err
	}
	if err := addKeys(&a, fields, values); err != nil {
		return apps.App{}, err
	}
	a.Normalize()
	return a, a.Validate()
}

// SignOnURL is where people start at the app itself; "" when the vendor documents no such page or it is not known here.
func (t *Template) SignOnURL(values map[string]string, variant string) (string, error) {
	v, err := t.variant(variant)
	if err != nil {
		return "", err
	}
	fields, err := t.FieldsOf(v.ID)
	if err != nil {
		return "", err
	}
	values, err = complete(t, fields, values)
	if slices.ContainsFunc(holes(v.SignOnURL), func(key string) bool { return values[key] == "" }) {
		return "", err // an optional field, and nobody filled it
	}
	return fill(v.SignOnURL, values), err
}

func (t *Template) settings(v *Variant, values map[string]string) apps.Settings {
	s := apps.Settings{
		Template: t.ID, TemplateVariant: v.ID,
		NameID: apps.NameIDRule{Source: t.NameID.Source},
		Claims: t.claims(values), TypedValues: t.TypedValues, Sign: t.Sign,
		RequireSigned: t.RequireSigned, NoUnsolicited: !t.IdPInitiated, RelayState: fill(v.RelayState, values),
	}
	for i, location := range v.ACS {
		s.ACS = append(s.ACS, apps.Endpoint{Binding: saml.BindingPOST, Location: fill(location, values), Index: i})
	}
	for _, e := range v.SLO {
		s.SLO = append(s.SLO, apps.Endpoint{Binding: bindings[e.Binding], Location: fill(e.URL, values)})
	}
	return s
}

func (t *Template) claims(values map[string]string) (claims []apps.Claim) {
	for _, c := range t.Claims {
		if c.Off {
			continue
		}
		claim := apps.Claim{
			Name: c.Name, NameFormat: nameFormats[c.NameFormat], FriendlyName: c.FriendlyName,
			Source: apps.Source(fill(string(c.Source), values)), Required: c.Required,
		}
		for _, constant := range c.Constant {
			claim.Constant = append(claim.Constant, fill(constant, values))
		}
		claims = append(claims, claim)
	}
	return claims
}

// setNamed sets what files call by the short names of the command line.
func (t *Template) setNamed(a *apps.App) error {
	_, err := a.Set("nameid-format="+t.NameID.Format, "signature-algorithm="+t.SignatureMethod)
	return err
}

func addKeys(a *apps.App, fields []Field, values map[string]string) error {
	for _, f := range fields {
		if f.Kind != KindCertificate || values[f.Key] == "" {
			continue
		}
		key, err := apps.SigningKeyFrom(values[f.Key])
		if err != nil {
			return fault.Field(f.Key, "%s: %s", f.Label, fault.From(err).Message)
		}
		a.Settings.Keys = append(a.Settings.Keys, key)
	}
	return nil
}
