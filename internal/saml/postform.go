package saml

import (
	"encoding/base64"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// The one script of the auto-submitting page, its hash, and the policy that lets it and nothing else run. There is no
// form-action: browsers would apply it to the redirect that follows the POST too, and where that leads only the receiver
// knows. An answer with AppendPostForm in it must carry the policy, Cache-Control: no-store and Referrer-Policy: no-referrer.
const (
	postFormScript     = `document.forms[0].submit()`
	PostFormScriptHash = "sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE="
	PostFormCSP        = "default-src 'none'; script-src '" + PostFormScriptHash +
		"'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)

// A PostForm is the page that carries a message through the browser (Bindings §3.5.4): a form that submits itself, with a
// button for browsers without script.
type PostForm struct {
	Action        string // where to: an absolute http or https URL
	Field         string // SAMLRequest or SAMLResponse
	Message       []byte // the XML; it is base64-encoded on the page, never deflated
	RelayState    string
	HasRelayState bool // an empty RelayState is not an absent one

	Lang, Title, Heading string // what a person reads for a moment
	NoScript, Button     string // and what they read without script
	Stylesheet           string // URL of ours; none when empty
}

// AppendPostForm writes the page behind dst, everything escaped. It refuses with fault.Invalid an Action that is not an
// absolute http or https URL, whatever a browser would make of it, and a Field of another name; dst then comes back as it was.
func AppendPostForm(dst []byte, f PostForm) ([]byte, error) {
	if !isWebURL(f.Action) {
		return dst, fault.Field("Action", "The address to answer to is not an absolute http or https URL.")
	}
	if f.Field != "SAMLRequest" && f.Field != "SAMLResponse" {
		return dst, fault.Field("Field", "A SAML form carries a SAMLRequest or a SAMLResponse.")
	}
	b := append(dst, `<!DOCTYPE html><html`...)
	b = appendHTMLAttr(b, ` lang="`, f.Lang)
	b = append(b, `><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>`...)
	b = appendHTML(b, f.Title)
	b = append(b, `</title>`...)
	if f.Stylesheet != "" {
		b = appendHTMLAttr(b, `<link rel="stylesheet" href="`, f.Stylesheet)
		b = append(b, `>`...)
	}
	b = append(b, `</head><body><main><h1>`...)
	b = appendHTML(b, f.Heading)
	b = appendHTMLAttr(append(b, `</h1><form method="post"`...), ` action="`, f.Action)
	b = appendMessage(append(b, '>'), f)
	b = append(b, `<noscript><p>`...)
	b = appendHTML(b, f.NoScript)
	b = append(b, `</p><button type="submit">`...)
	b = appendHTML(b, f.Button)
	return append(b, `</button></noscript></form></main><script>`+postFormScript+`</script></body></html>`...), nil
}

// appendMessage writes the hidden fields.
func appendMessage(b []byte, f PostForm) []byte {
	b = appendHTMLAttr(b, `<input type="hidden" name="`, f.Field)
	b = append(b, ` value="`...)
	b = base64.StdEncoding.AppendEncode(b, f.Message) // its alphabet needs no escaping in a quoted value
	b = append(b, `">`...)
	if f.HasRelayState {
		b = appendHTMLAttr(b, `<input type="hidden" name="RelayState" value="`, f.RelayState)
		b = append(b, '>')
	}
	return b
}

func appendHTMLAttr(b []byte, open, value string) []byte {
	return append(appendHTML(append(b, open...), value), '"')
}

// appendHTML escapes for element content and double-quoted attribute values alike. CR is written as a reference, as HTML
// parsers would turn it into LF otherwise; NUL, which HTML cannot carry, becomes the replacement character.
func appendHTML(b []byte, s string) []byte {
	from := 0
	for i := range len(s) {
		replacement := ""
		switch s[i] {
		case '&':
			replacement = "&amp;"
		case '<':
			replacement = "&lt;"
		case '>':
			replacement = "&gt;"
		case '"':
			replacement = "&#34;"
		case '\'':
			replacement = "&#39;"
		case '\r':
			replacement = "&#13;"
		case 0:
			replacement = "\uFFFD"
		default:
			continue
		}
		b = append(append(b, s[from:i]...), replacement...)
		from = i + 1
	}
	return append(b, s[from:]...)
}

// isWebURL is stricter than a URL parser: browsers drop tabs and line breaks inside a URL and read a backslash as a slash,
// so none of these may be there.
func isWebURL(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7F || s[i] == '\\' {
			return false
		}
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || !strings.EqualFold(scheme, "https") && !strings.EqualFold(scheme, "http") {
		return false
	}
	return rest != "" && strings.IndexByte("/?#:@", rest[0]) < 0
}
