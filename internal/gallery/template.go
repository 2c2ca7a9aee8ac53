package gallery

import "github.com/lanyard-idp/lanyard/internal/apps"

// Template is one app of the gallery, as its file says. Texts marked "filled" may hold {key}, which stands for the value of
// the field of that key.
type Template struct {
	Format       int      `json:"format"` // of the file: 1
	ID           string   `json:"id"`     // the name of the file, and of the app in commands; never changes
	Name         string   `json:"name"`
	FormerNames  []string `json:"formerNames,omitempty"`
	Aliases      []string `json:"aliases,omitempty"` // other words that people search for
	Vendor       string   `json:"vendor"`
	Categories   []string `json:"categories"`
	Summary      string   `json:"summary"`
	Requirements []string `json:"prerequisites,omitempty"` // what has to be there before one begins
	Links        []Link   `json:"links,omitempty"`         // where the administrator goes at the vendor
	Sources      []Link   `json:"sources"`                 // public pages that the values come from

	Fields         []Field   `json:"fields,omitempty"`
	Variants       []Variant `json:"variants"` // newest first
	DefaultVariant string    `json:"defaultVariant,omitempty"`

	NameID          NameID        `json:"nameId"`
	Claims          []Claim       `json:"claims,omitempty"`
	Roles           []Role        `json:"roles,omitempty"`
	Sign            apps.Sign     `json:"sign,omitempty"`               // empty: both
	SignatureMethod string        `json:"signatureAlgorithm,omitempty"` // short name, only where the vendor insists on one
	TypedValues     bool          `json:"typedValues,omitempty"`
	RequireSigned   bool          `json:"requireSigned,omitempty"`
	IdPInitiated    bool          `json:"idpInitiated"` // may be opened from the access panel
	Forms           []Form        `json:"forms"`        // what to type at the vendor: one form for each way; the usual way first
	Guide           []string      `json:"guide"`        // short steps, in order
	Provisioning    *Provisioning `json:"provisioning,omitempty"`
}

// Link is a page on the web.
type Link struct {
	Label string `json:"label"`
	URL   string `json:"url"`
}

// Field is something that only the administrator knows.
type Field struct {
	Key      string   `json:"key"` // letters and digits; not the name of a setting of apps
	Label    string   `json:"label"`
	Help     string   `json:"help"`
	Example  string   `json:"example"`
	Pattern  string   `json:"pattern,omitempty"` // regular expression (RE2) for the whole value
	Default  string   `json:"default,omitempty"`
	Choices  []Choice `json:"choices,omitempty"`  // instead of a pattern; the first is the default
	Optional bool     `json:"optional,omitempty"` // may stay empty
	Kind     Kind     `json:"kind,omitempty"`
}

// Kind says what a field's value is.
type Kind string

// A KindCertificate is the app's own certificate (PEM or base64): it checks the messages that the app signs.
const (
	KindText        Kind = ""
	KindCertificate Kind = "certificate"
)

// Choice is one of the values that a field can have.
type Choice struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// Variant is one set of the app's own values: an era of the vendor, an edition, a cloud.
type Variant struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Note       string     `json:"note,omitempty"`
	EntityID   string     `json:"entityId"`             // filled
	ACS        []string   `json:"acs"`                  // filled; HTTP-POST, the default first
	SLO        []Endpoint `json:"slo,omitempty"`        // filled
	SignOnURL  string     `json:"signOnUrl,omitempty"`  // filled; where people start at the app
	RelayState string     `json:"relayState,omitempty"` // filled; sent when the app is opened from the access panel
}

// Endpoint is one address of the app for sign-out messages; Binding is redirect, post or soap.
type Endpoint struct {
	Binding string `json:"binding"`
	URL     string `json:"url"`
}

// NameID says what identifies people: a short name of a format, and the source of the value.
type NameID struct {
	Format string      `json:"format"`
	Source apps.Source `json:"source,omitempty"`
	Note   string      `json:"note,omitempty"`
}

// Claim is one attribute that the app knows.
type Claim struct {
	Name         string      `json:"name"`
	NameFormat   string      `json:"nameFormat,omitempty"` // basic, uri or unspecified; empty: by the name
	FriendlyName string      `json:"friendlyName,omitempty"`
	Source       apps.Source `json:"source"`             // filled
	Constant     []string    `json:"constant,omitempty"` // filled
	Required     bool        `json:"required,omitempty"`
	Off          bool        `json:"off,omitempty"` // the app would take it; not sent unless the administrator adds it
	Note         string      `json:"note,omitempty"`
}

// Role is a value that the app documents for its role attribute.
type Role struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// Form is one way to tell the vendor about us, with the vendor's labels in the vendor's order.
type Form struct {
	Mode     string      `json:"mode"`               // in the vendor's word: "Automatic", "Manual"
	Where    string      `json:"where,omitempty"`    // the way to the page
	Variants []string    `json:"variants,omitempty"` // those it is for; empty: all
	Fields   []FormField `json:"fields"`
}

// FormField is one box or button of the vendor's form.
type FormField struct {
	Label string `json:"label"`
	Value Bind   `json:"value"`
	Text  string `json:"text,omitempty"` // with BindText: what to type or choose
	Help  string `json:"help,omitempty"`
}

// Provisioning says how accounts could be kept at the app. It is here only when it is documented.
type Provisioning struct {
	Protocol   string `json:"protocol"` // scim2, scim1 or rest
	Documented string `json:"documented"`
	Note       string `json:"note,omitempty"`
}
