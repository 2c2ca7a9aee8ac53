package strictxml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// Limits bound what one document may cost.
type Limits struct {
	Bytes      int    // of the document as it came
	Depth      int    // of nesting
	Elements   int    // in all
	Attributes int    // of one element, namespace declarations included
	Mixed      bool   // text beside child elements is allowed
	Foreign    string // local name of an element in which it is, as what stands there is not ours to know
}

// maxBindings bounds the namespace declarations in force at any element: each name below is looked up among all of them.
const maxBindings = 128

// MessageLimits fit any SAML message that a person's sign-in may bring.
var MessageLimits = Limits{Bytes: 256 << 10, Depth: 64, Elements: 4000, Attributes: 64, Foreign: "Extensions"}

const nsXML = "http://www.w3.org/XML/1998/namespace"

// Parse reads a whole document.
func Parse(doc []byte, lim Limits) (*Element, error) {
	if len(doc) > lim.Bytes {
		return nil, fault.New(fault.Invalid, "The document has %d bytes; at most %d are read.", len(doc), lim.Bytes)
	}
	text, err := decode(doc)
	if err != nil {
		return nil, err
	}
	p := &parser{dec: xml.NewDecoder(bytes.NewReader(text)), lim: lim}
	return p.document()
}

// open is an element whose end tag has not come yet.
type open struct {
	*Element
	prefix   string
	text     []byte
	broken   bool // a comment or processing instruction stands inside
	bindings int  // how many namespace bindings were in force before it
}

type binding struct{ prefix, uri string }

type parser struct {
	dec      *xml.Decoder
	lim      Limits
	stack    []open
	bindings []binding
	count    int
	root     *Element
}

func (p *parser) document() (*Element, error) {
	for {
		start := int(p.dec.InputOffset())
		tok, err := p.dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, p.refuse("this is not well-formed XML (%s).", plain(err))
		}
		if err := p.token(tok, start); err != nil {
			return nil, err
		}
	}
	if len(p.stack) > 0 {
		return nil, p.refuse("the document ends before <%s> does.", p.stack[len(p.stack)-1].Local)
	}
	if p.root == nil {
		return nil, p.refuse("there is no XML element here.")
	}
	return p.root, nil
}

func (p *parser) token(tok xml.Token, start int) error {
	switch t := tok.(type) {
	case xml.StartElement:
		return p.start(t, start)
	case xml.EndElement:
		return p.end(t)
	case xml.CharData:
		return p.text(t)
	case xml.Directive:
		return p.refuse("a document type (DTD) is not accepted; remove the <!DOCTYPE …>.")
	default: // xml.Comment, xml.ProcInst
		if n := len(p.stack); n > 0 {
			p.stack[n-1].broken = true
		}
		return nil
	}
}

func (p *parser) start(t xml.StartElement, offset int) error {
	p.count++
	switch {
	case p.root != nil && len(p.stack) == 0:
		return p.refuse("there is a second element after the end of the document.")
	case len(p.stack) >= p.lim.Depth:
		return p.refuse("elements are nested deeper than %d.", p.lim.Depth)
	case p.count > p.lim.Elements:
		return p.refuse("there are more than %d elements.", p.lim.Elements)
	case len(t.Attr) > p.lim.Attributes:
		return p.refuse("<%s> has more than %d attributes.", t.Name.Local, p.lim.Attributes)
	}
	line, _ := p.dec.InputPos()
	o := open{Element: &Element{Local: t.Name.Local, Line: line, Start: offset}, prefix: t.Name.Space, bindings: len(p.bindings)}
	if err := p.declare(t.Attr); err != nil {
		return err
	}
	var err error
	if o.Space, err = p.resolve(t.Name.Space, t.Name.Local, true); err != nil {
		return err
	}
	if o.Attrs, err = p.attributes(t.Attr); err != nil {
		return err
	}
	if n := len(p.stack); n > 0 {
		parent := p.stack[n-1].Element
		parent.Children = append(parent.Children, o.Element)
	} else {
		p.root = o.Element
	}
	p.stack = append(p.stack, o)
	return nil
}

