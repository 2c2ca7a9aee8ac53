package strictxml

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/text/encoding/unicode"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

var (
	declaration = regexp.MustCompile(`^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')([^?<>]*)\?>`)
	encodingOf  = regexp.MustCompile(`[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z0-9._-]+)["']`)
)

// decode turns a document into UTF-8 without byte order mark and without its XML declaration, which is blanked so that
// line numbers stay. XML 1.0 §4.3.3 asks for UTF-8 and UTF-16; others are refused.
func decode(doc []byte) ([]byte, error) {
	text, wide, err := transcode(doc)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(text, []byte("<?xml ")) && !bytes.HasPrefix(text, []byte("<?xml\n")) && !bytes.HasPrefix(text, []byte("<?xml\t")) {
		return text, nil
	}
	head := text[:min(len(text), 512)]
	m := declaration.FindSubmatchIndex(head)
	if m == nil {
		return nil, fault.New(fault.Invalid, "Line 1: the XML declaration cannot be read.")
	}
	if enc := encodingOf.FindSubmatch(head[m[2]:m[3]]); enc != nil {
		name := strings.ToLower(string(enc[1]))
		fits := name == "utf-8" || name == "utf8" || name == "us-ascii"
		if wide {
			fits = strings.HasPrefix(name, "utf-16")
		}
		if !fits {
			return nil, fault.New(fault.Invalid, "Line 1: the encoding %q is not accepted or is not the one used; save the document as UTF-8.", enc[1])
		}
	}
	out := bytes.Clone(text)
	for i := range m[1] {
		if out[i] != '\n' {
			out[i] = ' '
		}
	}
	return out, nil
}

// transcode looks at the first octets as XML 1.0 appendix F does.
func transcode(doc []byte) (text []byte, wide bool, err error) {
	order, bom := unicode.BigEndian, unicode.UseBOM
	switch {
	case bytes.HasPrefix(doc, []byte{0xEF, 0xBB, 0xBF}):
		return doc[3:], false, nil
	case bytes.HasPrefix(doc, []byte{0xFE, 0xFF}), bytes.HasPrefix(doc, []byte{0xFF, 0xFE}):
	case bytes.HasPrefix(doc, []byte{0, '<'}):
		bom = unicode.IgnoreBOM
	case bytes.HasPrefix(doc, []byte{'<', 0}):
		order, bom = unicode.LittleEndian, unicode.IgnoreBOM
	default:
		return doc, false, nil
	}
	text, err = unicode.UTF16(order, bom).NewDecoder().Bytes(doc)
	if err != nil || bytes.ContainsRune(text, 0xFFFD) {
		return nil, true, fault.New(fault.Invalid, "Line 1: the document is not valid UTF-16.")
	}
	return text, true, nil
}
