package interop

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// form is the first HTML form of a page that a message or a password goes through.
type form struct {
	method, action string
	fields         map[string]string
}

// findForm answers nil when no form of the page carries a SAML message or asks for a password.
func findForm(t *testing.T, body string) *form {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for node := range root.Descendants() {
		if node.DataAtom != atom.Form {
			continue
		}
		found := readForm(node)
		if found.has("SAMLRequest") || found.has("SAMLResponse") || found.has("password") {
			return found
		}
	}
	return nil
}

func readForm(node *html.Node) *form {
	found := &form{method: strings.ToUpper(attribute(node, "method")), action: attribute(node, "action"), fields: map[string]string{}}
	if found.method == "" {
		found.method = "GET"
	}
	for input := range node.Descendants() {
		if name := attribute(input, "name"); input.DataAtom == atom.Input && name != "" {
			found.fields[name] = attribute(input, "value")
		}
	}
	return found
}

func (f *form) has(field string) bool {
	if f == nil {
		return false
	}
	_, ok := f.fields[field]
	return ok
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
