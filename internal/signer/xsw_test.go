package signer

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

// Each subtest changes a message that verifies: goodRequest is the positive control of them all, checked first.
func TestSignatureWrapping(t *testing.T) {
	k := testKey(t, "rsa")
	trust := trustIn(k)
	good := goodRequest(t, k)
	if got := accepted(t, good, trust); got != request("_req", goodACS, "") {
		t.Fatalf("verified octets: %s", got)
	}
	sig, plain := signatureOf(t, good), unsigned(t, good)
	around := func(inside string) string { return request("_evil", evilACS, inside) }
	same := func(inside string) string { return request("_req", evilACS, inside) }
	in := func(element, inside string) string {
		return "<samlp:" + element + ">" + inside + "</samlp:" + element + ">"
	}

	t.Run("XSW-01 evil root, signed original inside Extensions", func(t *testing.T) {
		for _, evil := range []func(string) string{around, same} {
			rejected(t, "whole original inside", evil(in("Extensions", good)), trust)
			rejected(t, "signature moved up", evil(sig+in("Extensions", plain)), trust)
			rejected(t, "signature at both", evil(sig+in("Extensions", good)), trust)
		}
	})
	t.Run("XSW-02 signed original inside ds:Object of the evil root's Signature", func(t *testing.T) {
		for _, evil := range []func(string) string{around, same} {
			object := "<ds:Object>" + plain + "</ds:Object></ds:Signature>"
			rejected(t, "object last", evil(swap(t, sig, "</ds:Signature>", object)), trust)
			rejected(t, "with its own signature", evil(swap(t, sig, "</ds:Signature>", "<ds:Object>"+good+"</ds:Object></ds:Signature>")), trust)
			rejected(t, "object first", evil(swap(t, sig, "<ds:SignedInfo>", "<ds:Object>"+plain+"</ds:Object><ds:SignedInfo>")), trust)
		}
	})
	t.Run("XSW-03 evil root with the original as sibling or child anywhere", func(t *testing.T) {
		for _, place := range []string{"Extensions", "Subject", "Scoping", "NameIDPolicy", "StatusDetail"} {
			for _, evil := range []func(string) string{around, same} {
				rejected(t, place, evil(in(place, good)), trust)
				rejected(t, place+" signature up", evil(sig+in(place, plain)), trust)
			}
		}
		rejected(t, "sibling before", good+around(""), trust)
		rejected(t, "sibling after", around("")+good, trust)
		rejected(t, "common parent", "<x>"+around("")+good+"</x>", trust)
		rejected(t, "behind the evil policy", swap(t, around(""), "</samlp:AuthnRequest>", good+"</samlp:AuthnRequest>"), trust)
	})
	t.Run("XSW-04 signed root kept, evil twin added inside", func(t *testing.T) {
		rejected(t, "before", swap(t, good, "<samlp:NameIDPolicy", around("")+"<samlp:NameIDPolicy"), trust)
		rejected(t, "after", swap(t, good, "</samlp:AuthnRequest>", around("")+"</samlp:AuthnRequest>"), trust)
		rejected(t, "in the signature", swap(t, good, "</ds:Signature>", around("")+"</ds:Signature>"), trust)
		rejected(t, "in KeyInfo with the signature", swap(t, good, "</ds:KeyInfo>", good+"</ds:KeyInfo>"), trust)
	})
	t.Run("XSW-05 equal ID twice", func(t *testing.T) {
		accepted(t, signed(t, k, request("_req", goodACS, in("Extensions", `<x ID="_other"></x><x ID="_third"></x>`))), trust)
		for _, id := range []string{`ID="_req"`, `Id="_req"`, `id="_req"`, `xml:id="_req"`, `samlp:ID="_req"`} {
			rejected(t, id, signed(t, k, request("_req", goodACS, in("Extensions", `<x `+id+`></x>`))), trust)
		}
		rejected(t, "two others", signed(t, k, request("_req", goodACS, in("Extensions", `<x ID="_x"></x><x ID="_x"></x>`))), trust)
		rejected(t, "original inside", same(sig+in("Extensions", plain)), trust)
	})
	t.Run("XSW-06 Reference to nothing, everything or elsewhere", func(t *testing.T) {
		for _, uri := range []string{
			` URI=""`, ``, ` URI="#xpointer(/)"`, ` URI="#xpointer(id('_req'))"`, ` URI="http://evil.example/x"`, ` URI="_req"`,
			` URI="#"`, ` URI="#_other"`, ` URI="file:///etc/passwd"`, ` URI="x_req"`,
		} {
			rejected(t, uri, resign(t, k, swap(t, good, ` URI="#_req"`, uri)), trust)
		}
	})
	t.Run("XSW-07 signature of another object of the same signer", func(t *testing.T) {
		r := testResponse()
		response := string(mustAppend(t, k, r, Choice{Assertion: true, Method: saml.RSASHA256}))
		assertion := string(cut(t, []byte(response), "<saml:Assertion", "</saml:Assertion>"))
		accepted(t, assertion, trust)
		rejected(t, "assertion in a logout request", logout("victim", in("Extensions", assertion)), trust)
		rejected(t, "its signature in a logout request", logout("victim", signatureOf(t, assertion)), trust)
		rejected(t, "with its ID", strings.Replace(logout("victim", signatureOf(t, assertion)), "_req", r.Assertion.ID, 1), trust)
		rejected(t, "a response around it", response, trust)
		entity := signed(t, k, `<md:EntityDescriptor xmlns:md="`+saml.NSMetadata+`" ID="_req" entityID="x"><md:Extensions></md:Extensions></md:EntityDescriptor>`)
		accepted(t, entity, trust)
		rejected(t, "metadata's signature", logout("victim", signatureOf(t, entity)), trust)
	})
	t.Run("XSW-08 two Signatures, one of them over a nested part", func(t *testing.T) {
		nested := signed(t, k, request("_part", evilACS, ""))
		for _, doc := range []string{
			swap(t, good, "<ds:Signature", signatureOf(t, nested)+"<ds:Signature"),
			swap(t, good, "</ds:Signature>", "</ds:Signature>"+signatureOf(t, nested)),
			around(signatureOf(t, nested) + in("Extensions", unsigned(t, nested))),
			around(sig + in("Extensions", nested)),
			signed(t, k, around("")) + nested,
		} {
			rejected(t, "two", doc, trust)
		}
		inner := unsigned(t, nested)
		whole := signed(t, k, request("_req", goodACS, in("Extensions", inner)))
		accepted(t, whole, trust)
		rejected(t, "valid at the root and nested", swap(t, whole, swap(t, inner, declareSAMLP, ""), swap(t, nested, declareSAMLP, "")), trust)
	})
	t.Run("XSW-09 two SignedInfo, or two References", func(t *testing.T) {
		info := string(cut(t, []byte(good), "<ds:SignedInfo>", "</ds:SignedInfo>"))
		evil := swap(t, info, "#_req", "#_evil")
		ref := string(cut(t, []byte(good), "<ds:Reference", "</ds:Reference>"))
		for _, doc := range []string{
			swap(t, good, info, info+info), swap(t, good, info, evil+info), swap(t, good, info, info+evil),
			swap(t, good, "<ds:SignatureValue>", "<x>"+evil+"</x><ds:SignatureValue>"),
			resign(t, k, swap(t, good, ref, ref+ref)), resign(t, k, swap(t, good, ref, ref+swap(t, ref, "#_req", "#_evil"))),
			resign(t, k, swap(t, good, ref, swap(t, ref, "#_req", "#_evil")+ref)), resign(t, k, swap(t, good, ref, "")),
		} {
			rejected(t, "two", doc, trust)
		}
	})
	t.Run("XSW-10 comment or child nodes in DigestValue, SignatureValue, X509Certificate", func(t *testing.T) {
		for _, tag := range []string{"<ds:DigestValue>", "<ds:SignatureValue>", "<ds:X509Certificate>"} {
			for _, inside := range []string{"<!-- AAAA -->", "<x>AAAA</x>", "<x></x>", "<?x AAAA?>"} {
				rejected(t, tag+inside, swap(t, good, tag, tag+inside), trust)
				end := "</" + tag[1:]
				rejected(t, inside+end, swap(t, good, end, inside+end), trust)
			}
		}
	})
	t.Run("XSW-11 canonicalisation that fails is never a digest of nothing", func(t *testing.T) {
		empty := func(doc string) string { return redigest(t, k, doc, "") }
		rejected(t, "digest of nothing", empty(good), trust)
		relative := signed(t, k, request("_req", goodACS, in("Extensions", `<x xmlns="relative/name"></x>`)))
		rejected(t, "relative namespace", relative, trust)
		rejected(t, "relative namespace, digest of nothing", empty(relative), trust)
		undeclared := swap(t, good, `exc-c14n#"></ds:Transform>`, `exc-c14n#"><ec:InclusiveNamespaces xmlns:ec="`+excC14N+`" PrefixList="nobody #default"></ec:InclusiveNamespaces></ds:Transform>`)
		rejected(t, "undeclared prefix in PrefixList, digest of nothing", empty(undeclared), trust)
		deep := swap(t, good, "</ds:Signature>", "</ds:Signature>"+strings.Repeat("<x>", 5000)+strings.Repeat("</x>", 5000))
		rejected(t, "deep nesting, digest of nothing", empty(deep), trust)
		rejected(t, "undeclared prefix, digest of nothing", empty(swap(t, good, "</ds:Signature>", "</ds:Signature><nobody:x></nobody:x>")), trust)
	})
	t.Run("XSW-12 Signature or ID of another namespace", func(t *testing.T) {
		foreign := strings.ReplaceAll(sig, saml.NSDSig+`">`, `urn:x">`)
		rejected(t, "only a foreign Signature", same(foreign), trust)
		rejected(t, "foreign Signature first", swap(t, good, sig, foreign+sig), trust)
		rejected(t, "foreign Signature after", swap(t, good, sig, sig+foreign), trust)
		rejected(t, "prefix rebound inside", swap(t, good, "<ds:SignedInfo>", `<ds:SignedInfo xmlns:ds="urn:x">`), trust)
		rejected(t, "prefix rebound at the value", swap(t, good, "<ds:SignatureValue>", `<ds:SignatureValue xmlns:ds="urn:x">`), trust)
		for _, id := range []string{"xml:id", declareSAML[1:] + " saml:ID", "Id", "id", "samlp:ID"} {
			rejected(t, id, swap(t, good, ` ID="_req"`, ` `+id+`="_req"`), trust)
		}
	})
	t.Run("XSW-13 the same attribute with and without prefix", func(t *testing.T) {
		for _, ids := range []string{
			`ID="_req" samlp:ID="_evil"`, `samlp:ID="_evil" ID="_req"`, `ID="_req" samlp:ID="_req"`, `ID="_evil" samlp:ID="_req"`,
			`ID="_req" xml:id="_evil"`, `ID="_req" Id="_evil"`, `ID="_req" ID="_evil"`,
		} {
			rejected(t, ids, swap(t, good, `ID="_req"`, ids), trust)
		}
		rejected(t, "even when signed so", signed(t, k, swap(t, request("_req", goodACS, ""), `ID="_req"`, `ID="_req" samlp:ID="_evil"`)), trust)
	})
	t.Run("XSW-14 transforms that leave something out", func(t *testing.T) {
		for _, transform := range badTransforms("http://127.0.0.1:9/") {
			for _, doc := range withTransform(t, good, transform) {
				rejected(t, transform, redigest(t, k, doc, plain), trust)
				rejected(t, transform, redigest(t, k, doc, ""), trust)
			}
		}
	})
	t.Run("XSW-15 an XSLT transform runs nothing and calls nobody", func(t *testing.T) {
		canary, calls := listener(t)
		for _, transform := range badTransforms(canary) {
			for _, doc := range withTransform(t, good, transform) {
				rejected(t, transform, redigest(t, k, doc, plain), trust)
			}
		}
		if calls.Load() != 0 {
			t.Errorf("%d calls", calls.Load())
		}
	})
	t.Run("XSW-16 what two parsers may read differently is refused", func(t *testing.T) {
		for _, odd := range []string{
			`<a:b:c></a:b:c>`, `<x::></x::>`, `<:x></:x>`, `<x xmlns:=""></x>`, `<x xmlns:a:b="urn:x"></x>`, `<x :a="b"></x>`, `<x a:="b"></x>`,
			`<x a:b:c="d"></x>`, `<!ENTITY x "y">`, `<![IGNORE[ ]]>`, `<x xmlns:xml="urn:x"></x>`, `<x xmlns:xmlns="urn:x"></x>`, `<x>&undeclared;</x>`, "<x>\x00</x>", "<x>\xff</x>",
			`<x a="1" a="2"></x>`, `<x></y>`, `<x `,
		} {
			rejected(t, odd, swap(t, good, "</ds:Signature>", "</ds:Signature>"+odd), trust)
			rejected(t, odd, swap(t, good, "<ds:KeyInfo>", "<ds:KeyInfo>"+odd), trust)
		}
		for _, before := range []string{`<!DOCTYPE x>`, `<!DOCTYPE x [<!ENTITY y "z">]>`, `<!DOCTYPE x [<!ATTLIST x ID ID #IMPLIED>]>`, `<x/>`, `text`, "\x00"} {
			rejected(t, before, before+good, trust)
			rejected(t, before, good+before, trust)
		}
		wide := []byte{0xFE, 0xFF}
		for _, r := range good {
			wide = append(wide, byte(r>>8), byte(r))
		}
		if _, err := VerifyDocument(wide, trust); err == nil || !strings.Contains(err.Error(), "must be in UTF-8") {
			t.Errorf("UTF-16: %v", err) // refused before two readers can take it for two documents
		}
	})
	t.Run("XSW-17 comment or processing instruction inside identity text", func(t *testing.T) {
		doc := signed(t, k, logout("admin@example.com.evil.example", ""))
		accepted(t, doc, trust)
		for _, split := range []string{"<!-- -->", "<?p x?>", "<!---->", "<![CDATA[]]><!-- -->"} {
			rejected(t, split, swap(t, doc, "admin@example.com", "admin@example.com"+split), trust)
			rejected(t, split, swap(t, doc, "sp.example.com", "sp.example.com"+split), trust)
			rejected(t, split, swap(t, doc, "_s1", "_s"+split+"1"), trust)
		}
	})
	t.Run("XSW-18 a comment in signed text is refused under every canonicalization, and those that keep comments inclusively altogether", func(t *testing.T) {
		split := swap(t, plain, "metadata<", "meta<!-- -->data<")
		for uri, fits := range map[string]bool{excC14N: true, excC14NComment: true, c14N10: true, c14N11: true, c14N10 + "#WithComments": false, c14N11 + "#WithComments": false} {
			doc := strings.ReplaceAll(good, `Transform Algorithm="`+excC14N, `Transform Algorithm="`+uri)
			ours := redigest(t, k, doc, plain)
			if fits {
				accepted(t, ours, trust)
			} else {
				rejected(t, uri, ours, trust)
			}
			doc = swap(t, doc, "metadata<", "meta<!-- -->data<")
			rejected(t, uri, redigest(t, k, doc, plain), trust)
			rejected(t, uri, redigest(t, k, doc, split), trust)
			between := swap(t, plain, "</saml:Issuer>", "</saml:Issuer><!-- -->")
			rejected(t, uri, redigest(t, k, swap(t, ours, "</ds:Signature>", "</ds:Signature><!-- -->"), between), trust)
		}
		for _, inherited := range []string{`xml:base="http://evil.example/"`, `xml:lang="x"`} {
			rejected(t, inherited, swap(t, good, ` ID="_req"`, ` ID="_req" `+inherited), trust)
			rejected(t, inherited, `<x `+inherited+`>`+good+`</x>`, trust)
		}
	})
	t.Run("XSW-19 CDATA and character references are read as the full text", func(t *testing.T) {
		doc := signed(t, k, logout("anna@example.com", ""))
		want := accepted(t, doc, trust)
		for _, other := range []string{"<![CDATA[anna@example.com]]>", "anna<![CDATA[@]]>example.com", "&#x61;nna@example.com", "&#97;nna&#64;example.com"} {
			if got := accepted(t, swap(t, doc, "anna@example.com", other), trust); got != want {
				t.Errorf("%s: %s", other, got)
			}
		}
		rejected(t, "other text", swap(t, doc, "anna@example.com", "<![CDATA[anna@example.com]]>x"), trust)
	})
	t.Run("XSW-20 IDs match exactly or not at all", func(t *testing.T) {
		for _, uri := range []string{"#_req ", "# _req", "#_REQ", "#_re\u0071\u0301", "%23_req", "#%5Freq", "#_req&#xA;", "#\uFF3Freq", "#_req#"} {
			rejected(t, uri, resign(t, k, swap(t, good, "#_req", uri)), trust)
		}
		composed := strings.ReplaceAll(good, "_req", "_r\u00e9q")
		rejected(t, "normalization forms", redigest(t, k, swap(t, composed, "#_r\u00e9q", "#_re\u0301q"), swap(t, plain, "_req", "_r\u00e9q")), trust)
	})
	t.Run("XSW-21 signature removed", func(t *testing.T) {
		rejected(t, "removed", plain, trust)
		rejected(t, "empty", swap(t, good, sig, `<ds:Signature xmlns:ds="`+saml.NSDSig+`"></ds:Signature>`), trust)
		rejected(t, "no value", valuePattern.ReplaceAllLiteralString(good, ""), trust)
		rejected(t, "no keys in metadata", good, Trust{})
		rejected(t, "a nil key", good, Trust{Keys: []crypto.PublicKey{nil}})
	})
	t.Run("XSW-22 trust taken from KeyInfo", func(t *testing.T) {
		attacker := twin(t, testKey(t, "other"), k)
		evil := goodRequest(t, attacker)
		accepted(t, evil, trustIn(attacker))
		rejected(t, "own certificate of the same subject and serial", evil, trust)
		rejected(t, "the real certificate over the attacker's signature", swap(t, evil, attacker.certText, k.certText), trust)
	})
	t.Run("XSW-23 values that cannot be verified are refused", func(t *testing.T) {
		for _, value := range []string{"", " ", "!", "A", "AAAA", "====", strings.Repeat("A", 344), strings.Repeat("A", 4096), "\u0410\u0410\u0410\u0410"} {
			rejected(t, value, valuePattern.ReplaceAllLiteralString(good, "<ds:SignatureValue>"+value+"</ds:SignatureValue>"), trust)
			rejected(t, value, resign(t, k, digestPattern.ReplaceAllLiteralString(good, "<ds:DigestValue>"+value+"</ds:DigestValue>")), trust)
		}
		ec := testKey(t, "p256")
		doc := goodRequest(t, ec)
		accepted(t, doc, trustIn(ec))
		raw := signInfo(t, ec, infoOf(t, doc))
		asDER, err := ec.signer.Sign(rand.Reader, hashOf(infoOf(t, doc)), crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string][]byte{"DER": asDER, "short": raw[:63], "long": append(raw, 0), "half": raw[:32], "padded": append([]byte{0}, raw...)} {
			rejected(t, name, valuePattern.ReplaceAllLiteralString(doc, "<ds:SignatureValue>"+base64.StdEncoding.EncodeToString(value)+"</ds:SignatureValue>"), trustIn(ec))
		}
	})
	t.Run("XSW-24 key of another entity", func(t *testing.T) {
		rejected(t, "other's keys only", good, trustIn(testKey(t, "other"), testKey(t, "p256"), testKey(t, "e3")))
		accepted(t, good, trustIn(testKey(t, "other"), testKey(t, "p256"), k))
	})
}

