package apps

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

const maxURL = 2048 // characters; no browser and no server takes much more

// urlCharacters are those that a URL is written with (RFC 3986 §2). The asterisk is one of them, but whoever types it means
// a wildcard.
const urlCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()+,;=%"

// CheckURL says whether raw is one exact address that messages can be sent to: absolute, https, nothing that stands for
// something else. Plain http is taken on loopback, and elsewhere with allowHTTP. The error is about field.
func CheckURL(field, raw string, allowHTTP bool) error {
	if err := checkCharacters(field, raw); err != nil {
		return err
	}
	u, err := url.Parse(raw)
	if err != nil || u.Opaque != "" || u.Hostname() == "" || !validPort(u.Port()) {
		return fault.Field(field, "%q is not an absolute URL: write it like https://app.example.org/saml/acs.", raw)
	}
	switch {
	case u.User != nil:
		return fault.Field(field, "%q holds a user name: leave out everything up to the @.", raw)
	case strings.Contains(raw, "#"):
		return fault.Field(field, "%q holds a fragment: leave out the # and what follows.", raw)
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && (allowHTTP || Loopback(u.Hostname())):
		return nil
	case u.Scheme == "http":
		return fault.Field(field, "%q is not encrypted: use https, or allow plain http for this app.", raw)
	}
	return fault.Field(field, "%q is not a web address: it starts with https://.", raw)
}

func checkCharacters(field, raw string) error {
	switch {
	case raw == "":
		return fault.Field(field, "An address is missing here: write it like https://app.example.org/saml/acs.")
	case len(raw) > maxURL:
		return fault.Field(field, "This address is longer than %d characters.", maxURL)
	case strings.Contains(raw, "*"):
		return fault.Field(field, "%q holds a wildcard: each address has to be written out in full.", raw)
	}
	for _, c := range raw {
		if !strings.ContainsRune(urlCharacters, c) {
			return fault.Field(field, "%q holds the character %q, which a URL cannot have: write it percent-encoded, a host name in its xn-- form.", raw, c)
		}
	}
	return nil
}

func validPort(port string) bool {
	if port == "" {
		return true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

// Loopback says whether a host is this very machine: 127.0.0.0/8, ::1 or localhost.
func Loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}
