package sso_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	crewjam "github.com/crewjam/saml"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/catalog"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

func signs(a *apps.App) { a.Settings.RequireSigned = true }

// spoiled changes one bit of the octets of a parameter.
func spoiled(t *testing.T, q, name string) string {
	t.Helper()
	values, err := url.ParseQuery(q)
	if err != nil {
		t.Fatal(err)
	}
	octets, err := base64.StdEncoding.DecodeString(values.Get(name))
	if err != nil {
		t.Fatal(err)
	}
	octets[20] ^= 1
	return strings.Replace(q, name+"="+url.QueryEscape(values.Get(name)), name+"="+url.QueryEscape(base64.StdEncoding.EncodeToString(octets)), 1)
}

func TestRequestSignatures(t *testing.T) {
	missing, invalid := audit.ReasonRequestSignatureMissing, audit.ReasonRequestSignatureInvalid
	b := newBench(t, signs)
	w := b.signedIn(ada())
	refused := func(t *testing.T, a *answer, reason audit.Reason) {
		t.Helper()
		a.paged(http.StatusForbidden)
		b.recorded(reason)
	}
	t.Run("SSO-04 an unsigned request of an app that signs is refused, by Redirect and POST", func(t *testing.T) {
		b.in(t)
		refused(t, w.redirect(b.fresh().xml()), missing)
		refused(t, w.post(b.fresh().xml()), missing)
		refused(t, w.crossSite(b.fresh().xml()), missing)
		r := b.fresh()
		w.query(signedQuery(t, spKey(), saml.RSASHA256, query(r.xml()))).granted(r.ID)
		r = b.fresh()
		w.post(signedXML(t, spKey(), r.xml())).granted(r.ID)
	})
	t.Run("other implementations' signatures are understood", func(t *testing.T) {
		b.in(t)
		sp := provider(t, spID, spACS, issuer, false)
		sp.Key, sp.Certificate, sp.SignatureMethod = spKey().signer, mustParse(t, spKey().cert), string(saml.RSASHA256)
		req, err := sp.MakeAuthenticationRequest(endpoint, crewjam.HTTPPostBinding, crewjam.HTTPPostBinding)
		if err != nil {
			t.Fatal(err)
		}
		w.post(text(t, req.Element())).granted(req.ID)
		u, err := sp.MakeRedirectAuthenticationRequest("relay")
		if err != nil {
			t.Fatal(err)
		}
		if a := w.query(u.RawQuery); a.Root == nil || a.Fields["RelayState"] != "relay" {
			t.Errorf("%s", a.Body)
		}
	})
	each(t, func(t *testing.T) {
		for _, demanded := range []bool{true, false} {
			b.in(t).change(func(a *apps.App) { a.Settings.RequireSigned = demanded })
			good := signedQuery(t, spKey(), saml.RSASHA256, query(b.fresh().xml(), "relay"))
			refused(t, w.query(spoiled(t, good, "Signature")), invalid)
			refused(t, w.query(signedQuery(t, evilKey(), saml.RSASHA256, query(b.fresh().xml()))), invalid)
			refused(t, w.query(strings.Replace(good, "rsa-sha256", "rsa-sha999", 1)), invalid)
			refused(t, w.query(regexp.MustCompile(`Signature=.*`).ReplaceAllString(good, "Signature=AAAA")), invalid)
			doc := signedXML(t, spKey(), b.fresh().xml())
			refused(t, w.post(strings.Replace(doc, `Version="2.0"`, `Version="2.0" IsPassive="true"`, 1)), invalid)
			refused(t, w.post(signedXML(t, evilKey(), b.fresh().xml())), invalid)
			refused(t, w.post(regexp.MustCompile(`(<ds:SignatureValue>)[^<]*`).ReplaceAllString(doc, "${1}AAAA")), invalid)
			refused(t, w.post(regexp.MustCompile(`(<ds:SignatureValue>)[^<]*`).ReplaceAllString(doc, "${1}")), invalid)
			w.post(doc)
			b.recorded(audit.ReasonNone)
		}
		b.change(signs)
	}, "SSO-06 a signature that is there must verify, demanded or not", "XSW-23 a malformed one is no pass", "ERR-14 the page is ours, with a 4xx")
	t.Run("XSW-21 a signature that was removed is missed", func(t *testing.T) {
		b.in(t)
		doc := signedXML(t, spKey(), b.fresh().xml())
		refused(t, w.post(regexp.MustCompile(`<ds:Signature .*</ds:Signature>`).ReplaceAllString(doc, "")), missing)
		refused(t, w.post(regexp.MustCompile(`<ds:Signature .*</ds:Signature>`).ReplaceAllString(doc, `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>`)), invalid)
		q := signedQuery(t, spKey(), saml.RSASHA256, query(b.fresh().xml()))
		w.query(regexp.MustCompile(`&Signature=.*`).ReplaceAllString(q, "")).paged(http.StatusBadRequest)
		refused(t, w.query(regexp.MustCompile(`&SigAlg=.*`).ReplaceAllString(q, "")), missing)
		bare := newBench(t, signs, func(a *apps.App) { a.Settings.Keys = nil })
		bare.signedIn(ada()).redirect(bare.fresh().xml()).paged(http.StatusForbidden)
		bare.signedIn(ada()).query(q).paged(http.StatusForbidden)
	})
	t.Run("XSW-22 a key that the message brings is not trusted", func(t *testing.T) {
		b.in(t)
		doc := signedXML(t, evilKey(), b.fresh().xml())
		if !strings.Contains(doc, base64.StdEncoding.EncodeToString(evilKey().cert)) {
			t.Fatal("it brings none")
		}
		refused(t, w.post(doc), invalid)
	})
	t.Run("XSW-24 nor is the key of another app", func(t *testing.T) {
		b.in(t)
		b.another("chat", func(a *apps.App) { a.Settings.Keys = []apps.Key{{Use: "signing", PublicKey: evilKey().public()}} })
		r := b.fresh()
		refused(t, w.post(signedXML(t, evilKey(), r.xml())), invalid)
		r.Issuer = "https://chat.example.com/metadata"
		w.post(signedXML(t, evilKey(), r.xml())).grantedAt("https://chat.example.com/metadata", "https://chat.example.com/acs", issuer, r.ID)
		b.change(func(a *apps.App) { a.Settings.Keys = []apps.Key{{Use: "encryption", PublicKey: spKey().public()}} })
		refused(t, w.post(signedXML(t, spKey(), b.fresh().xml())), invalid)
		refused(t, w.post(signedXML(t, ourKey(), b.fresh().xml())), invalid)
		b.change(func(a *apps.App) { a.Settings.Keys = wiki().Settings.Keys })
	})
	t.Run("XSW-25 a key that was removed is not trusted any more", func(t *testing.T) {
		b.in(t)
		r := b.fresh()
		w.post(signedXML(t, spKey(), r.xml())).granted(r.ID)
		b.change(func(a *apps.App) { a.Settings.Keys = []apps.Key{{PublicKey: evilKey().public()}} })
		refused(t, w.post(signedXML(t, spKey(), b.fresh().xml())), invalid)
		refused(t, w.query(signedQuery(t, spKey(), saml.RSASHA256, query(b.fresh().xml()))), invalid)
		b.change(func(a *apps.App) { a.Settings.Keys = wiki().Settings.Keys })
	})
}

