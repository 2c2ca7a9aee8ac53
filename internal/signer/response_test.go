package signer

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The golden files are what RSA makes of the kinds: its signatures are the same each time.
func TestGolden(t *testing.T) {
	k := testKey(t, "rsa")
	for kind, r := range kinds() {
		for choice, c := range choices {
			if r.Assertion == nil && choice != "both" {
				continue // a refusal is signed as a whole in any case
			}
			got := mustAppend(t, k, r, c.with(saml.RSASHA256))
			file := filepath.Join("testdata", "golden", kind+"-"+choice+".xml")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(elements(want), elements(got)); diff != "" {
				t.Errorf("%s (-update writes it anew):\n%s", file, diff)
			}
		}
	}
}

// elements puts each tag on a line, so that a difference can be read.
func elements(doc []byte) []string { return strings.SplitAfter(string(doc), ">") }

func TestResponseProfile(t *testing.T) {
	k := testKey(t, "rsa")
	write := func(r *saml.Response, choice string) string {
		return string(mustAppend(t, k, r, choices[choice].with(saml.RSASHA256)))
	}
	success, refusal := write(testResponse(), "both"), write(testRefusal(), "assertion")
	outside := regexp.MustCompile(`(?s)<saml:Assertion.*</saml:Assertion>`).ReplaceAllString(success, "")
	inside := strings.TrimPrefix(success, outside[:strings.Index(success, "<saml:Assertion")])

	t.Run("RESP-03 a success holds exactly one assertion, one AuthnStatement, at most one AttributeStatement", func(t *testing.T) {
		for kind, r := range kinds() {
			doc := write(r, "both")
			if r.Assertion == nil {
				continue
			}
			if strings.Count(doc, "<saml:Assertion ") != 1 || strings.Count(doc, "<saml:AuthnStatement ") != 1 || strings.Count(doc, "<saml:AttributeStatement>") > 1 {
				t.Error(kind)
			}
		}
		r := testResponse()
		r.Assertion = nil
		_, err := k.AppendResponse(nil, r, choices["both"].with(saml.RSASHA256))
		wantInvalid(t, err)
	})
	t.Run("RESP-05 one bearer confirmation, with the Recipient", func(t *testing.T) {
		if strings.Count(success, "<saml:SubjectConfirmation ") != 1 || !strings.Contains(success, `Method="`+bearer+`"`) ||
			!strings.Contains(success, ` Recipient="https://sp.example.com/saml/acs?a=1&amp;b=2">`) {
			t.Error(success)
		}
	})
	data := regexp.MustCompile(`<saml:SubjectConfirmationData[^>]*>`).FindString(success)
	t.Run("RESP-07 no NotBefore on the bearer data, and no Address", func(t *testing.T) {
		if data == "" || strings.Contains(data, "NotBefore") || strings.Contains(success, "Address=") {
			t.Error(data)
		}
	})
	t.Run("RESP-10 NotBefore lies before NotOnOrAfter", func(t *testing.T) {
		for _, end := range []time.Duration{0, -time.Second} {
			r := testResponse()
			r.Assertion.NotOnOrAfter = r.Assertion.NotBefore.Add(end)
			_, err := k.AppendResponse(nil, r, choices["both"].with(saml.RSASHA256))
			wantInvalid(t, err)
		}
	})
	t.Run("RESP-11 no OneTimeUse, no ProxyRestriction", func(t *testing.T) {
		if strings.Contains(success, "OneTimeUse") || strings.Contains(success, "ProxyRestriction") {
			t.Error(success)
		}
	})
	t.Run("RESP-12 a success that nothing signs is refused", func(t *testing.T) {
		_, err := k.AppendResponse(nil, testResponse(), Choice{Method: saml.RSASHA256})
		wantInvalid(t, err)
	})
	t.Run("RESP-14 assertion and response are signed together and apart", func(t *testing.T) {
		for choice, want := range map[string][2]bool{"assertion": {true, false}, "response": {false, true}, "both": {true, true}} {
			doc := write(testResponse(), choice)
			head := doc[:strings.Index(doc, "<saml:Assertion")]
			got := [2]bool{strings.Contains(doc[len(head):], "<ds:Signature "), strings.Contains(head, "<ds:Signature ")}
			if got != want {
				t.Errorf("%s: %v", choice, got)
			}
		}
	})
	t.Run("RESP-21 an assertion without NameID", func(t *testing.T) {
		if doc := write(kinds()["anonymous"], "both"); strings.Contains(doc, "NameID") || !strings.Contains(doc, "<saml:Subject><saml:SubjectConfirmation ") {
			t.Error(doc)
		}
	})
	t.Run("RESP-25 Version, ID and IssueInstant on every assertion", func(t *testing.T) {
		for _, want := range []string{` ID="_0a1b2c3d4e5f60718293a4b5c6d7e8f9"`, ` IssueInstant="2026-03-14T13:09:26.535Z"`, ` Version="2.0"`} {
			if !strings.Contains(inside[:strings.Index(inside, ">")], want) {
				t.Errorf("%s is not in %.200s", want, inside)
			}
		}
	})
	t.Run("RESP-27 a refusal is signed, whatever is chosen", func(t *testing.T) {
		for _, c := range []Choice{{}, {Assertion: true}, {Response: true}} {
			accepted(t, string(mustAppend(t, k, testRefusal(), c.with(saml.RSASHA256))), trustIn(k))
		}
	})
	t.Run("RESP-28 no further assertions in Advice", func(t *testing.T) {
		if strings.Contains(success, "Advice") {
			t.Error(success)
		}
	})
	t.Run("CORE-04 instants are UTC with Z", func(t *testing.T) {
		found := regexp.MustCompile(` (\w*Instant|Not\w+|SessionNot\w+)="([^"]*)"`).FindAllStringSubmatch(success+refusal, -1)
		if len(found) != 8 {
			t.Errorf("%q", found)
		}
		for _, f := range found {
			if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`).MatchString(f[2]) {
				t.Errorf("%q", f)
			}
		}
	})
	t.Run("CORE-20 a refusal carries no assertion", func(t *testing.T) {
		if strings.Contains(refusal, "Assertion ") {
			t.Error(refusal)
		}
		r := testRefusal()
		r.Assertion = testResponse().Assertion
		_, err := k.AppendResponse(nil, r, choices["both"].with(saml.RSASHA256))
		wantInvalid(t, err)
	})
	t.Run("CORE-25 no DTD", func(t *testing.T) {
		if strings.Contains(success+refusal, "<!") || strings.Contains(success+refusal, "<?") {
			t.Error("markup declarations")
		}
	})
	t.Run("ATT-05 no values: no AttributeValue; an empty string: an empty element", func(t *testing.T) {
		format := ` NameFormat="` + string(saml.NameBasic) + `">`
		if !strings.Contains(success, `<saml:Attribute Name="none"`+format+`</saml:Attribute>`) ||
			!strings.Contains(success, `<saml:Attribute Name="empty"`+format+`<saml:AttributeValue></saml:AttributeValue></saml:Attribute>`) {
			t.Error(success)
		}
	})
	t.Run("ATT-06 the prefix in xsi:type is declared inside the signed assertion, and signed", func(t *testing.T) {
		doc := write(kinds()["typed"], "both")
		assertion := cut(t, []byte(doc), "<saml:Assertion", "</saml:Assertion>")
		accepted(t, string(assertion), trustIn(k))
		if !bytes.Contains(assertion, []byte(` xmlns:xs="`+nsXS+`"`)) || !bytes.Contains(assertion, []byte(` xsi:type="xs:string">`)) {
			t.Error(doc)
		}
		rejected(t, "another namespace under the prefix", swap(t, string(assertion), nsXS, "urn:other"), trustIn(k))
	})
	t.Run("SIG-03 exclusive canonicalization, for signing and as transform", func(t *testing.T) {
		if strings.Count(success, `Algorithm="`+excC14N+`"`) != 4 || strings.Contains(success, "REC-xml-c14n") {
			t.Error(success)
		}
	})
	t.Run("SIG-11 SHA-1 is no method of any key, and works only by name", func(t *testing.T) {
		for _, name := range []string{"rsa", "p256"} {
			for _, m := range testKey(t, name).Methods() {
				if Digest(m) == saml.DigestSHA1 || strings.Contains(string(m), "sha1") {
					t.Errorf("%s offers %s", name, m)
				}
			}
		}
		if doc := string(mustAppend(t, k, testResponse(), choices["both"].with(saml.RSASHA1))); strings.Count(doc, string(saml.DigestSHA1)+`"`) != 2 {
			t.Error(doc)
		}
		_, err := testKey(t, "p256").AppendResponse(nil, testResponse(), choices["both"].with(saml.RSASHA1))
		wantInvalid(t, err)
	})
}

