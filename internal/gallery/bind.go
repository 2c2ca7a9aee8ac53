package gallery

import "slices"

// A Bind names one of our values, or one of the app's, that stands in a vendor's form.
type Bind string

// What a form can show. The certificate's encoding is part of the name: the one that the vendor wants.
const (
	BindEntityID      Bind = "idp-entity-id"
	BindSSO           Bind = "sso-url"
	BindSignOut       Bind = "signout-url"  // where sign-out messages go; the page when we take none
	BindSignOutPage   Bind = "signout-page" // for vendors that only send the browser there
	BindMetadataURL   Bind = "metadata-url"
	BindMetadataXML   Bind = "metadata-xml"
	BindPEM           Bind = "certificate-pem"
	BindBase64        Bind = "certificate-base64"
	BindDER           Bind = "certificate-der"
	BindSHA1          Bind = "fingerprint-sha1"
	BindSHA256        Bind = "fingerprint-sha256"
	BindAppEntityID   Bind = "app-entity-id"
	BindAppACS        Bind = "app-acs"
	BindText          Bind = "text"
	certificatePrefix      = "certificate-"
)

var binds = []Bind{
	BindEntityID, BindSSO, BindSignOut, BindSignOutPage, BindMetadataURL, BindMetadataXML, BindPEM, BindBase64, BindDER, BindSHA1, BindSHA256,
	BindAppEntityID, BindAppACS, BindText,
}

func (b Bind) known() bool { return slices.Contains(binds, b) }