func TestQuerySignatures(t *testing.T) {
	b := newBench(t, signs)
	w := b.signedIn(ada())
	invalid := func(t *testing.T, q string) {
		t.Helper()
		b.in(t)
		w.query(q).paged(http.StatusForbidden)
		b.recorded(audit.ReasonRequestSignatureInvalid)
	}
	malformed := func(t *testing.T, q string) {
		t.Helper()
		b.in(t)
		w.query(q).paged(http.StatusBadRequest)
		b.recorded(audit.ReasonMalformedRequest)
	}
	// sign signs these very octets, whatever they look like, and gives the parts in any order.
	sign := func(t *testing.T, octets string) string {
		t.Helper()
		return rawSignature(t, spKey(), octets)
	}
	t.Run("RED-04 the octets are verified as they came, in whatever order and escaping", func(t *testing.T) {
		b.in(t)
		lower := func(s string) string {
			return regexp.MustCompile(`%[0-9A-F]{2}`).ReplaceAllStringFunc(s, strings.ToLower)
		}
		for _, c := range []func(message, relay, alg string) (string, string, string){
			func(m, r, a string) (string, string, string) { return lower(m), lower(r), lower(a) },
			func(m, r, a string) (string, string, string) { return m, "a+b", a },
			func(m, r, a string) (string, string, string) { return m, "a%20b", a },
			func(m, r, a string) (string, string, string) { return m, "a!*'()~b", a },
			func(m, r, a string) (string, string, string) {
				return strings.ReplaceAll(m, "%2F", "/"), r, strings.ReplaceAll(a, "%2F", "/")
			},
		} {
			r := b.fresh()
			m, relay, alg := c(url.QueryEscape(deflated(r.xml())), url.QueryEscape("a b/ü"), url.QueryEscape(string(saml.RSASHA256)))
			sig := url.QueryEscape(sign(t, "SAMLRequest="+m+"&RelayState="+relay+"&SigAlg="+alg))
			w.query("Signature=" + sig + "&x=y&SigAlg=" + alg + "&RelayState=" + relay + "&SAMLRequest=" + m).granted(r.ID)
		}
	})
	t.Run("RED-05 an absent RelayState is not an empty one", func(t *testing.T) {
		for _, relay := range []string{"", "&RelayState="} {
			b.in(t)
			r := b.fresh()
			m, alg := "SAMLRequest="+url.QueryEscape(deflated(r.xml())), "&SigAlg="+url.QueryEscape(string(saml.RSASHA256))
			sig := "&Signature=" + url.QueryEscape(sign(t, m+relay+alg))
			other := map[string]string{"": "&RelayState=", "&RelayState=": ""}[relay]
			invalid(t, m+other+alg+sig)
			w.query(m + relay + alg + sig).granted(r.ID)
		}
	})
	t.Run("RED-06 SigAlg and Signature come together", func(t *testing.T) {
		q := signedQuery(t, spKey(), saml.RSASHA256, query(b.fresh().xml()))
		malformed(t, regexp.MustCompile(`&Signature=.*`).ReplaceAllString(q, ""))
		malformed(t, regexp.MustCompile(`&SigAlg=[^&]*`).ReplaceAllString(q, ""))
		malformed(t, regexp.MustCompile(`&SigAlg=[^&]*`).ReplaceAllString(q, "&SigAlg="))
		malformed(t, regexp.MustCompile(`&Signature=.*`).ReplaceAllString(q, "&Signature="))
	})
	each(t, func(t *testing.T) {
		q := signedQuery(t, spKey(), saml.RSASHA256, query(b.fresh().xml(), "mine"))
		invalid(t, strings.Replace(q, "&RelayState=mine", "", 1))
		invalid(t, strings.Replace(q, "&RelayState=mine", "&RelayState=yours", 1))
		invalid(t, strings.Replace(q, "&RelayState=mine", "&RelayState=%6dine", 1))
		invalid(t, strings.Replace(signedQuery(t, spKey(), saml.RSASHA256, query(b.fresh().xml())), "&SigAlg", "&RelayState=yours&SigAlg", 1))
	}, "RED-S3 RelayState under a signature cannot be changed, removed or added")
	t.Run("RED-S1 what is verified is what is used", func(t *testing.T) {
		good, evil := b.fresh(), b.fresh()
		q := signedQuery(t, spKey(), saml.RSASHA256, query(good.xml()))
		other := "SAMLRequest=" + url.QueryEscape(deflated(evil.xml()))
		malformed(t, other+"&"+q)
		malformed(t, q+"&"+other)
		malformed(t, "SAML%52equest="+url.QueryEscape(deflated(evil.xml()))+"&"+q)
		malformed(t, strings.Replace(q, "SAMLRequest=", "SAMLRequest%00=", 1))
		malformed(t, q+"&SAMLResponse="+url.QueryEscape(deflated(evil.xml())))
		invalid(t, strings.Replace(q, "SAMLRequest="+url.QueryEscape(deflated(good.xml())), other, 1))
		b.in(t)
		form := url.Values{"SAMLRequest": {base64.StdEncoding.EncodeToString([]byte(evil.xml()))}}.Encode()
		w.body("/saml/sso?"+q, "application/x-www-form-urlencoded", form).paged(http.StatusBadRequest)
		w.body("/saml/sso?"+q, "application/x-www-form-urlencoded", "").paged(http.StatusBadRequest)
		w.query(q).granted(good.ID)
	})
	t.Run("RED-S2 a signature counts in its own binding only", func(t *testing.T) {
		b.in(t)
		q := signedQuery(t, spKey(), saml.RSASHA256, query(b.fresh().xml()))
		values, _ := url.ParseQuery(q)
		values.Set("SAMLRequest", base64.StdEncoding.EncodeToString([]byte(b.fresh().xml())))
		w.form(values).paged(http.StatusBadRequest)
		invalid(t, query(signedXML(t, spKey(), b.fresh().xml())))
		invalid(t, signedQuery(t, spKey(), saml.RSASHA256, query(signedXML(t, spKey(), b.fresh().xml()))))
	})
	each(t, func(t *testing.T) {
		for _, method := range []string{
			string(saml.RSASHA1), "http://www.w3.org/2000/09/xmldsig#dsa-sha1", "http://www.w3.org/2000/09/xmldsig#hmac-sha1", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
			"http://www.w3.org/2001/04/xmldsig-more#rsa-md5", "http://www.w3.org/2001/04/xmldsig-more#rsa-ripemd160", "urn:x", " " + string(saml.RSASHA256),
		} {
			octets := query(b.fresh().xml()) + "&SigAlg=" + url.QueryEscape(method)
			invalid(t, octets+"&Signature="+url.QueryEscape(anySignature(t, method, octets)))
		}
		b.in(t).change(func(a *apps.App) { a.Settings.AllowSHA1 = true })
		r := b.fresh()
		octets := query(r.xml()) + "&SigAlg=" + url.QueryEscape(string(saml.RSASHA1))
		w.query(octets + "&Signature=" + url.QueryEscape(anySignature(t, string(saml.RSASHA1), octets))).granted(r.ID)
	}, "RED-17 the query obeys the list of algorithms", "ALG-01 HMAC with the public key is refused", "ALG-02 SHA-1, MD5 and RIPEMD are refused, unless SHA-1 is allowed for the app")
	t.Run("ALG-04 ECDSA with zero, too large or DER values is refused", func(t *testing.T) {
		octets := query(b.fresh().xml()) + "&SigAlg=" + url.QueryEscape(string(saml.ECDSASHA256))
		for _, value := range []string{strings.Repeat("\x00", 64), strings.Repeat("\xff", 64), strings.Repeat("\x00", 63) + "\x01", ecDER(t, octets), ""} {
			q := octets + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(value)))
			if value == "" {
				malformed(t, q)
				continue
			}
			invalid(t, q)
		}
		r := b.fresh()
		b.in(t)
		w.query(signedQuery(t, spECKey(), saml.ECDSASHA256, query(r.xml()))).granted(r.ID)
	})
	t.Run("ALG-05 metadata that knows SHA-1 only does not weaken what we sign", func(t *testing.T) {
		b := newBench(t, func(a *apps.App) { a.Settings.Metadata.SignatureMethods = []string{string(saml.RSASHA1)} })
		r := b.fresh()
		a := b.signedIn(ada()).redirect(r.xml())
		a.granted(r.ID)
		if m := a.attr("Signature/SignedInfo/SignatureMethod", "Algorithm"); m != string(saml.RSASHA256) {
			t.Errorf("%s", m)
		}
	})
}