func TestWhatAnAssertionNeedsIsNotForgotten(t *testing.T) {
	k := testKey(t, "rsa")
	for name, forget := range map[string]func(*saml.Response){
		"ID": func(r *saml.Response) { r.ID = "" }, "ID with a space": func(r *saml.Response) { r.ID = "a b" }, "ID of digits": func(r *saml.Response) { r.ID = "12" },
		"assertion ID": func(r *saml.Response) { r.Assertion.ID = "" }, "one ID for both": func(r *saml.Response) { r.Assertion.ID = r.ID },
		"issuer": func(r *saml.Response) { r.Issuer = "" }, "assertion issuer": func(r *saml.Response) { r.Assertion.Issuer = " \t" },
		"audience": func(r *saml.Response) { r.Assertion.Audience = "" }, "recipient": func(r *saml.Response) { r.Assertion.Recipient = "\n" },
		"NameID": func(r *saml.Response) { r.Assertion.Subject.Value = "" },
	} {
		r := testResponse()
		forget(r)
		_, err := k.AppendResponse(nil, r, choices["both"].with(saml.RSASHA256))
		if err == nil {
			t.Errorf("%s: written", name)
			continue
		}
		wantInvalid(t, err)
	}
}

func TestUnknownMethodIsRefused(t *testing.T) {
	for _, m := range []saml.SignatureMethod{"", "rsa-sha256", saml.ECDSASHA256, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"} {
		_, err := testKey(t, "rsa").AppendResponse(nil, testResponse(), choices["both"].with(m))
		wantInvalid(t, err)
	}
	if Digest("unknown") != "" || Digest(saml.RSAPSS384) != saml.DigestSHA384 || Digest(saml.RSASHA1) != saml.DigestSHA1 {
		t.Error("wrong digests")
	}
}
