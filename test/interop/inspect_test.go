package interop

import (
	"testing"
	"time"

	"github.com/beevik/etree"
)

// signedParts names what carries a signature of its own: response, assertion or both.
func signedParts(t *testing.T, xml string) string {
	t.Helper()
	root := parse(t, xml)
	response, assertion := root.SelectElement("Signature") != nil, root.FindElement("./Assertion/Signature") != nil
	switch {
	case response && assertion:
		return "both"
	case response:
		return "response"
	case assertion:
		return "assertion"
	}
	return "nothing"
}

// signatureAlgorithms lists the algorithm of each signature in the document.
func signatureAlgorithms(t *testing.T, xml string) []string {
	t.Helper()
	return attributeOf(parse(t, xml).FindElements("//SignatureMethod"), "Algorithm")
}

// statusCodes lists the status of a response, the outer code first.
func statusCodes(t *testing.T, xml string) []string {
	t.Helper()
	return attributeOf(parse(t, xml).FindElements("./Status//StatusCode"), "Value")
}

// nameID is the identifier of the person and its format.
func nameID(t *testing.T, xml string) (value, format string) {
	t.Helper()
	element := parse(t, xml).FindElement("./Assertion/Subject/NameID")
	if element == nil {
		t.Fatalf("no NameID in\n%s", xml)
	}
	return element.Text(), element.SelectAttrValue("Format", "")
}

func authnInstant(t *testing.T, xml string) time.Time {
	t.Helper()
	statement := parse(t, xml).FindElement("./Assertion/AuthnStatement")
	if statement == nil {
		t.Fatalf("no AuthnStatement in\n%s", xml)
	}
	instant, err := time.Parse(time.RFC3339, statement.SelectAttrValue("AuthnInstant", ""))
	mustNot(t, err)
	return instant
}

func parse(t *testing.T, xml string) *etree.Element {
	t.Helper()
	doc := etree.NewDocument()
	mustNot(t, doc.ReadFromString(xml))
	return doc.Root()
}

func attributeOf(elements []*etree.Element, name string) []string {
	var values []string
	for _, e := range elements {
		values = append(values, e.SelectAttrValue(name, ""))
	}
	return values
}