// wrapped builds the shapes in which a signed original is moved aside and something else is offered for reading. evil is
// the request that the attacker wants read, its ID free to choose; good is the signed original.
func wrapped(good, signature, evilOpen, evilRest string) map[string]string {
	const ext, extEnd = `<samlp:Extensions>`, `</samlp:Extensions>`
	issuerOf := `<saml:Issuer>` + spID + `</saml:Issuer>`
	unsigned := strings.Replace(good, signature, "", 1)
	return map[string]string{
		"XSW-01 the original inside Extensions":                         evilOpen + issuerOf + ext + good + extEnd + evilRest,
		"XSW-01 the original inside Extensions, its signature ahead":    evilOpen + issuerOf + signature + ext + unsigned + extEnd + evilRest,
		"XSW-02 the original inside an Object of the signature":         evilOpen + issuerOf + strings.Replace(signature, "</ds:Signature>", "<ds:Object>"+unsigned+"</ds:Object></ds:Signature>", 1) + evilRest,
		"XSW-03 the original inside NameIDPolicy":                       evilOpen + issuerOf + `<samlp:NameIDPolicy>` + good + `</samlp:NameIDPolicy>` + evilRest,
		"XSW-03 the original inside Scoping":                            evilOpen + issuerOf + `<samlp:Scoping>` + good + `</samlp:Scoping>` + evilRest,
		"XSW-03 the original inside Subject":                            evilOpen + issuerOf + `<saml:Subject>` + good + `</saml:Subject>` + evilRest,
		"XSW-03 the original inside Conditions":                         evilOpen + issuerOf + `<saml:Conditions>` + good + `</saml:Conditions>` + evilRest,
		"XSW-03 the original as a child":                                evilOpen + issuerOf + good + evilRest,
		"XSW-03 the original before the Issuer":                         evilOpen + good + issuerOf + evilRest,
		"XSW-04 an evil twin inside the original's Extensions":          strings.Replace(good, `</samlp:AuthnRequest>`, ext+evilOpen+issuerOf+evilRest+extEnd+`</samlp:AuthnRequest>`, 1),
		"XSW-04 an evil twin behind it":                                 good + evilOpen + issuerOf + evilRest,
		"XSW-04 an evil twin before it":                                 evilOpen + issuerOf + evilRest + good,
		"XSW-08 two signatures":                                         strings.Replace(good, signature, signature+signature, 1),
		"XSW-08 a signature nested in another's place":                  evilOpen + issuerOf + signature + ext + good + extEnd + evilRest,
		"XSW-09 two SignedInfo":                                         doubled(good, "SignedInfo"),
		"XSW-09 two References":                                         doubled(good, "Reference"),
		"XSW-10 a comment in the digest":                                regexp.MustCompile(`(<ds:DigestValue>.{5})`).ReplaceAllString(good, "$1<!-- x -->"),
		"XSW-10 an element in the signature value":                      regexp.MustCompile(`(<ds:SignatureValue>.{5})`).ReplaceAllString(good, "$1<x/>"),
		"XSW-10 a comment in the certificate":                           regexp.MustCompile(`(<ds:X509Certificate>.{5})`).ReplaceAllString(good, "$1<!-- x -->"),
		"XSW-11 a relative namespace":                                   strings.Replace(good, " ID=", ` xmlns:r="relative" ID=`, 1),
		"XSW-12 a signature of a foreign namespace beside the true one": strings.Replace(good, signature, signature+ext+`<Signature xmlns="urn:x"/>`+extEnd, 1),
		"XSW-12 the prefix ds rebound":                                  strings.Replace(good, `xmlns:ds="http://www.w3.org/2000/09/xmldsig#"`, `xmlns:ds="urn:x"`, 1),
		"XSW-13 a second ID under a prefix":                             strings.Replace(good, " ID=", ` samlp:ID="x" ID=`, 1),
		"XSW-17 a comment in the signed Issuer":                         strings.Replace(good, spID, spID[:9]+"<!-- -->"+spID[9:], 1),
		"SIG-16 the signature before the Issuer":                        strings.Replace(unsigned, `<saml:Issuer`, signature+`<saml:Issuer`, 1),
	}
}

