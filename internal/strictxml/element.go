package strictxml

import "strings"

// Element is one element with everything below it.
type Element struct {
	Space, Local string // namespace URI and local name
	Attrs        []Attr // without namespace declarations
	Children     []*Element
	Text         string // all text directly inside, CDATA and references resolved
	Line         int    // of the start tag, from 1
	Start, End   int    // octets of the element in the UTF-8 form of the document
}

// Attr is one attribute. Space is empty for an unqualified one.
type Attr struct{ Space, Local, Value string }

// Is says whether the element has this expanded name.
func (e *Element) Is(space, local string) bool { return e.Local == local && e.Space == space }

// Attr is the value of an unqualified attribute and whether it is there.
func (e *Element) Attr(local string) (string, bool) { return e.AttrNS("", local) }

// AttrNS is the value of an attribute and whether it is there.
func (e *Element) AttrNS(space, local string) (string, bool) {
	for i := range e.Attrs {
		if e.Attrs[i].Local == local && e.Attrs[i].Space == space {
			return e.Attrs[i].Value, true
		}
	}
	return "", false
}

// Child is the first child of that name, or nil.
func (e *Element) Child(space, local string) *Element {
	for _, c := range e.Children {
		if c.Is(space, local) {
			return c
		}
	}
	return nil
}

// All are the children of that name.
func (e *Element) All(space, local string) []*Element {
	var found []*Element
	for _, c := range e.Children {
		if c.Is(space, local) {
			found = append(found, c)
		}
	}
	return found
}

// Trimmed is the text without surrounding XML white space.
func (e *Element) Trimmed() string { return strings.Trim(e.Text, " \t\r\n") }
