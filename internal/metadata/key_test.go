package metadata

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

func testCert(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".crt")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	return block.Bytes
}

func testSPKI(t testing.TB, name string) []byte {
	t.Helper()
	cert, err := x509.ParseCertificate(testCert(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return cert.RawSubjectPublicKeyInfo
}

func b64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// withKey is an app whose only KeyDescriptor has this in its KeyInfo.
func withKey(t testing.TB, use, info string) string {
	t.Helper()
	return edit(t, "minimal.xml", "<md:Assertion", "\n<md:KeyDescriptor "+use+`><KeyInfo xmlns="`+saml.NSDSig+`" xmlns:ds11="`+nsDSig11+`">`+info+"</KeyInfo></md:KeyDescriptor><md:Assertion")
}

func x509Data(certs ...string) string {
	return "<X509Data><X509Certificate>" + strings.Join(certs, "</X509Certificate><X509Certificate>") + "</X509Certificate></X509Data>"
}

// wantKey wants one key, the one of a test certificate.
func wantKey(t testing.TB, info, name string) {
	t.Helper()
	got := mustImport(t, withKey(t, "", info), Options{})
	if k := got.App.Settings.Keys; len(k) != 1 || !bytes.Equal(k[0].PublicKey, testSPKI(t, name)) || len(got.Warnings) != 0 {
		t.Errorf("%.200s: %d keys, %q", info, len(k), got.Warnings)
	}
}

// container builds a certificate out of parts that are as wrong as wanted around a right key.
type container struct {
	version       bool
	serial        int64
	algorithm     asn1.ObjectIdentifier
	before, after string // GeneralizedTime
	extension     []byte
}

func (c container) around(spki []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			if c.version {
				b.AddASN1(cbasn1.Tag(0).Constructed().ContextSpecific(), func(b *cryptobyte.Builder) { b.AddASN1Int64(2) })
			}
			b.AddASN1Int64(c.serial)
			c.addAlgorithm(b)
			b.AddASN1(cbasn1.SEQUENCE, func(*cryptobyte.Builder) {}) // issuer: nobody
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.GeneralizedTime, func(b *cryptobyte.Builder) { b.AddBytes([]byte(c.before)) })
				b.AddASN1(cbasn1.GeneralizedTime, func(b *cryptobyte.Builder) { b.AddBytes([]byte(c.after)) })
			})
			b.AddASN1(cbasn1.SEQUENCE, func(*cryptobyte.Builder) {})
			b.AddBytes(spki)
			b.AddBytes(c.extension)
		})
		c.addAlgorithm(b)
		b.AddASN1BitString([]byte("no signature"))
	})
	return b.BytesOrPanic()
}

func (c container) addAlgorithm(b *cryptobyte.Builder) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(c.algorithm); b.AddASN1NULL() })
}

