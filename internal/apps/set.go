package apps

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// setting is one thing that can be set by name. set answers a warning, or "".
type setting struct {
	key  string
	help string
	set  func(a *App, value string) (warning string, err error)
}

// settings is the list that people are shown, in this order.
var settings = []setting{
	{"name", "what people call the app", text(func(a *App) *string { return &a.Name })},
	{"slug", "its name in our URLs", text(func(a *App) *string { return &a.Slug })},
	{"entity-id", "what the app calls itself", text(func(a *App) *string { return &a.EntityID })},
	{"acs", "address for answers by POST; acs+= adds one, acs-= removes one", setACS},
	{"slo", "address for sign-out, as redirect:URL, post:URL or soap:URL; slo+= and slo-= too", setSLO},
	{"sign", "assertion, response or both", setSign},
	{"signature-algorithm", "default, " + list(signatureMethods), setSignatureMethod},
	{"lifetime", "of an assertion, like 5m", setLifetime},
	{"nameid-format", list(nameIDFormats) + ", or a URN", setNameIDFormat},
	{"nameid-source", "email, username, id, attribute:NAME …", setNameIDSource},
	{"claim.NAME", "where the claim comes from: email, username, given-name, family-name, display-name, id, groups, attribute:NAME or constant:TEXT", nil},
	{"remove-claim", "the NAME of a claim to tell no longer", removeClaim},
	{"certificate", "signing certificate of the app, as PEM or base64; certificate+= adds one", setCertificate},
	{"require-signed-requests", "yes or no", yesNo(func(a *App) *bool { return &a.Settings.RequireSigned }, "")},
	{"allow-sha1", "yes or no: accept SHA-1 signatures from the app", yesNo(func(a *App) *bool { return &a.Settings.AllowSHA1 },
		"SHA-1 signatures can be forged with effort. Ask the app's vendor for SHA-256.")},
	{"allow-http", "yes or no: plain-http addresses beyond this machine", yesNo(func(a *App) *bool { return &a.Settings.AllowHTTP },
		"Over plain http everybody on the way can read and take over sign-ins.")},
	{"idp-initiated", "yes or no: may be opened from the access panel", not(func(a *App) *bool { return &a.Settings.NoUnsolicited })},
	{"relay-state", "sent when the app is opened from the access panel", text(func(a *App) *string { return &a.Settings.RelayState })},
	{"idp-entity-id", "our entity ID towards this app; empty: the common one", text(func(a *App) *string { return &a.Settings.IdPEntityID })},
	{"typed-values", "yes or no: xsi:type on attribute values", yesNo(func(a *App) *bool { return &a.Settings.TypedValues }, "")},
	{"hidden", "yes or no: no tile on the access panel", yesNo(func(a *App) *bool { return &a.Settings.HiddenFromPanel }, "")},
}

// SettingsHelp is one line for each setting, for the command line.
func SettingsHelp() string {
	var b strings.Builder
	for _, s := range settings {
		b.WriteString(s.key + ": " + s.help + "\n")
	}
	return b.String()
}

// Set changes the app by "key=value" texts, in their order. It answers warnings for people. On an error the app may be half
// changed: throw it away. Check with Validate what came out.
func (a *App) Set(pairs ...string) (warnings []string, err error) {
	for _, pair := range pairs {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fault.Field(pair, "%q sets nothing: write it like name=Wiki.", pair)
		}
		warning, err := a.setOne(key, value)
		if err != nil {
			return nil, err
		}
		if warning != "" {
			warnings = append(warnings, warning)
		}
	}
	return warnings, nil
}

func (a *App) setOne(key, value string) (string, error) {
	if name, ok := strings.CutPrefix(key, "claim."); ok {
		return "", a.setClaim(name, value)
	}
	plain := strings.TrimRight(key, "+-")
	i := slices.IndexFunc(settings, func(s setting) bool { return s.key == plain })
	if i < 0 || settings[i].set == nil {
		return "", unknownSetting(key)
	}
	if change := key[len(plain):]; change != "" {
		return "", a.setInList(plain, change, value)
	}
	warning, err := settings[i].set(a, value)
	if f := fault.From(err); err != nil && f.Field == "" {
		err = fault.Field(key, "%s for %s.", f.Message, key)
	}
	return warning, err
}

func unknownSetting(key string) error {
	var known []string
	for _, s := range settings {
		known = append(known, s.key)
	}
	return fault.Field(key, "There is no setting %q. These are: %s.", key, strings.Join(known, ", "))
}

func text(field func(*App) *string) func(*App, string) (string, error) {
	return func(a *App, value string) (string, error) { *field(a) = value; return "", nil }
}

func yesNo(field func(*App) *bool, warning string) func(*App, string) (string, error) {
	return func(a *App, value string) (string, error) {
		on, err := parseYesNo(value)
		*field(a) = on
		if !on {
			return "", err
		}
		return warning, nil
	}
}

func not(field func(*App) *bool) func(*App, string) (string, error) {
	return func(a *App, value string) (string, error) {
		on, err := parseYesNo(value)
		*field(a) = !on
		return "", err
	}
}

func parseYesNo(value string) (bool, error) {
	switch strings.ToLower(value) {
	case "yes", "on":
		return true, nil
	case "no", "off":
		return false, nil
	}
	on, err := strconv.ParseBool(value)
	if err != nil {
		return false, fault.New(fault.Invalid, "%q is neither yes nor no", value) // setOne says for what
	}
	return on, nil
}

func setSign(a *App, value string) (string, error) {
	a.Settings.Sign = Sign(value)
	return "", a.Settings.validateSigning()
}

func setSignatureMethod(a *App, value string) (string, error) {
	if value == "default" || value == "" {
		a.Settings.SignatureMethod = ""
		return "", nil
	}
	method, ok := valueOf(signatureMethods, value)
	if !ok {
		return "", fault.Field("signature-algorithm", "%q is no signature algorithm: use default, %s.", value, list(signatureMethods))
	}
	a.Settings.SignatureMethod = method
	if method == saml.RSASHA1 {
		return "SHA-1 signatures can be forged with effort. Use rsa-sha1 only for an app that knows nothing better.", nil
	}
	return "", nil
}

func setLifetime(a *App, value string) (string, error) {
	d, err := time.ParseDuration(value)
	if err != nil {
		return "", fault.Field("lifetime", "%q is not a time span: write it like 5m or 90s.", value)
	}
	a.Settings.Lifetime = Duration(d)
	return "", nil
}

func setNameIDFormat(a *App, value string) (string, error) {
	format, ok := valueOf(nameIDFormats, value)
	if !ok && value != "" && !strings.Contains(value, ":") {
		return "", fault.Field("nameid-format", "%q is no format: use %s, or the URN of another one.", value, list(nameIDFormats))
	}
	if !ok {
		format = saml.NameIDFormat(value)
	}
	a.Settings.NameID.Format = format
	return "", nil
}

func setNameIDSource(a *App, value string) (string, error) {
	a.Settings.NameID.Source = Source(value)
	return "", a.Settings.validateNameID()
}
