package apps

// IdP is what an app's side has to know of us.
type IdP struct {
	EntityID    string `json:"entityId"`
	SSOURL      string `json:"ssoUrl"`
	SignOutURL  string `json:"signOutUrl"` // a page: single logout messages have no address yet
	MetadataURL string `json:"metadataUrl"`
}

// IdP is what this app's side has to know of us, whose public address is base.
func (a *App) IdP(base string) IdP {
	us := IdP{EntityID: base + "/saml/metadata", SSOURL: base + "/saml/sso", SignOutURL: base + "/logout", MetadataURL: base + "/saml/metadata/" + a.Slug}
	if a.Settings.IdPEntityID != "" {
		us.EntityID = a.Settings.IdPEntityID
	}
	return us
}