func TestKeysInEveryForm(t *testing.T) {
	sha256RSA := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	good := container{true, 1, sha256RSA, "20260101000000Z", "20300101000000Z", nil}
	t.Run("MDC-20 what surrounds the key in a certificate means nothing", func(t *testing.T) {
		for name, change := range map[string]func(*container){
			"good":           func(*container) {},
			"negative":       func(c *container) { c.serial = -5 },
			"expired":        func(c *container) { c.before, c.after = "19990101000000Z", "20000101000000Z" },
			"not yet valid":  func(c *container) { c.before = "20990101000000Z" },
			"no dates":       func(c *container) { c.before, c.after = "soon", "later" },
			"MD5":            func(c *container) { c.algorithm = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 4} },
			"SHA-1":          func(c *container) { c.algorithm = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5} },
			"version 1":      func(c *container) { c.version = false },
			"odd extensions": func(c *container) { c.extension = []byte{0xA3, 3, 0x30, 1, 0x05} },
		} {
			c := good
			change(&c)
			t.Log(name)
			wantKey(t, x509Data(b64(c.around(testSPKI(t, "rsa2048")))), "rsa2048")
		}
		negative := good
		negative.serial = -5
		if _, err := x509.ParseCertificate(negative.around(testSPKI(t, "rsa2048"))); err == nil {
			t.Error("the usual parser takes a negative serial number: this test shows nothing")
		}
	})
	t.Run("MDC-20 certificates are read as products write them", func(t *testing.T) {
		plain := b64(testCert(t, "rsa2048"))
		for _, s := range []string{plain, "\n" + plain[:64] + "\r\n\t" + plain[64:] + "  ", strings.TrimRight(plain, "="), "-----BEGIN CERTIFICATE-----\n" + plain + "\n-----END CERTIFICATE-----\n"} {
			wantKey(t, x509Data(s), "rsa2048")
		}
		wantKey(t, x509Data(b64(testCert(t, "p256"))), "p256")
	})
	t.Run("MDC-22 of several certificates the first is the app's", func(t *testing.T) {
		wantKey(t, x509Data(b64(testCert(t, "rsa2048")), b64(testCert(t, "rsa3072"))), "rsa2048")
		wantKey(t, x509Data(b64(testCert(t, "rsa2048")))+x509Data(b64(testCert(t, "rsa3072"))), "rsa2048")
	})
	t.Run("MDC-21 keys without a certificate", func(t *testing.T) {
		r := parsed(t, "rsa2048").(*rsa.PublicKey)
		e := parsed(t, "p256").(*ecdsa.PublicKey)
		point, err := e.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		wantKey(t, rsaValue(r.N, 65537), "rsa2048")
		wantKey(t, `<KeyValue><ds11:ECKeyValue><ds11:NamedCurve URI="urn:oid:1.2.840.10045.3.1.7"/><ds11:PublicKey>`+b64(point)+`</ds11:PublicKey></ds11:ECKeyValue></KeyValue>`, "p256")
		wantKey(t, rfc4050("urn:oid:1.2.840.10045.3.1.7", new(big.Int).SetBytes(point[1:33]), new(big.Int).SetBytes(point[33:])), "p256")
		wantKey(t, `<ds11:DEREncodedKeyValue>`+b64(testSPKI(t, "p256"))+`</ds11:DEREncodedKeyValue>`, "p256")
		wantKey(t, x509Data("AAAA")+rsaValue(r.N, 65537), "rsa2048")
	})
}

