// Package apps is what we know of each service provider: where its messages come from and go to, which keys it holds, what
// we tell it about people, and who may use it. Nobody may use an app until assigned: directly, through a group however
// deep, or by assigning everyone.
//
// It refuses wildcards: an endpoint is one exact URL, https unless it is on loopback or the administrator says otherwise.
package apps

import (
	"time"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

// ID is a UUID in text form.
type ID string

// App is one service provider as an administrator keeps it.
type App struct {
	ID       ID
	Slug     string // names the app in our URLs: /saml/start/{slug}; lower-case letters, digits, hyphens; unique
	Name     string
	EntityID string // unique
	Enabled  bool
	Settings Settings
	Version  int // counts the changes; a writer says which one it saw
	// MetadataXML is the document that the app was last imported from, kept as it came.
	MetadataXML []byte
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Settings is everything about an app beyond its names, kept as one JSON value. The zero value signs both, asks for
// nothing, and sends the e-mail address as NameID.
type Settings struct {
	ACS  []Endpoint `json:"acs,omitempty"`
	SLO  []Endpoint `json:"slo,omitempty"`
	Keys []Key      `json:"keys,omitempty"`

	NameID             NameIDRule           `json:"nameId,omitzero"`
	Claims             []Claim              `json:"claims,omitempty"`
	TypedValues        bool                 `json:"typedValues,omitempty"` // xsi:type on attribute values
	Sign               Sign                 `json:"sign,omitempty"`
	SignatureMethod    saml.SignatureMethod `json:"signatureMethod,omitempty"` // empty: what the signing key does best
	Lifetime           Duration             `json:"lifetime,omitempty"`        // of an assertion; 0 means DefaultLifetime
	RequireSigned      bool                 `json:"requireSigned,omitempty"`   // refuse unsigned AuthnRequests
	AllowSHA1          bool                 `json:"allowSHA1,omitempty"`       // accept SHA-1 signatures from this app
	AllowHTTP          bool                 `json:"allowHTTP,omitempty"`       // accept plain-http endpoints beyond loopback
	NoUnsolicited      bool                 `json:"noUnsolicited,omitempty"`   // no IdP-initiated start
	RelayState         string               `json:"relayState,omitempty"`      // sent with an IdP-initiated start that names none
	IdPEntityID        string               `json:"idpEntityId,omitempty"`     // our entity ID towards this app; empty: the common one
	HiddenFromPanel    bool                 `json:"hiddenFromPanel,omitempty"`
	Metadata           Described            `json:"metadata,omitzero"` // what its metadata says beyond the above
	MetadataURL        string               `json:"metadataUrl,omitempty"`
	MetadataValidUntil time.Time            `json:"metadataValidUntil,omitzero"`
	Template           string               `json:"template,omitempty"`        // of the gallery, that the app was made from
	TemplateVariant    string               `json:"templateVariant,omitempty"` // of that template
	ConfiguredAt       time.Time            `json:"configuredAt,omitzero"`     // when somebody said that the app's side knows us
}

// Endpoint is one place of the app that takes our messages.
type Endpoint struct {
	Binding          saml.Binding `json:"binding"`
	Location         string       `json:"location"`
	ResponseLocation string       `json:"responseLocation,omitempty"` // where responses go instead (Metadata §2.2.2)
	Index            int          `json:"index,omitempty"`            // of an ACS; 0 to 65535, unique among them
	IsDefault        *bool        `json:"isDefault,omitempty"`        // nil: not said, which differs from false (Metadata §2.2.3)
}

// Key is one public key of the app. A certificate is only its container: its dates and names mean nothing
// (Metadata Interoperability Profile §2.6.1).
type Key struct {
	Use         string   `json:"use,omitempty"`         // "signing", "encryption", or empty for both
	Certificate []byte   `json:"certificate,omitempty"` // DER as it came, if it came in one
	PublicKey   []byte   `json:"publicKey"`             // DER, PKIX
	Methods     []string `json:"methods,omitempty"`     // EncryptionMethod algorithms, in the app's order
}

// Sign says what of a successful response is signed. Refusals are always signed as a whole.
type Sign string

// The zero Sign means SignBoth: several service providers refuse less out of the box.
const (
	SignBoth      Sign = "both"
	SignAssertion Sign = "assertion"
	SignResponse  Sign = "response"
)

// DefaultLifetime of an assertion.
const DefaultLifetime = Duration(5 * time.Minute)

// Described is what a metadata document says that the flows do not act on: kept whole, shown to people.
type Described struct {
	DisplayNames        []Localized         `json:"displayNames,omitempty"`
	Descriptions        []Localized         `json:"descriptions,omitempty"`
	Logos               []Logo              `json:"logos,omitempty"`
	InformationURLs     []Localized         `json:"informationUrls,omitempty"`
	PrivacyURLs         []Localized         `json:"privacyUrls,omitempty"`
	OrganizationNames   []Localized         `json:"organizationNames,omitempty"`
	OrganizationURLs    []Localized         `json:"organizationUrls,omitempty"`
	Contacts            []Contact           `json:"contacts,omitempty"`
	NameIDFormats       []saml.NameIDFormat `json:"nameIdFormats,omitempty"`
	AttributeServices   []AttributeService  `json:"attributeServices,omitempty"`
	EntityAttributes    []EntityAttribute   `json:"entityAttributes,omitempty"`
	SignatureMethods    []string            `json:"signatureMethods,omitempty"`
	DigestMethods       []string            `json:"digestMethods,omitempty"`
	WantSignedAssertion bool                `json:"wantSignedAssertion,omitempty"`
	ErrorURL            string              `json:"errorUrl,omitempty"`
}

// Localized is a text or URL in one language (BCP 47).
type Localized struct {
	Lang  string `json:"lang"`
	Value string `json:"value"`
}

// Logo is an image of the app; Width and Height in pixels.
type Logo struct {
	URL    string `json:"url"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Lang   string `json:"lang,omitempty"`
}

// Contact is a person or desk at the app (Metadata §2.3.2.2).
type Contact struct {
	Type      string   `json:"type"`
	Company   string   `json:"company,omitempty"`
	GivenName string   `json:"givenName,omitempty"`
	SurName   string   `json:"surName,omitempty"`
	Emails    []string `json:"emails,omitempty"`
	Phones    []string `json:"phones,omitempty"`
}

// AttributeService is an AttributeConsumingService: what the app would like to be told (Metadata §2.4.4.1).
type AttributeService struct {
	Index     int                  `json:"index"`
	IsDefault bool                 `json:"isDefault,omitempty"`
	Names     []Localized          `json:"names,omitempty"`
	Requested []RequestedAttribute `json:"requested,omitempty"`
}

// RequestedAttribute is one fact the app asks for.
type RequestedAttribute struct {
	Name         string          `json:"name"`
	NameFormat   saml.NameFormat `json:"nameFormat,omitempty"`
	FriendlyName string          `json:"friendlyName,omitempty"`
	Required     bool            `json:"required,omitempty"`
	Values       []string        `json:"values,omitempty"`
}

// EntityAttribute is a statement about the app itself (Metadata Extension for Entity Attributes).
type EntityAttribute struct {
	Name       string   `json:"name"`
	NameFormat string   `json:"nameFormat,omitempty"`
	Values     []string `json:"values"`
}
