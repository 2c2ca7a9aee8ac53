package admin

import (
	"net/http"

	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

// Download is one way to get the certificate.
type Download struct {
	Label, URL string
	Primary    bool
}

// encodings in the order in which people are offered them, with the ending that vendors' file pickers look for.
var encodings = []struct {
	format        certs.Format
	label, ending string
}{
	{certs.PEM, "PEM (.pem)", ".pem"},
	{certs.Base64, "Base64, one line (.txt)", ".txt"},
	{certs.DER, "DER, binary (.cer)", ".cer"},
}

// downloads are the encodings with the one first that the vendor wants.
func downloads(path, wanted string) []Download {
	var all []Download
	for _, e := range encodings {
		d := Download{Label: e.label, URL: path + "/certificate?format=" + string(e.format), Primary: string(e.format) == wanted}
		if d.Primary {
			all = append([]Download{d}, all...)
		} else {
			all = append(all, d)
		}
	}
	return all
}

// certificate is the file that goes to the vendor: what signs for the app now.
func (h *Handler) certificate(w http.ResponseWriter, r *http.Request, _ *directory.User) error {
	a, err := h.found(r)
	if err != nil {
		return err
	}
	keys, err := h.Store.SigningKeys(r.Context())
	if err != nil {
		return err
	}
	active := certs.ActiveFor(keys, a.ID)
	if active == nil {
		return fault.New(fault.NotFound, "No certificate signs for this app yet. On the server: lanyard cert create, then lanyard cert activate.")
	}
	format := certs.Format(r.FormValue("format"))
	file, err := active.Export(format)
	if err != nil {
		return err
	}
	for _, e := range encodings {
		if e.format == format {
			w.Header().Set("Content-Disposition", `attachment; filename="lanyard-`+a.Slug+e.ending+`"`)
		}
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, err = w.Write(file)
	return err
}
