package house

import (
	"slices"
	"strings"
	"testing"
)

// Imports point one way. A package may import what stands beside it here, and nothing else of ours. The words leaves,
// nouns, tools and flows stand for the packages of these lists; noun by noun, each may also use the nouns before it.
var lists = map[string]string{
	"leaves": "fault strictxml saml",
	"nouns":  "seal directory apps gallery certs audit session",
	"tools":  "signer catalog outgoing httpserver",
	"flows":  "auth sso slo metadata provisioning",
}

var mayImport = map[string]string{
	"fault":     "",
	"strictxml": "fault",
	"saml":      "fault strictxml",

	"seal":      "fault",
	"directory": "leaves seal",
	"apps":      "leaves seal directory",
	"gallery":   "leaves seal directory apps",
	"certs":     "leaves seal directory apps gallery",
	"audit":     "leaves seal directory apps gallery certs",
	"session":   "leaves seal directory apps gallery certs audit",

	"signer":     "leaves",
	"catalog":    "leaves nouns signer",
	"outgoing":   "fault",
	"httpserver": "fault",

	"auth":         "leaves nouns tools", // flows meet in the browser or in a row, never in the code
	"sso":          "leaves nouns tools",
	"slo":          "leaves nouns tools",
	"metadata":     "leaves nouns tools",
	"provisioning": "leaves nouns tools",

	"migrations": "",
	"postgres":   "leaves nouns migrations",
	"pgembed":    "",

	"web":    "",
	"admin":  "leaves nouns tools flows postgres",
	"portal": "leaves nouns tools flows postgres",
	"testsp": "fault httpserver", // knows SAML from others only

	"config":       "fault seal",
	"postgrestest": "postgres pgembed",
	"cmd/lanyard":  "leaves nouns tools flows postgres pgembed web admin portal testsp config",
}

// staysIn: the libraries that only some packages may import, in whatever version and with all that is below them.
var staysIn = map[string]string{
	"github.com/russellhaering/goxmldsig": "signer", // a second verifier would be a second opinion
	"github.com/beevik/etree":             "signer",
	"github.com/crewjam/saml":             "testsp", // the other side; it must never judge or write for us
	"github.com/jackc/pgx":                "postgres postgrestest pgembed config cmd/lanyard",
	"testing":                             "postgrestest",
}

func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	for _, f := range program(t) {
		allowed, known := mayImport[f.room]
		if !known {
			t.Errorf("%s: package %s stands in no line of mayImport (test/house/imports_test.go): decide what it may import", f.path, f.room)
			continue
		}
		for _, path := range f.imports() {
			to, ours := roomOf(path)
			if ours && !among(allowed, to) {
				t.Errorf("%s imports %s; %s may import: %s", f.path, to, f.room, allowed)
			}
			if !ours && !mayUse(f.room, path) {
				t.Errorf("%s imports %s, which %s may not", f.path, path, f.room)
			}
		}
	}
}

// The table itself: what must never be written into it.
func TestTableForbidsWhatTheDesignForbids(t *testing.T) {
	t.Parallel()
	for _, arrow := range []string{
		"sso auth", "slo sso", "metadata provisioning", "auth portal", "sso postgres", "httpserver portal", "catalog postgres",
		"saml apps", "fault saml", "signer apps", "directory apps", "apps session", "certs signer", "admin portal", "portal admin",
		"portal cmd/lanyard", "auth postgrestest", "testsp saml", "pgembed postgres",
	} {
		from, to, _ := strings.Cut(arrow, " ")
		if among(mayImport[from], to) {
			t.Errorf("%s may import %s", from, to)
		}
	}
	for _, use := range []string{
		"sso github.com/russellhaering/goxmldsig", "metadata github.com/crewjam/saml/samlsp", "auth github.com/jackc/pgx/v5", "apps testing",
	} {
		room, path, _ := strings.Cut(use, " ")
		if mayUse(room, path) {
			t.Errorf("%s may import %s", room, path)
		}
	}
}

// among reads one line of the table.
func among(allowed, room string) bool {
	for word := range strings.FieldsSeq(allowed) {
		if word == room || slices.Contains(strings.Fields(lists[word]), room) {
			return true
		}
	}
	return false
}

func mayUse(room, path string) bool {
	for library, rooms := range staysIn {
		if (path == library || strings.HasPrefix(path, library+"/")) && !slices.Contains(strings.Fields(rooms), room) {
			return false
		}
	}
	return true
}
