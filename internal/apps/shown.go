package apps

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
)

// IsPage says whether an address from a stranger's document may become a link on our pages: web addresses only, since a link of
// another scheme could run a script there.
func IsPage(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil && !strings.ContainsAny(raw, " \\\"<>")
}

// pictures are the data: images that are nothing but pixels; SVG can hold scripts.
var pictures = []string{"data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,", "data:image/webp;base64,"}

// maxPicture is the longest data: image, in characters.
const maxPicture = 64 << 10

// IsPicture says whether an address from a stranger's document may become an image on our pages: https, or a picture in place
// (Metadata UI §2.1.5).
func IsPicture(raw string) bool {
	for _, p := range pictures {
		if pixels, ok := strings.CutPrefix(raw, p); ok && len(raw) <= maxPicture {
			b, err := base64.StdEncoding.DecodeString(pixels)
			return err == nil && len(b) > 0
		}
	}
	return strings.HasPrefix(raw, "https://") && IsPage(raw)
}

// dropUnshown takes away what must not be shown.
func (d *Described) dropUnshown() {
	hidden := func(l Localized) bool { return !IsPage(l.Value) }
	d.InformationURLs = slices.DeleteFunc(d.InformationURLs, hidden)
	d.PrivacyURLs = slices.DeleteFunc(d.PrivacyURLs, hidden)
	d.OrganizationURLs = slices.DeleteFunc(d.OrganizationURLs, hidden)
	d.Logos = slices.DeleteFunc(d.Logos, func(l Logo) bool { return !IsPicture(l.URL) })
	if !IsPage(d.ErrorURL) {
		d.ErrorURL = ""
	}
}
