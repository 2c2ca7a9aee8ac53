package signer

import (
	"crypto/rsa"
	"math/big"
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// The rules of Core §5 for what we verify; the attacks on them are in xsw_test.go.
func TestSignatureProfile(t *testing.T) {
	k := testKey(t, "rsa")
	trust := trustIn(k)
	good := goodRequest(t, k)
	accepted(t, good, trust)
	sig, plain := signatureOf(t, good), unsigned(t, good)
	ref := string(cut(t, []byte(good), "<ds:Reference", "</ds:Reference>"))

	t.Run("SIG-01 detached and enveloping signatures are refused", func(t *testing.T) {
		rejected(t, "enveloping", swap(t, sig, "</ds:Signature>", "<ds:Object>"+plain+"</ds:Object></ds:Signature>"), trust)
		rejected(t, "detached, side by side", sig+plain, trust)
		rejected(t, "detached, in one root", "<x>"+sig+plain+"</x>", trust)
		rejected(t, "not enveloped", resign(t, k, swap(t, good, `<ds:Transform Algorithm="`+enveloped+`"></ds:Transform>`, "")), trust)
	})
	t.Run("SIG-02 one Reference, to the ID of the root", func(t *testing.T) {
		for name, other := range map[string]string{
			"none": "", "two": ref + ref, "another ID": swap(t, ref, "#_req", "#other"), "empty": swap(t, ref, "#_req", ""),
			"missing": swap(t, ref, ` URI="#_req"`, ""), "http": swap(t, ref, "#_req", "http://sp.example.com/x"), "xpointer": swap(t, ref, "#_req", "#xpointer(/)"),
		} {
			rejected(t, name, resign(t, k, swap(t, good, ref, other)), trust)
		}
	})
	t.Run("SIG-04 transforms that could leave content out are refused", func(t *testing.T) {
		for _, transform := range badTransforms("http://127.0.0.1:9/") {
			for _, doc := range withTransform(t, good, transform) {
				rejected(t, transform, redigest(t, k, doc, plain), trust)
			}
		}
	})
	t.Run("SIG-10 MD5 is refused always, SHA-1 unless allowed for the sender", func(t *testing.T) {
		lax := Trust{Keys: trust.Keys, AllowSHA1: true}
		old := sha1Request(t, k)
		rejected(t, "SHA-1", old, trust)
		accepted(t, old, lax)
		rejected(t, "MD5", withMethod(t, good, "http://www.w3.org/2001/04/xmldsig-more#rsa-md5", signInfo(t, k, infoOf(t, good))), lax)
		rejectedQuery(t, string(saml.RSASHA1), querySignature(t, k, saml.RSASHA1), trust)
		rejectedQuery(t, "http://www.w3.org/2001/04/xmldsig-more#rsa-md5", querySignature(t, k, saml.RSASHA256), lax)
	})
	t.Run("SIG-13 HMAC is never accepted", func(t *testing.T) {
		for _, uri := range []string{saml.NSDSig + "hmac-sha1", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"} {
			rejected(t, uri, resign(t, k, withMethod(t, good, uri, nil)), trust)
			rejectedQuery(t, uri, querySignature(t, k, saml.RSASHA256), trust)
		}
	})
	t.Run("SIG-14 a signature counts only when it covers the whole message that is read", func(t *testing.T) {
		inner := signed(t, k, `<saml:Assertion`+declareSAML+` ID="_a"><saml:Issuer>x</saml:Issuer></saml:Assertion>`)
		accepted(t, inner, trust)
		rejected(t, "only a part", request("_req", goodACS, inner), trust)
		rejected(t, "only an outer one", swap(t, signed(t, k, `<x ID="_x"><y></y></x>`), "<y></y>", plain), trust)
	})
	t.Run("SIG-16 a signature elsewhere than after the Issuer is refused", func(t *testing.T) {
		rejected(t, "first", swap(t, plain, "<saml:Issuer", sig+"<saml:Issuer"), trust)
		rejected(t, "last", swap(t, plain, "</samlp:AuthnRequest>", sig+"</samlp:AuthnRequest>"), trust)
		rejected(t, "inside the Issuer", swap(t, plain, "</saml:Issuer>", sig+"</saml:Issuer>"), trust)
		rejected(t, "one deeper", swap(t, plain, "</samlp:NameIDPolicy>", sig+"</samlp:NameIDPolicy>"), trust)
		meta := signed(t, k, testMetadata)
		accepted(t, meta, trust)
		rejected(t, "not first in metadata", swap(t, unsigned(t, meta), "</EntityDescriptor>", signatureOf(t, meta)+"</EntityDescriptor>"), trust)
	})
	t.Run("SIG-17 Manifest, Object and SignatureProperties are refused", func(t *testing.T) {
		for _, inside := range []string{
			"<ds:Object></ds:Object>", "<ds:Object><ds:Manifest>" + ref + "</ds:Manifest></ds:Object>", "<ds:Manifest>" + ref + "</ds:Manifest>",
			"<ds:Object><ds:SignatureProperties></ds:SignatureProperties></ds:Object>", "<ds:SignatureProperties></ds:SignatureProperties>",
		} {
			rejected(t, inside, swap(t, good, "</ds:Signature>", inside+"</ds:Signature>"), trust)
		}
	})
	t.Run("a change of any octet of the message is refused, or changes nothing that is read", func(t *testing.T) {
		want := accepted(t, good, trust)
		for i := range good {
			changed := good[:i] + string(good[i]^1) + good[i+1:]
			if got, err := VerifyDocument([]byte(changed), trust); err == nil && string(got) != want {
				t.Fatalf("%s\nread as %s", changed, got)
			}
		}
	})
	t.Run("white space in base64 is what tools put there", func(t *testing.T) {
		value := valuePattern.FindString(good)
		spaced := strings.Replace(value[:80]+"\r\n\t  "+value[80:], "<ds:SignatureValue>", "<ds:SignatureValue>\n", 1)
		accepted(t, swap(t, good, value, spaced), trust)
	})
}

// Each of these would fail in the cryptography as well, today; the shape has to give them away by itself.
func TestShapeIsRefusedBeforeAnyCryptography(t *testing.T) {
	k := testKey(t, "rsa")
	good := goodRequest(t, k)
	sig := signatureOf(t, good)
	shape := func(doc string) error {
		root, err := strictxml.Parse([]byte(doc), metadataLimits) // the lenient ones
		if err != nil {
			t.Fatalf("%v\n%s", err, doc)
		}
		_, err = inspect(root, trustIn(k))
		return err
	}
	if err := shape(good); err != nil {
		t.Fatal(err)
	}
	const enveloping = `<ds:Transform Algorithm="` + enveloped + `">`
	for name, doc := range map[string]string{
		"two signatures":                 swap(t, good, sig, sig+sig),
		"a second one deep inside":       swap(t, good, "</samlp:NameIDPolicy>", sig+"</samlp:NameIDPolicy>"),
		"a foreign one":                  swap(t, good, "</samlp:NameIDPolicy>", `<x:Signature xmlns:x="urn:x"></x:Signature></samlp:NameIDPolicy>`),
		"something before it":            swap(t, swap(t, good, "<saml:Issuer", "<saml:NameID"), "</saml:Issuer>", "</saml:NameID>"),
		"Object":                         swap(t, good, "</ds:Signature>", "<ds:Object></ds:Object></ds:Signature>"),
		"second KeyInfo":                 swap(t, good, "</ds:Signature>", "<ds:KeyInfo></ds:KeyInfo></ds:Signature>"),
		"Object for KeyInfo":             strings.ReplaceAll(good, "ds:KeyInfo>", "ds:Object>"),
		"text in the signature":          swap(t, good, "<ds:SignatureValue>", "text<ds:SignatureValue>"),
		"element in the certificate":     swap(t, good, "<ds:X509Certificate>", "<ds:X509Certificate><x></x>"),
		"comments kept in SignedInfo":    swap(t, good, `Method Algorithm="`+excC14N, `Method Algorithm="`+c14N10+"#WithComments"),
		"unknown canonicalization":       swap(t, good, `Method Algorithm="`+excC14N, `Method Algorithm="urn:x`),
		"child of inclusive C14N":        swap(t, good, `Method Algorithm="`+excC14N+`">`, `Method Algorithm="`+c14N11+`"><x></x>`),
		"child of SignatureMethod":       swap(t, good, "</ds:SignatureMethod>", "<x></x></ds:SignatureMethod>"),
		"child of DigestMethod":          swap(t, good, "</ds:DigestMethod>", "<x></x></ds:DigestMethod>"),
		"child of the first transform":   swap(t, good, enveloping, enveloping+"<x></x>"),
		"child of InclusiveNamespaces":   swap(t, good, `Transform Algorithm="`+excC14N+`">`, `Transform Algorithm="`+excC14N+`"><ec:InclusiveNamespaces xmlns:ec="`+excC14N+`" PrefixList=""><x></x></ec:InclusiveNamespaces>`),
		"no enveloped-signature":         swap(t, good, enveloped, c14N10),
		"three transforms":               swap(t, good, "</ds:Transforms>", `<ds:Transform Algorithm="`+excC14N+`"></ds:Transform></ds:Transforms>`),
		"no value":                       valuePattern.ReplaceAllLiteralString(good, "<ds:SignatureValue></ds:SignatureValue>"),
		"value is no base64":             valuePattern.ReplaceAllLiteralString(good, "<ds:SignatureValue>!</ds:SignatureValue>"),
		"element for the value":          valuePattern.ReplaceAllLiteralString(good, "<ds:SignatureValue><x>AAAA</x></ds:SignatureValue>"),
		"short digest":                   digestPattern.ReplaceAllLiteralString(good, "<ds:DigestValue>AAAA</ds:DigestValue>"),
		"element beside the digest":      swap(t, good, "</ds:DigestValue>", "<x></x></ds:DigestValue>"),
		"element in the digest":          digestPattern.ReplaceAllLiteralString(good, "<ds:DigestValue><x></x></ds:DigestValue>"),
		"something more in Reference":    swap(t, good, "</ds:Reference>", "<ds:DigestValue></ds:DigestValue></ds:Reference>"),
		"something more in SignedInfo":   swap(t, good, "</ds:SignedInfo>", "<ds:Reference></ds:Reference></ds:SignedInfo>"),
		"SignedInfo in another order":    swap(t, swap(t, good, "<ds:Reference", "<ds:Referenc"), "</ds:Reference>", "</ds:Referenc>"),
		"another kind of document":       strings.ReplaceAll(good, saml.NSProtocol, "urn:x"),
		"no ID":                          swap(t, good, ` ID="_req"`, ""),
		"empty ID and Reference to it":   strings.ReplaceAll(good, "_req", ""),
		"RSA-PSS, which nobody verifies": withMethod(t, good, string(saml.RSAPSS256), make([]byte, 256)),
	} {
		if err := shape(doc); err == nil {
			t.Errorf("%s: has the shape of a signature", name)
		} else {
			wantInvalid(t, err)
		}
	}
}

func TestImpossibleExponentsAreRefused(t *testing.T) {
	n := testKey(t, "rsa").signer.Public().(*rsa.PublicKey).N
	for _, e := range []int{-1, 0, 1, 2, 4, 65536} {
		wantInvalid(t, strongRSA(&rsa.PublicKey{N: n, E: e}))
	}
	wantInvalid(t, strongRSA(&rsa.PublicKey{N: new(big.Int).Rsh(n, 1), E: 65537}))
	for _, e := range []int{3, 17, 65537} {
		if err := strongRSA(&rsa.PublicKey{N: n, E: e}); err != nil {
			t.Errorf("%d: %v", e, err)
		}
	}
}