func doubled(doc, element string) string {
	found := regexp.MustCompile(`<ds:` + element + `[ >].*</ds:` + element + `>`).FindString(doc)
	return strings.Replace(doc, found, found+found, 1)
}

func TestWrappedSignaturesAreRefused(t *testing.T) {
	for _, demanded := range []bool{true, false} {
		b := newBench(t, func(a *apps.App) { a.Settings.RequireSigned = demanded })
		w := b.signedIn(ada())
		original := b.fresh()
		good := signedXML(t, spKey(), original.xml())
		signature := regexp.MustCompile(`<ds:Signature .*</ds:Signature>`).FindString(good)
		for _, id := range []string{"_evil", original.ID} {
			evil := original
			evil.ID = id
			evil = evil.with("ForceAuthn", "false", "AssertionConsumerServiceURL", spACS)
			open := strings.Replace(evil.xml(), `<saml:Issuer>`+spID+`</saml:Issuer></samlp:AuthnRequest>`, "", 1)
			for name, doc := range wrapped(good, signature, open, `</samlp:AuthnRequest>`) {
				t.Run(name, func(t *testing.T) {
					b.in(t)
					a := w.post(doc)
					if a.Root != nil || a.Location != "" || a.Status < 400 || a.Status > 499 {
						t.Fatalf("%d, signature demanded: %v, ID %s: %s\n%s", a.Status, demanded, id, a.Body, doc)
					}
					if r := b.store.last().Reason; r != audit.ReasonRequestSignatureInvalid && r != audit.ReasonMalformedRequest && r != audit.ReasonRequestSignatureMissing {
						t.Errorf("recorded %q", r)
					}
				})
			}
		}
		t.Run("XSW-05 two of one ID", func(t *testing.T) {
			b.in(t)
			twin := strings.Replace(good, signature, signature+`<samlp:Extensions><x ID="`+original.ID+`"/></samlp:Extensions>`, 1)
			w.post(twin).paged(http.StatusForbidden)
			w.post(signedXML(t, spKey(), b.fresh().holding(`<samlp:Extensions><x ID="a"/><y ID="a"/></samlp:Extensions>`).xml())).paged(http.StatusForbidden)
		})
		t.Run("XSW-06 a Reference that is not to the root", func(t *testing.T) {
			b.in(t)
			for _, uri := range []string{`URI=""`, ``, `URI="#other"`, `URI="#xpointer(/)"`, `URI="#xpointer(id('` + original.ID + `'))"`, `URI="http://127.0.0.1:9/"`, `URI="` + original.ID + `"`, `URI="# ` + original.ID + `"`} {
				w.post(strings.Replace(good, `URI="#`+original.ID+`"`, uri, 1)).paged(http.StatusForbidden)
			}
		})
		t.Run("XSW-07 what the app signed elsewhere is no request", func(t *testing.T) {
			b.in(t)
			for _, doc := range []string{
				signedXML(t, spKey(), `<saml:Assertion xmlns:saml="`+saml.NSAssertion+`" ID="_a" Version="2.0" IssueInstant="2026-11-23T09:00:00Z"><saml:Issuer>`+spID+`</saml:Issuer></saml:Assertion>`),
				signedXML(t, spKey(), `<samlp:LogoutRequest xmlns:samlp="`+saml.NSProtocol+`" xmlns:saml="`+saml.NSAssertion+`" ID="_a" Version="2.0" IssueInstant="2026-11-23T09:00:00Z"><saml:Issuer>`+spID+`</saml:Issuer></samlp:LogoutRequest>`),
			} {
				w.post(doc).paged(http.StatusBadRequest)
				r := b.fresh().holding(`<samlp:Extensions>` + doc + `</samlp:Extensions>`)
				w.post(r.xml()).paged(http.StatusForbidden)
			}
		})
		each(t, func(t *testing.T) {
			b.in(t)
			for _, transform := range []string{"http://www.w3.org/TR/1999/REC-xpath-19991116", "http://www.w3.org/TR/1999/REC-xslt-19991116", "http://www.w3.org/2000/09/xmldsig#base64", "http://www.w3.org/2002/06/xmldsig-filter2", "urn:x"} {
				w.post(strings.Replace(good, `<ds:Transforms>`, `<ds:Transforms><ds:Transform Algorithm="`+transform+`"><x>document('http://127.0.0.1:9/')</x></ds:Transform>`, 1)).paged(http.StatusForbidden)
			}
			w.post(strings.Replace(good, `</ds:Transforms>`, strings.Repeat(`<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>`, 1000)+`</ds:Transforms>`, 1)).paged(http.StatusForbidden)
		}, "XSW-14 transforms that leave something out are refused", "XSW-15 and do nothing", "XML-08 as are a thousand of them")
		t.Run("ALG-09 what the KeyInfo points at is not fetched", func(t *testing.T) {
			b.in(t)
			for _, pointer := range []string{`<ds:RetrievalMethod URI="http://127.0.0.1:9/"/>`, `<ds:RetrievalMethod URI="#` + original.ID + `"/>`, `<dsig11:KeyInfoReference xmlns:dsig11="http://www.w3.org/2009/xmldsig11#" URI="file:///etc/passwd"/>`} {
				w.post(strings.Replace(good, `<ds:KeyInfo>`, `<ds:KeyInfo>`+pointer, 1)).paged(http.StatusForbidden)
				b.recorded(audit.ReasonRequestSignatureInvalid)
			}
		})
		t.Run("the original itself is taken", func(t *testing.T) {
			b.in(t)
			w.post(good).granted(original.ID)
		})
	}
}

func TestWeakKeysAreNotTrusted(t *testing.T) {
	t.Run("ALG-03 RSA below 2048 bits is refused", func(t *testing.T) {
		short := shortRSA(t)
		b := newBench(t, func(a *apps.App) { a.Settings.Keys = []apps.Key{{PublicKey: short.public()}} })
		octets := query(b.fresh().xml()) + "&SigAlg=" + url.QueryEscape(string(saml.RSASHA256))
		b.signedIn(ada()).query(octets + "&Signature=" + url.QueryEscape(rawSignature(t, short, octets))).paged(http.StatusForbidden)
		b.recorded(audit.ReasonRequestSignatureInvalid)
	})
	t.Run("a key of the app that nobody can read only loses its signatures", func(t *testing.T) {
		all := []apps.App{wiki()}
		all[0].Settings.Keys = []apps.Key{{PublicKey: []byte("junk")}, {PublicKey: spKey().public()}}
		c, err := catalog.New(idp, all, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a, _ := c.ByEntityID(spID); len(a.Trust.Keys) != 1 {
			t.Errorf("%d keys", len(a.Trust.Keys))
		}
	})
}
