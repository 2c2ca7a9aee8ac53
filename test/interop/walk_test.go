package interop

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

const (
	adaName     = "ada@example.org"
	adaPassword = "correct horse battery staple 42"
)

// result is what a service provider says of the response it was given.
type result struct {
	OK           bool
	Error        string
	NameID       string
	NameIDFormat string
	Attributes   map[string]any
	SessionIndex string
	InResponseTo string
	AuthnContext string
	RelayState   string
}

// delivery is a response on its way: the page that posts it to the service provider.
type delivery struct {
	page *page
	xml  string
}

// carry brings the browser from an address to the page that holds a response, signing in as Ada where it is asked to.
func (b *browser) carry(t *testing.T, address string) delivery {
	t.Helper()
	at := b.get(t, address)
	for range 10 {
		switch {
		case at.form.has("password"):
			b.signIns++
			at = at.submit(t, map[string]string{"username": adaName, "password": adaPassword})
		case at.form.has("SAMLResponse"):
			return delivery{at, decode(t, at.form.fields["SAMLResponse"])}
		case at.form.has("SAMLRequest"):
			at = at.submit(t, nil)
		default:
			t.Fatalf("no response, but %d from %s:\n%s", at.status, at.url, brief(at.body))
		}
	}
	t.Fatalf("no response after ten pages, the last one is %s:\n%s", at.url, brief(at.body))
	return delivery{}
}

// deliver posts the response, unchanged, to where its page says.
func (d delivery) deliver(t *testing.T) result {
	t.Helper()
	return outcome(t, d.page.submit(t, nil))
}

// deliverChanged posts the response with one piece of its XML replaced.
func (d delivery) deliverChanged(t *testing.T, old, changed string) result {
	t.Helper()
	if !strings.Contains(d.xml, old) {
		t.Fatalf("the response holds no %q to change:\n%s", old, brief(d.xml))
	}
	xml := strings.Replace(d.xml, old, changed, 1)
	return outcome(t, d.page.submit(t, map[string]string{"SAMLResponse": encode(xml)}))
}

func outcome(t *testing.T, p *page) result {
	t.Helper()
	var r result
	if err := json.Unmarshal([]byte(p.body), &r); err != nil {
		t.Fatalf("%s answered %d, not a result: %v\n%s", p.url, p.status, err, brief(p.body))
	}
	return r
}

func decode(t *testing.T, message string) string {
	t.Helper()
	xml, err := base64.StdEncoding.DecodeString(message)
	if err != nil {
		t.Fatalf("a message that is not base64: %v", err)
	}
	return string(xml)
}

func encode(xml string) string { return base64.StdEncoding.EncodeToString([]byte(xml)) }

func (r result) mustBeAccepted(t *testing.T) {
	t.Helper()
	if !r.OK {
		t.Fatalf("refused: %s", r.Error)
	}
}

// mustBeRefused requires the service provider's own reason to match: a refusal for something else proves nothing.
func (r result) mustBeRefused(t *testing.T, reason string) {
	t.Helper()
	if r.OK {
		t.Fatalf("accepted: %+v", r)
	}
	if !regexp.MustCompile(`(?i)` + reason).MatchString(r.Error) {
		t.Fatalf("refused, but not for %q: %s", reason, r.Error)
	}
}

// brief cuts what a failing test shows, the middle first.
func brief(text string) string {
	const half = 800
	if len(text) <= 2*half {
		return text
	}
	return text[:half] + "\n[…]\n" + text[len(text)-half:]
}
