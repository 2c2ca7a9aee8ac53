package apps

import (
	"strings"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

// named is a short word for a URN.
type named[T ~string] struct {
	Name  string
	Value T
}

// signatureMethods in the order in which people are shown them. rsa-sha1 is last: it is only for apps that know nothing else.
var signatureMethods = []named[saml.SignatureMethod]{
	{"rsa-sha256", saml.RSASHA256},
	{"rsa-sha384", saml.RSASHA384},
	{"rsa-sha512", saml.RSASHA512},
	{"rsa-pss-sha256", saml.RSAPSS256},
	{"rsa-pss-sha384", saml.RSAPSS384},
	{"rsa-pss-sha512", saml.RSAPSS512},
	{"ecdsa-sha256", saml.ECDSASHA256},
	{"ecdsa-sha384", saml.ECDSASHA384},
	{"ecdsa-sha512", saml.ECDSASHA512},
	{"rsa-sha1", saml.RSASHA1},
}

var nameIDFormats = []named[saml.NameIDFormat]{
	{"email", saml.FormatEmail},
	{"unspecified", saml.FormatUnspecified},
	{"persistent", saml.FormatPersistent},
	{"transient", saml.FormatTransient},
	{"windows", saml.FormatWindows},
	{"kerberos", saml.FormatKerberos},
	{"x509", saml.FormatX509},
	{"entity", saml.FormatEntity},
	{"none", FormatNone},
}

// SignatureMethodName is the short name of a method that we can sign with, or "".
func SignatureMethodName(m saml.SignatureMethod) string { return nameOf(signatureMethods, m) }

// NameIDFormatName is the short name of a format, or the URN itself.
func NameIDFormatName(f saml.NameIDFormat) string {
	if name := nameOf(nameIDFormats, f); name != "" {
		return name
	}
	return string(f)
}

// NameIDFormatNames are the short names that there are.
func NameIDFormatNames() []string { return names(nameIDFormats) }

func nameOf[T ~string](table []named[T], value T) string {
	for _, n := range table {
		if n.Value == value {
			return n.Name
		}
	}
	return ""
}

// valueOf takes a short name or the URN itself.
func valueOf[T ~string](table []named[T], name string) (T, bool) {
	for _, n := range table {
		if n.Name == name || string(n.Value) == name {
			return n.Value, true
		}
	}
	return "", false
}

func names[T ~string](table []named[T]) (names []string) {
	for _, n := range table {
		names = append(names, n.Name)
	}
	return names
}

func list[T ~string](table []named[T]) string { return strings.Join(names(table), ", ") }
