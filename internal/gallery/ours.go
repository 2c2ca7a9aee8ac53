package gallery

import "github.com/lanyard-idp/lanyard/internal/apps"

// Ours are the values of a vendor's form for an app, with our public address base; certs.Certificate.Fill adds those of the
// certificate. The metadata document is left out: it is a file.
func Ours(base string, a *apps.App) map[Bind]string {
	us := a.IdP(base)
	values := map[Bind]string{
		BindEntityID: us.EntityID, BindSSO: us.SSOURL, BindSignOut: us.SignOutURL, BindSignOutPage: base + "/logout",
		BindMetadataURL: us.MetadataURL, BindAppEntityID: a.EntityID,
	}
	if len(a.Settings.ACS) > 0 {
		values[BindAppACS] = a.Settings.ACS[0].Location
	}
	return values
}
