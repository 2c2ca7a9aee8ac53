package signer

import (
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/saml"
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
		for name, other := range map[string]string{"none": "", "two": ref + ref, "another ID": swap(t, ref, "#_req", "#other"), "empty": swap(t, ref, "#_req", ""),
			"missing": swap(t, ref, ` URI="#_req"`, ""), "http": swap(t, ref, "#_req", "http://sp.example.com/x"), "xpointer": swap(t, ref, "#_req", "#xpointer(/)")} {
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
		for _, inside := range []string{"<ds:Object></ds:Object>", "<ds:Object><ds:Manifest>" + ref + "</ds:Manifest></ds:Object>", "<ds:Manifest>" + ref + "</ds:Manifest>",
			"<ds:Object><ds:SignatureProperties></ds:SignatureProperties></ds:Object>", "<ds:SignatureProperties></ds:SignatureProperties>"} {
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
