package httpserver

import (
	"net/url"
	"strings"
	"unicode"
)

// maxLocal is longer than any address of ours.
const maxLocal = 2048

// Local says whether next is a path on this server and nothing that a browser could read as another site: "//host",
// "/\host", a scheme, or any of these hidden behind control characters or percent signs.
func Local(next string) bool {
	if len(next) > maxLocal || !strings.HasPrefix(next, "/") {
		return false
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil {
		return false
	}
	return !strings.Contains(next, `\`) && !strings.Contains(u.Path, `\`) && !strings.Contains(u.Path, "//") &&
		!strings.ContainsFunc(u.Path, unicode.IsControl)
}