// badTransforms each drop content, or fetch it from the canary.
func badTransforms(canary string) []string {
	const xpath = `<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>not(ancestor-or-self::saml:Issuer)</ds:XPath></ds:Transform>`
	return []string{
		xpath, strings.Replace(xpath, "not(ancestor-or-self::saml:Issuer)", "here()", 1),
		`<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"><xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"><xsl:template match="/"><xsl:copy-of select="document('` + canary + `')"></xsl:copy-of></xsl:template></xsl:stylesheet></ds:Transform>`,
		`<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#base64"></ds:Transform>`,
		`<ds:Transform Algorithm="http://www.w3.org/2002/06/xmldsig-filter2"><x:XPath xmlns:x="http://www.w3.org/2002/06/xmldsig-filter2" Filter="subtract">//saml:Issuer</x:XPath></ds:Transform>`,
		`<ds:Transform Algorithm="http://www.w3.org/2002/07/decrypt#XML"></ds:Transform>`, `<ds:Transform Algorithm="` + canary + `"></ds:Transform>`, `<ds:Transform></ds:Transform>`,
		`<ds:Transform Algorithm="` + enveloped + `"></ds:Transform>`, `<ds:Transform Algorithm="` + excC14N + `"></ds:Transform>`,
	}
}

// withTransform adds a transform at every place, and puts it in the place of each.
func withTransform(t *testing.T, doc, transform string) []string {
	first, second := `<ds:Transform Algorithm="`+enveloped+`"></ds:Transform>`, `<ds:Transform Algorithm="`+excC14N+`"></ds:Transform>`
	docs := []string{swap(t, doc, first, transform+first), swap(t, doc, first, first+transform), swap(t, doc, second, second+transform)}
	if transform != first {
		docs = append(docs, swap(t, doc, first, transform))
	}
	if transform != second {
		docs = append(docs, swap(t, doc, second, transform))
	}
	return docs
}

// listener is a server that nobody is to call.
func listener(t *testing.T) (url string, calls *atomic.Int32) {
	calls = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	t.Cleanup(server.Close)
	return server.URL, calls
}

// twin gives k's private key a certificate that looks like the one of another key.
func twin(t *testing.T, k, like *Key) *Key {
	t.Helper()
	template, err := x509.ParseCertificate(like.cert)
	if err != nil {
		t.Fatal(err)
	}
	template.PublicKey = nil
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.signer.Public(), k.signer)
	if err != nil {
		t.Fatal(err)
	}
	out, err := NewKey("twin", k.signer, der)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func hashOf(s string) []byte {
	h := crypto.SHA256.New()
	fmt.Fprint(h, s)
	return h.Sum(nil)
}
