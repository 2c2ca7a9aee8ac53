package signer

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
	dsig "github.com/russellhaering/goxmldsig"
	"pgregory.net/rapid"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// xmlChar says whether XML 1.0 §2.2 has this character.
func xmlChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= unicode.MaxRune
}

// hostile draws a string of anything XML can carry, with a taste for what has a meaning in it.
func hostile(t *rapid.T, label string) string {
	pieces := rapid.SliceOfN(rapid.OneOf(
		rapid.SampledFrom([]string{
			"&", "<", ">", `"`, "'", "\r", "\n", "\t", "\r\n", "]]>", "<!--", "-->", "<?x?>", "&#xD;", "&amp;", "\u0085", "\u2028", "\uFEFF",
			"\uFFFD", "\uE000", "\uD7FF", "\U0010FFFF", "\U0001FFFE", " ", "  ", "</saml:AttributeValue><saml:Attribute Name=\"x\">", "a\u0301", "é",
		}),
		rapid.StringOfN(rapid.Rune().Filter(xmlChar), 0, 8, -1),
	), 0, 6).Draw(t, label)
	return strings.Join(pieces, "")
}

// some is a hostile string that is not blank.
func some(t *rapid.T, label string) string { return "x" + hostile(t, label) }

func someInstant(t *rapid.T, label string) time.Time {
	zone := time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, label+" zone"))
	return time.UnixMilli(rapid.Int64Range(0, 4_102_444_800_000).Draw(t, label)).In(zone)
}

func someAttributes(t *rapid.T) []saml.Attribute {
	attributes := make([]saml.Attribute, rapid.IntRange(0, 3).Draw(t, "attributes"))
	for i := range attributes {
		attributes[i] = saml.Attribute{Name: hostile(t, "name"), NameFormat: saml.NameFormat(some(t, "name format")), FriendlyName: hostile(t, "friendly")}
		for range rapid.IntRange(0, 3).Draw(t, "values") {
			attributes[i].Values = append(attributes[i].Values, hostile(t, "value"))
		}
	}
	if len(attributes) == 0 {
		return nil
	}
	return attributes
}

func someNameID(t *rapid.T) saml.NameID {
	if rapid.Bool().Draw(t, "anonymous") {
		return saml.NameID{}
	}
	return saml.NameID{
		Value: some(t, "NameID"), Format: saml.NameIDFormat(hostile(t, "format")), NameQualifier: hostile(t, "qualifier"),
		SPNameQualifier: hostile(t, "SP qualifier"), SPProvidedID: hostile(t, "SP id"),
	}
}

// someResponse has arbitrary text in every field that carries text.
func someResponse(t *rapid.T) *saml.Response {
	r := &saml.Response{
		ID: "_r", InResponseTo: hostile(t, "in response to"), Destination: hostile(t, "destination"), Issuer: some(t, "issuer"),
		IssueInstant: someInstant(t, "issued"),
	}
	if rapid.Bool().Draw(t, "refusal") {
		r.Status = saml.Refusal(saml.StatusCode(some(t, "code")), saml.StatusCode(hostile(t, "sub code")), hostile(t, "message"))
		return r
	}
	r.Status = saml.Status{Code: saml.StatusSuccess, SubCode: saml.StatusCode(hostile(t, "sub code")), Message: hostile(t, "message")}
	r.Assertion = &saml.Assertion{
		ID: "_a", Issuer: some(t, "assertion issuer"), IssueInstant: someInstant(t, "assertion issued"), Subject: someNameID(t),
		Recipient: some(t, "recipient"), InResponseTo: hostile(t, "confirmation"), NotBefore: someInstant(t, "not before"), Audience: some(t, "audience"),
		AuthnInstant: someInstant(t, "authn"), SessionIndex: hostile(t, "session"), Context: saml.AuthnContextClass(some(t, "class")),
		Attributes: someAttributes(t), TypedValues: rapid.Bool().Draw(t, "typed"),
	}
	r.Assertion.NotOnOrAfter = r.Assertion.NotBefore.Add(time.Minute)
	if rapid.Bool().Draw(t, "session ends") {
		r.Assertion.SessionNotOnOrAfter = someInstant(t, "session end")
	}
	return r
}

