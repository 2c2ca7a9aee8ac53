package signer

import (
	"bytes"
	"crypto"
	"crypto/dsa" //lint:ignore SA1019 to show that such a key is refused
	cryptoecdsa "crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"hash"
	"math/big"
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

// withMethod is doc with another signature method and value.
func withMethod(t *testing.T, doc, uri string, value []byte) string {
	t.Helper()
	from := "SignatureMethod Algorithm=\"" + string(saml.RSASHA256)
	if !strings.Contains(doc, from) {
		from = "SignatureMethod Algorithm=\"" + string(saml.ECDSASHA256)
	}
	doc = swap(t, doc, from, "SignatureMethod Algorithm=\""+uri)
	return valuePattern.ReplaceAllLiteralString(doc, "<ds:SignatureValue>"+base64.StdEncoding.EncodeToString(value)+"</ds:SignatureValue>")
}

// rejectedQuery is rejected for the redirect binding: octets that name m, with this value.
func rejectedQuery(t *testing.T, m string, value []byte, trust Trust) {
	t.Helper()
	wantInvalid(t, VerifyQuery(testQuery+"&SigAlg="+queryEscape(m), saml.SignatureMethod(m), value, trust))
}

func TestAlgorithms(t *testing.T) {
	k := testKey(t, "rsa")
	trust := trustIn(k)
	lax := Trust{Keys: trust.Keys, AllowSHA1: true}
	good := goodRequest(t, k)
	accepted(t, good, trust)
	if err := signAndVerifyQuery(t, k, saml.RSASHA256, trust); err != nil {
		t.Fatal(err)
	}

	t.Run("ALG-01 HMAC with the public key as secret", func(t *testing.T) {
		for uri, makeHash := range map[string]func() hash.Hash{
			saml.NSDSig + "hmac-sha1":                            crypto.SHA1.New,
			"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256": crypto.SHA256.New, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512": crypto.SHA512.New,
		} {
			for _, secret := range publicForms(t, k) {
				doc := withMethod(t, good, uri, nil)
				mac := hmac.New(makeHash, secret)
				mac.Write([]byte(infoOf(t, doc)))
				rejected(t, uri, withMethod(t, good, uri, mac.Sum(nil)), lax)
				mac.Reset()
				mac.Write([]byte(testQuery + "&SigAlg=" + queryEscape(uri)))
				rejectedQuery(t, uri, mac.Sum(nil), lax)
			}
		}
	})
	t.Run("ALG-02 SHA-1, MD5, RIPEMD, truncated output", func(t *testing.T) {
		old := sha1Request(t, k)
		rejected(t, "SHA-1", old, trust)
		accepted(t, old, lax)
		value := querySignature(t, k, saml.RSASHA1)
		rejectedQuery(t, string(saml.RSASHA1), value, trust)
		if err := VerifyQuery(testQuery+"&SigAlg="+queryEscape(string(saml.RSASHA1)), saml.RSASHA1, value, lax); err != nil {
			t.Error(err)
		}
		sum := crypto.SHA1.New()
		sum.Write([]byte(request("_req", goodACS, "")))
		weakDigest := digestPattern.ReplaceAllLiteralString(strings.ReplaceAll(good, string(saml.DigestSHA256), string(saml.DigestSHA1)),
			"<ds:DigestValue>"+base64.StdEncoding.EncodeToString(sum.Sum(nil))+"</ds:DigestValue>")
		rejected(t, "SHA-1 digest", resign(t, k, weakDigest), trust)
		accepted(t, resign(t, k, weakDigest), lax)
		for _, uri := range []string{
			"http://www.w3.org/2001/04/xmldsig-more#rsa-md5", "http://www.w3.org/2001/04/xmldsig-more#rsa-ripemd160", saml.NSDSig + "dsa-sha1",
			"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha224", "", "rsa-sha256", strings.ToUpper(string(saml.RSASHA256)),
		} {
			doc := withMethod(t, good, uri, nil)
			rejected(t, uri, resign(t, k, doc), lax)
			rejectedQuery(t, uri, querySignature(t, k, saml.RSASHA256), lax)
		}
		for _, uri := range []string{"http://www.w3.org/2001/04/xmldsig-more#md5", "http://www.w3.org/2001/04/xmlenc#ripemd160", ""} {
			rejected(t, uri, resign(t, k, strings.ReplaceAll(good, string(saml.DigestSHA256), uri)), lax)
		}
		truncated := swap(t, good, "</ds:SignatureMethod>", "<ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>")
		rejected(t, "HMACOutputLength", resign(t, k, truncated), lax)
	})
	t.Run("ALG-03 short keys, small exponents, forged padding, DSA", func(t *testing.T) {
		short, err := rsa.GenerateKey(rand.Reader, 1024)
		if err != nil {
			t.Fatal(err)
		}
		shortKey := &Key{ID: "short", signer: short, certText: k.certText, scheme: pkcs1, size: short.Size(), methods: k.methods}
		rejected(t, "1024 bits", goodRequest(t, shortKey), trustIn(shortKey))
		rejectedQuery(t, string(saml.RSASHA256), querySignature(t, shortKey, saml.RSASHA256), trustIn(shortKey))

		cubic := testKey(t, "e3")
		accepted(t, goodRequest(t, cubic), trustIn(cubic)) // the exponent alone does no harm
		forged := valuePattern.ReplaceAllLiteralString(good, "<ds:SignatureValue>"+base64.StdEncoding.EncodeToString(cubeRoot(hashOf(infoOf(t, good))))+"</ds:SignatureValue>")
		rejected(t, "padding forged for e=3", forged, trustIn(cubic))
		rejectedQuery(t, string(saml.RSASHA256), cubeRoot(hashOf(testQuery+"&SigAlg="+queryEscape(string(saml.RSASHA256)))), trustIn(cubic))

		n := k.signer.Public().(*rsa.PublicKey).N
		for _, e := range []int{0, 1, 2, -1, 65536} {
			one := Trust{Keys: []crypto.PublicKey{&rsa.PublicKey{N: n, E: e}}}
			plain := valuePattern.ReplaceAllLiteralString(good, "<ds:SignatureValue>"+base64.StdEncoding.EncodeToString(padded(hashOf(infoOf(t, good)), 0))+"</ds:SignatureValue>")
			rejected(t, "e=1", plain, one)
			rejectedQuery(t, string(saml.RSASHA256), padded(hashOf(testQuery+"&SigAlg="+queryEscape(string(saml.RSASHA256))), 0), one)
		}
		for _, key := range []crypto.PublicKey{
			&dsa.PublicKey{}, ed25519.PublicKey(make([]byte, 32)), []byte("secret"), (*rsa.PublicKey)(nil), (*cryptoecdsa.PublicKey)(nil),
			&rsa.PublicKey{}, &cryptoecdsa.PublicKey{}, "text",
		} {
			rejected(t, "another kind of key", good, Trust{Keys: []crypto.PublicKey{key}})
			rejected(t, "another kind of key", withMethod(t, good, string(saml.ECDSASHA256), make([]byte, 64)), Trust{Keys: []crypto.PublicKey{key}})
		}
	})
	t.Run("ALG-04 ECDSA with r or s zero or too large, or of another curve", func(t *testing.T) {
		for _, name := range []string{"p256", "p384", "p521"} {
			ec := testKey(t, name)
			m := ec.Methods()[0]
			doc := goodRequest(t, ec)
			accepted(t, doc, trustIn(ec))
			if err := signAndVerifyQuery(t, ec, m, trustIn(ec)); err != nil {
				t.Fatal(err)
			}
			for attack, value := range badPairs(ec) {
				rejected(t, attack, valuePattern.ReplaceAllLiteralString(doc, "<ds:SignatureValue>"+base64.StdEncoding.EncodeToString(value)+"</ds:SignatureValue>"), trustIn(ec))
				rejectedQuery(t, string(m), value, trustIn(ec))
				if _, _, ok := split(ec.signer.Public().(*cryptoecdsa.PublicKey), value); ok && attack != "one, one" {
					t.Errorf("%s: taken for r and s", attack)
				}
			}
			for _, other := range []string{"p256", "p384", "p521"} {
				if other != name {
					rejected(t, "curve swapped", doc, trustIn(testKey(t, other)))
				}
			}
		}
		//lint:ignore SA1019 no constructor makes a key on a curve that is too weak
		weak := Trust{Keys: []crypto.PublicKey{&cryptoecdsa.PublicKey{Curve: elliptic.P224(), X: big.NewInt(1), Y: big.NewInt(1)}}}
		rejected(t, "P-224", goodRequest(t, testKey(t, "p256")), weak)
	})
	t.Run("ALG-09 KeyInfo that points elsewhere is refused, and nobody is called", func(t *testing.T) {
		canary, calls := listener(t)
		for _, pointer := range []string{
			`<ds:RetrievalMethod URI="` + canary + `"></ds:RetrievalMethod>`, `<ds:RetrievalMethod URI="file:///etc/passwd"></ds:RetrievalMethod>`,
			`<ds:RetrievalMethod URI="#_req"></ds:RetrievalMethod>`, `<x:KeyInfoReference xmlns:x="http://www.w3.org/2009/xmldsig11#" URI="` + canary + `"></x:KeyInfoReference>`,
			`<ds:X509Data><ds:RetrievalMethod URI="#_req"></ds:RetrievalMethod></ds:X509Data>`,
		} {
			rejected(t, pointer, swap(t, good, "<ds:KeyInfo>", "<ds:KeyInfo>"+pointer), trust)
		}
		if calls.Load() != 0 {
			t.Errorf("%d calls", calls.Load())
		}
	})
	t.Run("XML-08 ten thousand references or transforms are refused by their shape, before anything is hashed", func(t *testing.T) {
		ref := string(cut(t, []byte(good), "<ds:Reference", "</ds:Reference>"))
		transform := `<ds:Transform Algorithm="` + excC14N + `"></ds:Transform>`
		for name, doc := range map[string]string{"references": swap(t, good, ref, strings.Repeat(`<ds:Reference></ds:Reference>`, 3000)), "transforms": swap(t, good, transform, strings.Repeat(transform, 1000))} {
			_, err := VerifyDocument([]byte(doc), trust)
			if err != errShape && err != errTransform {
				t.Errorf("%s: %v", name, err)
			}
		}
		rejected(t, "ten thousand", swap(t, good, ref, strings.Repeat(`<ds:Reference></ds:Reference>`, 10000)), trust)
	})
}

// publicForms are the ways an attacker can write down a public key.
func publicForms(t *testing.T, k *Key) [][]byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(k.signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.cert})
	return [][]byte{der, block, bytes.TrimSpace(block), k.cert, cert, bytes.TrimSpace(cert), []byte(k.certText)}
}

