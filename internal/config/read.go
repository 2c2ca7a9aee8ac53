package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/seal"
)

// reader gathers mistakes instead of stopping at the first.
type reader struct{ mistakes []error }

func (r *reader) wrong(name, format string, args ...any) {
	r.mistakes = append(r.mistakes, fault.Field(name, "%s %s", name, fmt.Sprintf(format, args...)))
}

// secret takes the value, or the content of the file; the end of its last line is not part of it.
func (r *reader) secret(name string, value Secret, file string) Secret {
	switch {
	case file == "":
		return value
	case value != "":
		r.wrong(name, "and %s_FILE are both set: leave one of them out.", name)
		return ""
	}
	text, err := os.ReadFile(file)
	if err != nil {
		r.wrong(name+"_FILE", "names %s, which cannot be read: %v.", file, err)
		return ""
	}
	if len(strings.TrimSpace(string(text))) == 0 {
		r.wrong(name+"_FILE", "names %s, which is empty.", file)
	}
	return Secret(strings.TrimRight(string(text), "\r\n"))
}

// databaseURL parses once for the error; what pgx would say might hold the password.
func (r *reader) databaseURL(s Secret) {
	if s == "" {
		return
	}
	if _, err := pgxpool.ParseConfig(s.Reveal()); err != nil {
		r.wrong("DATABASE_URL", "cannot be read: write it like postgres://user:password@host:5432/database, special characters in the password percent-encoded.")
	}
}

func (r *reader) keyset(s Secret) {
	if s == "" {
		return
	}
	if _, err := seal.Parse([]byte(s.Reveal())); err != nil {
		r.wrong("LANYARD_KEYSET", "cannot be read: it is the text that this prints: lanyard keyset create")
	}
}

func (r *reader) listen(s string) string {
	_, port, err := net.SplitHostPort(s)
	if _, numErr := strconv.ParseUint(port, 10, 16); err != nil || numErr != nil {
		r.wrong("LANYARD_LISTEN", "is %q: write address and port, like 127.0.0.1:8080, or :8080 for all addresses.", s)
	}
	return s
}

// maxEntityID is the longest entity ID that we may have (SAML2int SDP-G04), in characters.
const maxEntityID = 256

// publicURL takes scheme and host only: the paths below are the contract.
func (r *reader) publicURL(s string) *url.URL {
	const name = "LANYARD_PUBLIC_URL"
	u, err := url.Parse(strings.TrimRight(s, "/"))
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		r.wrong(name, "is %q: write the address that people type, like https://login.example.org.", s)
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Path != "":
		r.wrong(name, "is %q: it has to end with the host name or the port, without path, query or user.", s)
	case utf8.RuneCountInString(u.String()+"/saml/metadata") > maxEntityID:
		r.wrong(name, "is too long: with /saml/metadata it is our entity ID, which has at most %d characters.", maxEntityID)
	default:
		return u
	}
	return &url.URL{}
}

func (r *reader) folder(name, s string) string {
	path, err := filepath.Abs(s)
	if s == "" || err != nil {
		r.wrong(name, "is %q: name a folder.", s)
		return ""
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		r.wrong(name, "names %s, which is not a folder.", path)
	}
	return path
}

func (r *reader) logForm(s string) LogForm {
	if f := LogForm(s); f == LogText || f == LogJSON {
		return f
	}
	r.wrong("LANYARD_LOG", "is %q: use text or json.", s)
	return LogText
}

// networks takes addresses as networks of one.
func (r *reader) networks(s string) (networks []netip.Prefix) {
	for item := range strings.SplitSeq(s, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		network, err := netip.ParsePrefix(item)
		if addr, addrErr := netip.ParseAddr(item); addrErr == nil {
			network, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			r.wrong("LANYARD_TRUSTED_PROXIES", "holds %q: use addresses or networks like 10.0.0.0/8, with commas between.", item)
			continue
		}
		networks = append(networks, network.Masked())
	}
	return networks
}

// maxClockSkew bounds how long a request is fresh, and with it how long we remember that we saw it.
const maxClockSkew = 15 * time.Minute

func (r *reader) clockSkew(s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 || d > maxClockSkew {
		r.wrong("LANYARD_CLOCK_SKEW", "is %q: write a time span up to %s, like 3m.", s, maxClockSkew)
	}
	return d
}

func (r *reader) organization(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || utf8.RuneCountInString(s) > 256 || strings.ContainsFunc(s, unicode.IsControl) {
		r.wrong("LANYARD_ORGANIZATION", "needs 1 to 256 printable characters.")
	}
	return s
}
