package apps

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"slices"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// setInList is key+=value and key-=value.
func (a *App) setInList(key, change, value string) error {
	var err error
	switch key + change {
	case "acs+":
		a.addACS(value)
	case "acs-":
		a.Settings.ACS, err = without(a.Settings.ACS, "acs", value)
	case "slo+":
		err = a.addSLO(value)
	case "slo-":
		a.Settings.SLO, err = without(a.Settings.SLO, "slo", value)
	case "certificate+":
		err = a.addCertificate(value)
	default:
		return unknownSetting(key + change)
	}
	return err
}

func without(endpoints []Endpoint, field, location string) ([]Endpoint, error) {
	left := slices.DeleteFunc(slices.Clone(endpoints), func(e Endpoint) bool { return e.Location == location })
	if len(left) == len(endpoints) {
		return nil, fault.Field(field, "The app has no address %s.", location)
	}
	return left, nil
}

// setACS replaces all addresses for answers by one.
func setACS(a *App, value string) (string, error) {
	a.Settings.ACS = nil
	a.addACS(value)
	return "", nil
}

// addACS gives the address the next free index: apps refer to theirs by it.
func (a *App) addACS(location string) {
	index := 0
	for _, e := range a.Settings.ACS {
		index = max(index, e.Index+1)
	}
	a.Settings.ACS = append(a.Settings.ACS, Endpoint{Binding: saml.BindingPOST, Location: location, Index: index})
}

func setSLO(a *App, value string) (string, error) {
	a.Settings.SLO = nil
	if value == "" {
		return "", nil
	}
	return "", a.addSLO(value)
}

func (a *App) addSLO(value string) error {
	word, location, ok := strings.Cut(value, ":")
	bindings := map[string]saml.Binding{"redirect": saml.BindingRedirect, "post": saml.BindingPOST, "soap": saml.BindingSOAP}
	binding, known := bindings[word]
	switch {
	case ok && known:
	case strings.Contains(value, "://"):
		binding, location = saml.BindingRedirect, value
	default:
		return fault.Field("slo", "%q is no sign-out address: write it like redirect:https://app.example.org/slo.", value)
	}
	a.Settings.SLO = append(a.Settings.SLO, Endpoint{Binding: binding, Location: location})
	return nil
}

// setClaim keeps what is known of a claim of that name (its format, whether it is required) and changes the source.
func (a *App) setClaim(name, source string) error {
	c := Claim{Name: name, Source: Source(source)}
	if constant, ok := strings.CutPrefix(source, "constant:"); ok {
		c.Source, c.Constant = SourceConstant, []string{constant}
	}
	if err := c.Validate(); err != nil {
		return err
	}
	claims := slices.Clone(a.Settings.Claims)
	if i := slices.IndexFunc(claims, func(old Claim) bool { return old.Name == name }); i >= 0 {
		claims[i].Source, claims[i].Constant = c.Source, c.Constant
	} else {
		claims = append(claims, c)
	}
	a.Settings.Claims = claims
	return nil
}

func removeClaim(a *App, name string) (string, error) {
	left := slices.DeleteFunc(slices.Clone(a.Settings.Claims), func(c Claim) bool { return c.Name == name })
	if len(left) == len(a.Settings.Claims) {
		return "", fault.Field("remove-claim", "The app is not told any claim %q.", name)
	}
	a.Settings.Claims = left
	return "", nil
}

// setCertificate replaces the signing keys; keys that are only for encryption stay.
func setCertificate(a *App, value string) (string, error) {
	a.Settings.Keys = slices.DeleteFunc(slices.Clone(a.Settings.Keys), func(k Key) bool { return k.Use != "encryption" })
	if value == "" {
		return "", nil
	}
	return "", a.addCertificate(value)
}

func (a *App) addCertificate(value string) error {
	key, err := SigningKeyFrom(value)
	if err != nil {
		return err
	}
	a.Settings.Keys = append(slices.Clone(a.Settings.Keys), key)
	return nil
}

// SigningKeyFrom reads a certificate that somebody pasted or uploaded: PEM, base64 of the DER, or the DER itself.
func SigningKeyFrom(value string) (Key, error) {
	der := []byte(value)
	if block, _ := pem.Decode(der); block != nil {
		der = block.Bytes
	} else if decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value), "")); err == nil {
		der = decoded
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return Key{}, fault.Field("certificate", "This is no certificate: give it as PEM (with BEGIN CERTIFICATE), as base64, or as DER.")
	}
	public, err := x509.MarshalPKIXPublicKey(parsed.PublicKey)
	if err != nil {
		return Key{}, fault.Field("certificate", "The key in this certificate is of a kind that cannot be used: use RSA or ECDSA.")
	}
	key := Key{Use: "signing", Certificate: der, PublicKey: public}
	return key, key.Validate()
}
