package metadata

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"regexp"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// publicKey reads a ds:KeyInfo. All it holds must be forms of one key (Metadata Interoperability Profile §2.6.1), so the
// first form that can be read counts. Of several certificates the first is the app's, the others issued it.
func publicKey(info *strictxml.Element) (public crypto.PublicKey, cert []byte, err error) {
	err = fault.New(fault.Invalid, "its KeyInfo holds neither a certificate nor a key.")
	for _, data := range info.All(saml.NSDSig, "X509Data") {
		for _, e := range data.All(saml.NSDSig, "X509Certificate") {
			if public, cert, err = fromCertificate(e); err == nil {
				return public, cert, nil
			}
		}
	}
	for _, e := range info.All(nsDSig11, "DEREncodedKeyValue") {
		if public, err = fromDER(octets(e)); err == nil {
			return public, nil, nil
		}
	}
	for _, e := range info.All(saml.NSDSig, "KeyValue") {
		if public, err = fromKeyValue(e); err == nil {
			return public, nil, nil
		}
	}
	return nil, nil, err
}

// fromCertificate looks at nothing but the key: of the certificates of real service providers the usual parsers refuse some
// for their serial number, dates, extensions or digest, which all mean nothing here.
func fromCertificate(e *strictxml.Element) (crypto.PublicKey, []byte, error) {
	in := cryptobyte.String(octets(e))
	var der, body, tbs, spki cryptobyte.String
	ok := in.ReadASN1Element(&der, asn1.SEQUENCE)
	rest := der
	ok = ok && rest.ReadASN1(&body, asn1.SEQUENCE) && body.ReadASN1(&tbs, asn1.SEQUENCE) &&
		tbs.SkipOptionalASN1(asn1.Tag(0).Constructed().ContextSpecific())
	for range 5 { // serialNumber, signature, issuer, validity, subject (RFC 5280 §4.1)
		var skipped cryptobyte.String
		ok = ok && tbs.ReadAnyASN1(&skipped, new(asn1.Tag))
	}
	if !ok || !tbs.ReadASN1Element(&spki, asn1.SEQUENCE) {
		return nil, nil, fault.New(fault.Invalid, "its certificate cannot be read; ask the app for a new copy.")
	}
	public, err := fromDER(spki)
	return public, der, err
}

func fromDER(spki []byte) (crypto.PublicKey, error) {
	public, err := x509.ParsePKIXPublicKey(spki)
	if err != nil {
		return nil, errKind
	}
	return public, nil
}

var armour = regexp.MustCompile(`-----[A-Z ]+-----`)

// octets reads base64 as products write it: with line breaks anywhere, without padding, in PEM armour.
func octets(e *strictxml.Element) []byte {
	s := strings.Join(strings.Fields(armour.ReplaceAllString(e.Text, "")), "")
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil {
		return nil
	}
	return b
}
