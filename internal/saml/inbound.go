package saml

import (
	"encoding/base64"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// Bounds of what one message may bring, in bytes. RelayState may have 80 bytes by the letter (Bindings §3.4.3); real
// service providers send more, and it is theirs to waste.
const (
	MaxMessage    = 256 << 10
	MaxQuery      = 128 << 10
	maxRelayState = 4096
)

// Inbound is a message as it arrived: decoded to XML, not yet read.
type Inbound struct {
	Binding       Binding
	Response      bool // it came as SAMLResponse
	XML           []byte
	RelayState    string
	HasRelayState bool
	Signature     *QuerySignature // of a redirect; nil when there is none
}

// QuerySignature is the signature over a redirect's query. Octets are the bytes as they came, in the order that Bindings
// §3.4.4.1 gives, so that what is verified is what is used.
type QuerySignature struct {
	Octets string
	Method SignatureMethod
	Value  []byte
}

// parameters are the raw values of the names that the bindings use.
type parameters map[string]string

var bindingNames = map[string]bool{
	"SAMLRequest": true, "SAMLResponse": true, "RelayState": true, "SigAlg": true, "Signature": true, "SAMLEncoding": true,
}

// ReadRedirect reads a message from the raw query of a GET (Bindings §3.4).
func ReadRedirect(rawQuery string) (*Inbound, error) {
	if len(rawQuery) > MaxQuery {
		return nil, fault.New(fault.Invalid, "The query is longer than %d bytes.", MaxQuery)
	}
	raw, err := split(rawQuery)
	if err != nil {
		return nil, err
	}
	if enc, ok := raw["SAMLEncoding"]; ok {
		if v, _ := url.QueryUnescape(enc); v != "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE" {
			return nil, fault.New(fault.Invalid, "SAMLEncoding %q is not supported; use DEFLATE.", v)
		}
	}
	name, err := messageName(func(n string) bool { _, ok := raw[n]; return ok })
	if err != nil {
		return nil, err
	}
	in := &Inbound{Binding: BindingRedirect, Response: name == "SAMLResponse"}
	packed, err := unbase64(raw.value(name))
	if err != nil {
		return nil, err
	}
	if in.XML, err = Inflate(packed, MaxMessage); err != nil {
		return nil, err
	}
	if _, ok := raw["RelayState"]; ok {
		in.HasRelayState = true
		if in.RelayState, err = url.QueryUnescape(raw["RelayState"]); err != nil {
			return nil, fault.New(fault.Invalid, "RelayState is not URL-encoded.")
		}
	}
	if in.Signature, err = raw.signature(name); err != nil {
		return nil, err
	}
	return in, checkRelayState(in.RelayState)
}

// ReadPOST reads a message from the fields of a form (Bindings §3.5). query is the raw query of the same request: a
// message may not come in two places.
func ReadPOST(form url.Values, query string) (*Inbound, error) {
	if raw, err := split(query); err != nil || len(raw) > 0 {
		return nil, fault.New(fault.Invalid, "The message came in the address and in the form; send it once.")
	}
	for n := range bindingNames {
		if len(form[n]) > 1 {
			return nil, fault.New(fault.Invalid, "%s came twice; send it once.", n)
		}
	}
	if form.Has("SigAlg") || form.Has("Signature") {
		return nil, fault.New(fault.Invalid, "HTTP-POST-SimpleSign is not supported; sign the XML instead.")
	}
	name, err := messageName(form.Has)
	if err != nil {
		return nil, err
	}
	in := &Inbound{Binding: BindingPOST, Response: name == "SAMLResponse", RelayState: form.Get("RelayState"), HasRelayState: form.Has("RelayState")}
	if in.XML, err = unbase64(form.Get(name)); err != nil {
		return nil, err
	}
	// One widely used library deflates what it posts, too. What begins like XML is XML.
	if strings.IndexByte("< \t\r\n\x00\xEF\xFE\xFF", in.XML[0]) < 0 {
		if in.XML, err = Inflate(in.XML, MaxMessage); err != nil {
			return nil, err
		}
	}
	if len(in.XML) > MaxMessage {
		return nil, fault.New(fault.Invalid, "The message is larger than %d bytes.", MaxMessage)
	}
	return in, checkRelayState(in.RelayState)
}

// split takes the binding's parameters out of a raw query, values still escaped. A parameter that comes twice, in whatever
// spelling, is refused.
func split(rawQuery string) (parameters, error) {
	raw := parameters{}
	for part := range strings.SplitSeq(rawQuery, "&") {
		key, value, _ := strings.Cut(part, "=")
		name, err := url.QueryUnescape(key)
		if err != nil || !bindingNames[name] {
			continue
		}
		if _, twice := raw[name]; twice {
			return nil, fault.New(fault.Invalid, "%s came twice; send it once.", name)
		}
		raw[name] = value
	}
	return raw, nil
}

func messageName(has func(string) bool) (string, error) {
	switch request, response := has("SAMLRequest"), has("SAMLResponse"); {
	case request && response:
		return "", fault.New(fault.Invalid, "SAMLRequest and SAMLResponse came together; send one.")
	case request:
		return "SAMLRequest", nil
	case response:
		return "SAMLResponse", nil
	}
	return "", fault.New(fault.Invalid, "There is no SAML message here. Apps send people to this address; to sign in, open the app instead.")
}

// value is a parameter that holds base64: a plus sign that was not escaped means itself there, not a blank.
func (p parameters) value(name string) string {
	v, err := url.PathUnescape(p[name])
	if err != nil {
		return "%"
	}
	return v
}

// signature collects what a signed redirect carries. One half of it without the other is refused.
func (p parameters) signature(message string) (*QuerySignature, error) {
	alg, hasAlg := p["SigAlg"]
	sig, hasSig := p["Signature"]
	if !hasAlg && !hasSig {
		return nil, nil
	}
	if !hasAlg || !hasSig || alg == "" || sig == "" {
		return nil, fault.New(fault.Invalid, "SigAlg and Signature must come together.")
	}
	method, err := url.QueryUnescape(alg)
	if err != nil {
		return nil, fault.New(fault.Invalid, "SigAlg is not URL-encoded.")
	}
	value, err := unbase64(p.value("Signature"))
	if err != nil {
		return nil, err
	}
	var octets strings.Builder
	octets.WriteString(message + "=" + p[message])
	if relay, ok := p["RelayState"]; ok {
		octets.WriteString("&RelayState=" + relay)
	}
	octets.WriteString("&SigAlg=" + alg)
	return &QuerySignature{Octets: octets.String(), Method: SignatureMethod(method), Value: value}, nil
}

// unbase64 takes the standard alphabet with padding, with or without line breaks.
func unbase64(s string) ([]byte, error) {
	if strings.ContainsAny(s, " \t\r\n") {
		s = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(s)
	}
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(b) == 0 {
		return nil, fault.New(fault.Invalid, "The message is not base64.")
	}
	return b, nil
}

// checkRelayState refuses what an HTML form could not give back unchanged.
func checkRelayState(s string) error {
	if len(s) > maxRelayState {
		return fault.New(fault.Invalid, "RelayState is longer than %d bytes.", maxRelayState)
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return fault.New(fault.Invalid, "RelayState is not UTF-8 text.")
	}
	return nil
}