func (p *parser) end(t xml.EndElement) error {
	n := len(p.stack)
	if n == 0 || p.stack[n-1].Local != t.Name.Local || p.stack[n-1].prefix != t.Name.Space {
		return p.refuse("the end tag </%s> does not fit.", t.Name.Local)
	}
	o := &p.stack[n-1]
	o.Text = string(o.text)
	o.End = int(p.dec.InputOffset())
	blank := o.Trimmed() == ""
	if o.broken && !blank {
		return p.refuse("a comment or processing instruction stands inside the text of <%s>; remove it.", o.Local)
	}
	if !blank && len(o.Children) > 0 && !p.lim.Mixed && !p.foreign() {
		return p.refuse("<%s> mixes text and elements.", o.Local)
	}
	p.bindings = p.bindings[:o.bindings]
	p.stack = p.stack[:n-1]
	return nil
}

// foreign says whether the element that ends now stands inside one that may hold anything.
func (p *parser) foreign() bool {
	outside := p.stack[:len(p.stack)-1]
	return slices.ContainsFunc(outside, func(o open) bool { return p.lim.Foreign != "" && o.Local == p.lim.Foreign })
}

func (p *parser) text(t xml.CharData) error {
	if n := len(p.stack); n > 0 {
		p.stack[n-1].text = append(p.stack[n-1].text, t...)
		return nil
	}
	if len(bytes.Trim(t, " \t\r\n")) > 0 {
		return p.refuse("there is text outside the document's element.")
	}
	return nil
}

// declare takes the namespace declarations of one start tag.
func (p *parser) declare(attrs []xml.Attr) error {
	first := len(p.bindings)
	for _, a := range attrs {
		var prefix string
		switch {
		case a.Name.Space == "" && a.Name.Local == "xmlns":
		case a.Name.Space == "xmlns":
			prefix = a.Name.Local
			if prefix == "xml" || prefix == "xmlns" || a.Value == "" || a.Value == nsXML {
				return p.refuse("the namespace prefix %q is declared in a way that is not allowed.", prefix)
			}
		default:
			continue
		}
		for _, b := range p.bindings[first:] {
			if b.prefix == prefix {
				return p.refuse("the namespace prefix %q is declared twice.", prefix)
			}
		}
		p.bindings = append(p.bindings, binding{prefix, a.Value})
	}
	if len(p.bindings) > maxBindings {
		return p.refuse("more than %d namespace declarations are in force.", maxBindings)
	}
	return nil
}

// resolve finds the namespace of a prefix; unprefixed attributes have none (Namespaces in XML §6.2).
func (p *parser) resolve(prefix, local string, element bool) (string, error) {
	if strings.Contains(local, ":") || prefix == "xmlns" {
		return "", p.refuse("the name %q is not allowed.", local)
	}
	if prefix == "" && !element {
		return "", nil
	}
	if prefix == "xml" {
		return nsXML, nil
	}
	for i := len(p.bindings) - 1; i >= 0; i-- {
		if p.bindings[i].prefix == prefix {
			return p.bindings[i].uri, nil
		}
	}
	if prefix == "" {
		return "", nil
	}
	return "", p.refuse("the namespace prefix %q is not declared.", prefix)
}

func (p *parser) attributes(attrs []xml.Attr) ([]Attr, error) {
	if len(attrs) == 0 {
		return nil, nil
	}
	out := make([]Attr, 0, len(attrs))
	for _, a := range attrs {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		space, err := p.resolve(a.Name.Space, a.Name.Local, false)
		if err != nil {
			return nil, err
		}
		for _, b := range out {
			if b.Local == a.Name.Local && b.Space == space {
				return nil, p.refuse("the attribute %s stands twice.", a.Name.Local)
			}
		}
		out = append(out, Attr{space, a.Name.Local, a.Value})
	}
	return out, nil
}

func (p *parser) refuse(format string, args ...any) error {
	line, _ := p.dec.InputPos()
	e := fault.New(fault.Invalid, "Line %d: "+format, append([]any{line}, args...)...)
	return e
}

// plain is the message of the standard library without its own line number.
func plain(err error) string {
	var s *xml.SyntaxError
	if errors.As(err, &s) {
		return s.Msg
	}
	return err.Error()
}