func parsed(t testing.TB, name string) crypto.PublicKey {
	t.Helper()
	p, err := x509.ParsePKIXPublicKey(testSPKI(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func rsaValue(n *big.Int, e int64) string {
	return "<KeyValue><RSAKeyValue><Modulus>" + b64(n.Bytes()) + "</Modulus><Exponent>" + b64(big.NewInt(e).Bytes()) + "</Exponent></RSAKeyValue></KeyValue>"
}

func rfc4050(curve string, x, y *big.Int) string {
	return fmt.Sprintf(`<KeyValue><e:ECDSAKeyValue xmlns:e=%q><e:DomainParameters><e:NamedCurve URN=%q/></e:DomainParameters><e:PublicKey><e:X Value="%d"/><e:Y Value="%d"/></e:PublicKey></e:ECDSAKeyValue></KeyValue>`,
		nsDSigMore, curve, x, y)
}

func der(t testing.TB, public any) string {
	t.Helper()
	spki, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return "<ds11:DEREncodedKeyValue>" + b64(spki) + "</ds11:DEREncodedKeyValue>"
}

// odd is an odd number of so many bits; nobody knows whether it is a product of primes, and nobody asks.
func odd(bits uint) *big.Int {
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return n.SetBit(n, 0, 1)
}

func TestUnusableKeysAreLeftOut(t *testing.T) {
	left := func(t *testing.T, use, info string, words ...string) {
		t.Helper()
		got := mustImport(t, withKey(t, use, info), Options{})
		if len(got.App.Settings.Keys) != 0 {
			t.Errorf("%.200s: taken", info)
		}
		warned(t, got, append(words, "Line 2", "left out")...)
	}
	big2048 := parsed(t, "rsa2048").(*rsa.PublicKey).N
	t.Run("ALG-03 short RSA keys, tiny and even exponents, and DSA are left out", func(t *testing.T) {
		wantKey(t, rsaValue(big2048, 65537), "rsa2048")
		left(t, "", rsaValue(odd(512), 65537), "512 bits")
		left(t, "", rsaValue(odd(1024), 65537), "1024 bits")
		left(t, "", rsaValue(odd(2047), 65537), "2047 bits")
		left(t, "", rsaValue(odd(1<<15), 65537), "too large")
		left(t, "", rsaValue(big2048, 1))
		left(t, "", rsaValue(big2048, 2))
		left(t, "", rsaValue(big2048, 1<<40+1))
		left(t, "", rsaValue(new(big.Int).Lsh(big2048, 1), 65537))
		left(t, "", der(t, &rsa.PublicKey{N: big2048, E: 1}))
		left(t, "", "<KeyValue><DSAKeyValue><P>AQ==</P></DSAKeyValue></KeyValue>", "not supported")
	})
	t.Run("MDC-45 RSA keys under 2048 and EC keys under 256 bits are left out with a warning", func(t *testing.T) {
		small, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		left(t, "", der(t, &small.PublicKey), "224 bits")
		left(t, "", rsaValue(odd(1024), 65537), "1024 bits")
	})
	t.Run("keys of other kinds, points off their curve and parameters of their own", func(t *testing.T) {
		ed, _, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		left(t, "", der(t, ed), "not supported")
		left(t, "", rfc4050("urn:oid:1.2.840.10045.3.1.7", big.NewInt(1), big.NewInt(1)), "no sound")
		left(t, "", rfc4050("urn:oid:1.3.132.0.10", big.NewInt(1), big.NewInt(1)), "not supported")
		left(t, "", rfc4050("urn:oid:1.2.840.10045.3.1.7", new(big.Int).Lsh(big.NewInt(1), 600), big.NewInt(1)))
		left(t, "", `<KeyValue><ds11:ECKeyValue><ds11:ECParameters/><ds11:PublicKey>AA==</ds11:PublicKey></ds11:ECKeyValue></KeyValue>`, "NamedCurve")
	})
	t.Run("MDC-18 an unusable encryption key does not hide the next one", func(t *testing.T) {
		doc := withKey(t, `use="encryption"`, rsaValue(odd(512), 65537)+"</KeyInfo></md:KeyDescriptor><md:KeyDescriptor use=\"encryption\"><KeyInfo xmlns=\""+saml.NSDSig+"\">"+rsaValue(big2048, 65537))
		if got := mustImport(t, doc, Options{}).App.Settings.Keys; len(got) != 1 || !bytes.Equal(got[0].PublicKey, testSPKI(t, "rsa2048")) {
			t.Errorf("%+v", got)
		}
	})
	t.Run("XML-11 descriptors with nothing in them", func(t *testing.T) {
		left(t, "", "", "neither")
		left(t, "", "<KeyName>x</KeyName>", "neither")
		left(t, "", x509Data(""), "certificate cannot be read")
		left(t, "", x509Data("MIIB"), "certificate cannot be read")
		left(t, "", "<KeyValue/>")
		left(t, `use="both"`, x509Data(b64(testCert(t, "rsa2048"))), "both")
		got := mustImport(t, edit(t, "minimal.xml", "<md:Assertion", "\n<md:KeyDescriptor/><md:Assertion"), Options{})
		warned(t, got, "no KeyInfo")
	})
	t.Run("MD-05 an unusable key never switches the signature check off", func(t *testing.T) {
		signed := func(doc string) string {
			return strings.Replace(doc, "<md:SPSSODescriptor ", `<md:SPSSODescriptor AuthnRequestsSigned="true" `, 1)
		}
		if !mustImport(t, signed(withKey(t, "", rsaValue(big2048, 65537))), Options{}).App.Settings.RequireSigned {
			t.Error("a key without use: the check is off")
		}
		refused(t, signed(withKey(t, "", "")), Options{}, "AuthnRequestsSigned", "line 2")
		refused(t, signed(withKey(t, "", rsaValue(odd(1024), 65537))), Options{}, "1024 bits")
		refused(t, signed(withKey(t, `use="encryption"`, rsaValue(big2048, 65537))), Options{}, "signing key")
		refused(t, signed(read(t, "minimal.xml")), Options{}, "signing key")
	})
}