// canonicalAsWritten asks two canonicalizers that know nothing of the writer whether doc is canonical already.
func canonicalAsWritten(t *testing.T, fatal func(string, ...any), doc []byte, typed bool) {
	tree := etree.NewDocument()
	if err := tree.ReadFromBytes(doc); err != nil {
		fatal("%v\n%s", err, doc)
	}
	prefixes, libxml := "", "--exc-c14n"
	if typed {
		prefixes, libxml = "xs", "--c14n" // xmllint knows no PrefixList; at the root the inclusive form has to be the same
	}
	if got, err := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(prefixes).Canonicalize(tree.Root()); err != nil || !bytes.Equal(got, doc) {
		fatal("goxmldsig: %v\n got %q\nwant %q", err, got, doc)
	}
	if got, err := program(t, "libxml2-utils", doc, "xmllint", "--nonet", libxml, "-"); err != nil || !bytes.Equal(got, doc) {
		fatal("xmllint: %v\n got %q\nwant %q", err, got, doc)
	}
}

func TestWhatIsWrittenIsCanonicalAndReadsBackTheSame(t *testing.T) {
	k := freeKey(t)
	c := Choice{Assertion: true, Response: true, Method: saml.RSASHA256}
	property := func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			want := someResponse(rt)
			doc, err := k.AppendResponse(nil, want, c)
			if err != nil {
				rt.Fatal(err)
			}
			canonicalAsWritten(t, rt.Fatalf, doc, want.Assertion != nil && want.Assertion.TypedValues)
			if a := want.Assertion; a != nil && !strings.Contains(string(doc), "<saml:AttributeValue") {
				a.TypedValues = false // no value, no type to read back
			}
			if diff := cmp.Diff(want, readBack(rt, doc), cmp.Comparer(time.Time.Equal)); diff != "" {
				rt.Fatalf("%s\n%s", diff, doc)
			}
		})
	}
	t.Run("ATT-17 values are escaped", func(t *testing.T) {
		t.Run("XML-12 any text in any field is canonical as written, and read back as it was given", property)
	})
}

func TestWhatXMLCannotCarryIsRefusedByTheNameOfItsField(t *testing.T) {
	k := freeKey(t)
	c := Choice{Assertion: true, Response: true, Method: saml.RSASHA256}
	property := func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			want := someResponse(rt)
			name, field := someField(rt, want)
			*field += rapid.SampledFrom([]string{
				"\x00", "\x01", "\b", "\x0b", "\x0c", "\x1f", "\uFFFE", "\uFFFF", "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80",
				"\xf4\x90\x80\x80", "\xe2\x82",
			}).Draw(rt, "forbidden") + hostile(rt, "rest")
			doc, err := k.AppendResponse([]byte("kept"), want, c)
			if string(doc) != "kept" || !fault.Is(err, fault.Invalid) || !strings.Contains(fault.From(err).Field, name) {
				rt.Fatalf("%s: %v, %.60q", name, err, doc)
			}
		})
	}
	t.Run("ATT-17 values that cannot be escaped are refused", func(t *testing.T) {
		t.Run("XML-12 control characters, non-characters and broken UTF-8 are refused, never written", property)
	})
}

// someField picks a text of the response and the word that a refusal must have for it.
func someField(t *rapid.T, r *saml.Response) (name string, field *string) {
	if a := r.Assertion; a != nil {
		a.Attributes = append(a.Attributes, saml.Attribute{Name: "badge", Values: []string{""}})
	}
	fields := map[string]*string{"InResponseTo": &r.InResponseTo, "Destination": &r.Destination, "Issuer": &r.Issuer, "StatusMessage": &r.Status.Message}
	if a := r.Assertion; a != nil {
		fields["Recipient"], fields["Audience"], fields["SessionIndex"] = &a.Recipient, &a.Audience, &a.SessionIndex
		if a.Subject.Value != "" {
			fields["NameID"], fields["SPNameQualifier"], fields["SPProvidedID"] = &a.Subject.Value, &a.Subject.SPNameQualifier, &a.Subject.SPProvidedID
		}
		fields["Attribute Name"], fields["Attribute FriendlyName"] = &a.Attributes[0].Name, &a.Attributes[0].FriendlyName
		fields["badge"] = &a.Attributes[len(a.Attributes)-1].Values[0]
	}
	names := make([]string, 0, len(fields))
	for n := range fields {
		names = append(names, n)
	}
	slices.Sort(names)
	name = rapid.SampledFrom(names).Draw(t, "field")
	return name, fields[name]
}

