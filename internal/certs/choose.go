package certs

import (
	"strings"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/gallery"
)

// ActiveFor is the certificate that signs for an app: its own active one, else the one for all apps; nil when none signs.
func ActiveFor(all []Certificate, id apps.ID) (active *Certificate) {
	for i := range all {
		c := &all[i]
		if c.State == Active && (c.AppID == id || c.AppID == "" && active == nil) {
			active = c
		}
	}
	return active
}

// Fill adds the certificate to the values of a vendor's form. DER is left out: it is a file.
func (c *Certificate) Fill(values map[gallery.Bind]string) {
	for bind, format := range map[gallery.Bind]Format{gallery.BindPEM: PEM, gallery.BindBase64: Base64} {
		text, _ := c.Export(format) // both are forms that there are
		values[bind] = strings.TrimSpace(string(text))
	}
	values[gallery.BindSHA1], values[gallery.BindSHA256] = Colons(c.SHA1()), Colons(c.SHA256())
}
