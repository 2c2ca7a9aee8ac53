package strictxml

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

func TestWhatADocumentSaysIsWhatTheTreeSays(t *testing.T) {
	doc := "<?xml version='1.0' encoding=\"UTF-8\"?>\n<!-- licence --><a:r xmlns:a='urn:a' xmlns='urn:d' ID='1' a:x='2'>\n<c>x<![CDATA[<y>]]>&#x65;</c><a:e/></a:r>\n"
	got, err := Parse([]byte(doc), MessageLimits)
	if err != nil {
		t.Fatal(err)
	}
	want := &Element{
		Space: "urn:a", Local: "r", Text: "\n", Line: 2, Attrs: []Attr{{"", "ID", "1"}, {"urn:a", "x", "2"}},
		Children: []*Element{
			{Space: "urn:d", Local: "c", Text: "x<y>e", Line: 3},
			{Space: "urn:a", Local: "e", Line: 3},
		},
	}
	forget(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func forget(e *Element) {
	e.Start, e.End = 0, 0
	for _, c := range e.Children {
		forget(c)
	}
}

func TestOffsetsCutAnElementOut(t *testing.T) {
	doc := []byte("<a><b x='1'>t</b><c/></a>")
	root, err := Parse(doc, MessageLimits)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(doc[root.Children[0].Start:root.Children[0].End]); got != "<b x='1'>t</b>" {
		t.Errorf("cut %q", got)
	}
}

// TestWhiteSpaceBeforeDeeperElements: text that has begun survives the growth of the stack, at every depth.
func TestWhiteSpaceBeforeDeeperElements(t *testing.T) {
	for depth := 1; depth <= 64; depth++ {
		doc := strings.Repeat("<a>\n", depth) + strings.Repeat("\n</a>", depth)
		e, err := Parse([]byte(doc), MessageLimits)
		if err != nil {
			t.Fatalf("depth %d: %v", depth, err)
		}
		for ; len(e.Children) > 0; e = e.Children[0] {
			if e.Text != "\n\n" {
				t.Fatalf("depth %d: text %q", depth, e.Text)
			}
		}
	}
}

func TestUTF16IsRead(t *testing.T) {
	text := `<?xml version="1.0" encoding="utf-16"?><a>é漢𝄞</a>`
	for name, doc := range map[string][]byte{
		"CORE-31 little endian with mark":    wide(text, true, true),
		"CORE-31 big endian with mark":       wide(text, false, true),
		"CORE-31 little endian without mark": wide(text, true, false),
		"CORE-31 UTF-8 with mark":            append([]byte{0xEF, 0xBB, 0xBF}, "<a>é漢𝄞</a>"...),
	} {
		t.Run(name, func(t *testing.T) {
			e, err := Parse(doc, MessageLimits)
			if err != nil {
				t.Fatal(err)
			}
			if e.Text != "é漢𝄞" {
				t.Errorf("text %q", e.Text)
			}
		})
	}
}

func wide(s string, little, mark bool) []byte {
	var b bytes.Buffer
	units := utf16.Encode([]rune(s))
	if mark {
		units = append([]uint16{0xFEFF}, units...)
	}
	for _, u := range units {
		if little {
			b.Write([]byte{byte(u), byte(u >> 8)})
		} else {
			b.Write([]byte{byte(u >> 8), byte(u)})
		}
	}
	return b.Bytes()
}

func TestStrangeDocumentsAreRefused(t *testing.T) {
	many := func(n int, s string) string { return strings.Repeat(s, n) }
	for name, doc := range map[string]string{
		"XML-03 an empty internal subset":                         `<!DOCTYPE a []><a/>`,
		"XML-01 an external entity":                               `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`,
		"XML-02 entities of entities":                             `<!DOCTYPE a [<!ENTITY x "yy"><!ENTITY z "&x;&x;">]><a>&z;</a>`,
		"CORE-26 a DTD is refused":                                `<!DOCTYPE a><a/>`,
		"CORE-32 a second root":                                   `<a/><b/>`,
		"XML-09 text after the root":                              `<a/>x`,
		"XML-07 deep nesting":                                     many(65, "<a>") + many(65, "</a>"),
		"XML-07 many attributes":                                  "<a " + attributes(65) + "/>",
		"XML-07 many elements":                                    "<a>" + many(4000, "<b/>") + "</a>",
		"XML-07 a large document":                                 "<a>" + many(256<<10, "x") + "</a>",
		"XSW-17 a comment inside a text":                          `<a>x<!-- -->y</a>`,
		"XSW-17 a comment before a text":                          `<a><!-- -->y</a>`,
		"XSW-17 a processing instruction inside a text":           `<a>x<?p x?>y</a>`,
		"XSW-13 an attribute under two prefixes of one namespace": `<a xmlns:p="u" xmlns:q="u" p:x="1" q:x="2"/>`,
		"XSW-13 an attribute twice":                               `<a x="1" x="2"/>`,
		"XSW-16 a name with two colons":                           `<a:b:c xmlns:a="u"/>`,
		"XSW-16 a name that ends in colons":                       `<x:: xmlns:x="u"/>`,
		"XSW-16 an attribute with an empty prefix":                `<a :x="1"/>`,
		"XSW-16 a declared prefix without a namespace":            `<a xmlns:p=""/>`,
		"XSW-16 an undeclared prefix":                             `<p:a/>`,
		"XSW-16 a prefix declared twice":                          `<a xmlns:p="u" xmlns:p="v"/>`,
		"XSW-16 the prefix xml rebound":                           `<a xmlns:xml="u"/>`,
		"XSW-16 end tag with another prefix":                      `<p:a xmlns:p="u" xmlns:q="u"></q:a>`,
		"XML-10 Latin-1":                                          `<?xml version="1.0" encoding="ISO-8859-1"?><a/>`,
		"XML-10 UTF-7":                                            `<?xml version="1.0" encoding="UTF-7"?><a/>`,
		"XML-10 UTF-16 declared, UTF-8 used":                      `<?xml version="1.0" encoding="UTF-16"?><a/>`,
		"XML-10 overlong UTF-8":                                   "<a>\xC0\xBC</a>",
		"XML-10 NUL":                                              "<a>\x00</a>",
		"an undefined entity":                                     `<a>&x;</a>`,
		"an unclosed element":                                     `<a>`,
		"nothing":                                                 ``,
		"text beside elements":                                    `<a>x<b/></a>`,
		"XSW-16 a directive inside a directive":                   `<!x <!-- --> ><a/>`,
	} {
		t.Run(name, func(t *testing.T) {
			if e, err := Parse([]byte(doc), MessageLimits); err == nil {
				t.Errorf("read as %+v", e)
			}
		})
	}
	t.Run("the same without the trick is read", func(t *testing.T) {
		for _, doc := range []string{`<a>xy</a>`, `<a><!-- --><b/></a>`, `<a xmlns:p="u" p:x="1" x="2"/>`, many(64, "<a>") + many(64, "</a>")} {
			if _, err := Parse([]byte(doc), MessageLimits); err != nil {
				t.Errorf("%.40s: %v", doc, err)
			}
		}
	})
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" a" + strings.Repeat("x", i) + `="1"`)
	}
	return b.String()
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`<a/>`, `<p:a xmlns:p="u" p:x='1'>t<b/></p:a>`, "\xFF\xFE<\x00a\x00/\x00>\x00", `<?xml version="1.0"?><a><![CDATA[x]]></a>`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		e, err := Parse(doc, MessageLimits)
		if (e == nil) == (err == nil) {
			t.Errorf("tree %v, error %v", e, err)
		}
	})
}

// A parser that moved its stack while it held half-read texts once crashed on this.
func TestTextBeforeEachOfManyNestedElements(t *testing.T) {
	doc := strings.Repeat("\n <a>", 40) + "x" + strings.Repeat("</a>", 40)
	root, err := Parse([]byte(doc), MessageLimits)
	if err != nil {
		t.Fatal(err)
	}
	for len(root.Children) > 0 {
		root = root.Children[0]
	}
	if root.Text != "x" {
		t.Errorf("%q", root.Text)
	}
}