// A reader takes a document apart again. It is strict: what it does not expect fails the test.
type reader struct{ t fataler }

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func readBack(t fataler, doc []byte) *saml.Response {
	t.Helper()
	root, err := strictxml.Parse(doc, metadataLimits)
	if err != nil {
		t.Fatalf("%v\n%q", err, doc)
	}
	d := reader{t}
	r := &saml.Response{
		ID: d.attr(root, "ID"), InResponseTo: d.attr(root, "InResponseTo"), Destination: d.attr(root, "Destination"),
		Issuer: d.child(root, saml.NSAssertion, "Issuer").Text, IssueInstant: d.instant(root, "IssueInstant"),
	}
	status := d.child(root, saml.NSProtocol, "Status")
	code := d.child(status, saml.NSProtocol, "StatusCode")
	r.Status.Code = saml.StatusCode(d.attr(code, "Value"))
	if len(code.Children) > 0 {
		r.Status.SubCode = saml.StatusCode(d.attr(d.child(code, saml.NSProtocol, "StatusCode"), "Value"))
	}
	if m := status.Child(saml.NSProtocol, "StatusMessage"); m != nil {
		r.Status.Message = m.Text
	}
	if a := root.Child(saml.NSAssertion, "Assertion"); a != nil {
		r.Assertion = d.assertion(a)
	}
	return r
}

func (d reader) assertion(a *strictxml.Element) *saml.Assertion {
	subject, conditions, authn := d.child(a, saml.NSAssertion, "Subject"), d.child(a, saml.NSAssertion, "Conditions"), d.child(a, saml.NSAssertion, "AuthnStatement")
	data := d.child(d.child(subject, saml.NSAssertion, "SubjectConfirmation"), saml.NSAssertion, "SubjectConfirmationData")
	out := &saml.Assertion{
		ID: d.attr(a, "ID"), Issuer: d.child(a, saml.NSAssertion, "Issuer").Text, IssueInstant: d.instant(a, "IssueInstant"),
		Recipient: d.attr(data, "Recipient"), InResponseTo: d.attr(data, "InResponseTo"), NotBefore: d.instant(conditions, "NotBefore"),
		NotOnOrAfter: d.instant(conditions, "NotOnOrAfter"), AuthnInstant: d.instant(authn, "AuthnInstant"), SessionIndex: d.attr(authn, "SessionIndex"),
		Audience: d.child(d.child(conditions, saml.NSAssertion, "AudienceRestriction"), saml.NSAssertion, "Audience").Text,
		Context:  saml.AuthnContextClass(d.child(d.child(authn, saml.NSAssertion, "AuthnContext"), saml.NSAssertion, "AuthnContextClassRef").Text),
	}
	if !d.instant(data, "NotOnOrAfter").Equal(out.NotOnOrAfter) {
		d.t.Fatalf("the confirmation ends at another time than the conditions")
	}
	if _, ok := authn.Attr("SessionNotOnOrAfter"); ok {
		out.SessionNotOnOrAfter = d.instant(authn, "SessionNotOnOrAfter")
	}
	if n := subject.Child(saml.NSAssertion, "NameID"); n != nil {
		out.Subject = saml.NameID{
			Value: n.Text, Format: saml.NameIDFormat(d.attr(n, "Format")), NameQualifier: d.attr(n, "NameQualifier"),
			SPNameQualifier: d.attr(n, "SPNameQualifier"), SPProvidedID: d.attr(n, "SPProvidedID"),
		}
	}
	if s := a.Child(saml.NSAssertion, "AttributeStatement"); s != nil {
		out.Attributes, out.TypedValues = d.attributes(s)
	}
	return out
}

func (d reader) attributes(s *strictxml.Element) (out []saml.Attribute, typed bool) {
	for _, e := range s.Children {
		a := saml.Attribute{Name: d.attr(e, "Name"), NameFormat: saml.NameFormat(d.attr(e, "NameFormat")), FriendlyName: d.attr(e, "FriendlyName")}
		for _, v := range e.All(saml.NSAssertion, "AttributeValue") {
			a.Values = append(a.Values, v.Text)
			if kind, ok := v.AttrNS(nsXSI, "type"); ok && kind == "xs:string" {
				typed = true
			}
		}
		out = append(out, a)
	}
	return out, typed
}

func (d reader) attr(e *strictxml.Element, name string) string {
	value, _ := e.Attr(name)
	return value
}

func (d reader) instant(e *strictxml.Element, name string) time.Time {
	d.t.Helper()
	at, err := time.Parse("2006-01-02T15:04:05.000Z", d.attr(e, name))
	if err != nil {
		d.t.Fatalf("%s: %v", name, err)
	}
	return at
}

func (d reader) child(e *strictxml.Element, space, local string) *strictxml.Element {
	d.t.Helper()
	all := e.All(space, local)
	if len(all) != 1 {
		d.t.Fatalf("%d %s in %s", len(all), local, e.Local)
	}
	return all[0]
}