func sha1Request(t *testing.T, k *Key) string {
	t.Helper()
	doc, err := k.SignDocument([]byte(request("_req", goodACS, "")), saml.RSASHA1)
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}

func querySignature(t *testing.T, k *Key, m saml.SignatureMethod) []byte {
	t.Helper()
	query, err := k.SignQuery(testQuery, m)
	if err != nil {
		t.Fatal(err)
	}
	_, value := splitQuery(t, query)
	return value
}

// padded is the PKCS #1 v1.5 encoding of a SHA-256 hash in 256 octets, with so many octets behind it that should be padding.
func padded(sum []byte, behind int) []byte {
	info := append([]byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}, sum...)
	out := bytes.Repeat([]byte{0xFF}, 256)
	out[0], out[1] = 0, 1
	end := 256 - behind
	copy(out[end-len(info):], info)
	out[end-len(info)-1] = 0
	return out
}

// cubeRoot is Bleichenbacher's forgery of 2006: a number whose cube starts like a padded hash, for checkers that do not
// look at the end.
func cubeRoot(sum []byte) []byte {
	target := new(big.Int).SetBytes(padded(sum, 256-11-51))
	low, high := new(big.Int), new(big.Int).Lsh(big.NewInt(1), 700)
	for low.Cmp(high) < 0 { // the least number whose cube is not below the target
		middle := new(big.Int).Rsh(new(big.Int).Add(low, high), 1)
		if new(big.Int).Exp(middle, big.NewInt(3), nil).Cmp(target) < 0 {
			low.Add(middle, big.NewInt(1))
		} else {
			high = middle
		}
	}
	return low.FillBytes(make([]byte, 256))
}

// badPairs are values of the right length that no signer makes.
func badPairs(k *Key) map[string][]byte {
	p := k.signer.Public().(*cryptoecdsa.PublicKey)
	half := k.size / 2
	pair := func(r, s *big.Int) []byte {
		return append(r.FillBytes(make([]byte, half)), s.FillBytes(make([]byte, half))...)
	}
	zero, one, n := new(big.Int), big.NewInt(1), p.Params().N
	above := new(big.Int).Add(n, one)
	most := new(big.Int).SetBytes(bytes.Repeat([]byte{0xFF}, half))
	return map[string][]byte{
		"both zero": pair(zero, zero), "r zero": pair(zero, one), "s zero": pair(one, zero), "r = n": pair(n, one), "s = n": pair(one, n),
		"both n": pair(n, n), "above n": pair(above, above), "all ones": pair(most, most), "one, one": pair(one, one), "short": make([]byte, 2*half-1), "none": nil,
		"long": append(pair(one, one), 0),
	}
}
