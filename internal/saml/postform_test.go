package saml

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

func testForm() PostForm {
	return PostForm{
		Action: "https://sp.example.com/acs?a=1&b=2", Field: "SAMLResponse", Message: []byte("<a>\xff</a>"),
		Lang: "en", Title: "Signing in", Heading: "Signing in to Wiki…", NoScript: "Press the button to go on.", Button: "Continue to Wiki",
		Stylesheet: "/static/app.0123456789ab.css",
	}
}

// A page is what a browser would make of the octets.
type page struct {
	fields  map[string]string
	action  string
	method  string
	scripts []string
	tags    []string
	text    string
}

// parsePage reads with HTML's own parser, with script off, so that noscript is content.
func parsePage(t *testing.T, octets []byte) page {
	t.Helper()
	root, err := html.ParseWithOptions(bytes.NewReader(octets), html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatal(err)
	}
	p := page{fields: map[string]string{}}
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			p.text += n.Data + "\n"
		}
		if n.Type != html.ElementNode {
			continue
		}
		p.tags = append(p.tags, n.Data)
		switch n.Data {
		case "form":
			p.action, p.method = attribute(n, "action"), attribute(n, "method")
		case "input":
			p.fields[attribute(n, "name")] = attribute(n, "value")
		case "script":
			p.scripts = append(p.scripts, n.FirstChild.Data)
		}
	}
	return p
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func mustForm(t *testing.T, f PostForm) page {
	t.Helper()
	octets, err := AppendPostForm(nil, f)
	if err != nil {
		t.Fatal(err)
	}
	return parsePage(t, octets)
}

func TestPostForm(t *testing.T) {
	t.Run("RESP-16 the form posts to the ACS with SAMLResponse, and RelayState only if given", func(t *testing.T) {
		f := testForm()
		p := mustForm(t, f)
		if p.action != f.Action || p.method != "post" || len(p.fields) != 1 {
			t.Errorf("absent: %+v", p)
		}
		f.HasRelayState = true
		p = mustForm(t, f)
		if value, ok := p.fields["RelayState"]; !ok || value != "" {
			t.Errorf("empty: %+v", p)
		}
		f.RelayState = "a\r\nb\r \"'<>&amp;é +%2B"
		if p = mustForm(t, f); p.fields["RelayState"] != f.RelayState {
			t.Errorf("given: %q", p.fields["RelayState"])
		}
	})
	t.Run("RESP-17 the field is the base64 of the XML, not deflated", func(t *testing.T) {
		got, err := base64.StdEncoding.DecodeString(mustForm(t, testForm()).fields["SAMLResponse"])
		if err != nil || !bytes.Equal(got, testForm().Message) {
			t.Errorf("%q, %v", got, err)
		}
	})
	t.Run("RESP-18 without script there is a button", func(t *testing.T) {
		p := mustForm(t, testForm())
		if !strings.Contains(strings.Join(p.tags, " "), "form input noscript p button") || !strings.Contains(p.text, "Continue to Wiki") {
			t.Errorf("%q %q", p.tags, p.text)
		}
	})
	t.Run("WEB-06 the only script is the one whose hash the policy names", func(t *testing.T) {
		p := mustForm(t, testForm())
		if len(p.scripts) != 1 {
			t.Fatalf("%q", p.scripts)
		}
		sum := sha256.Sum256([]byte(p.scripts[0]))
		hash := "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
		if hash != PostFormScriptHash || !strings.Contains(PostFormCSP, "script-src '"+hash+"'") || strings.Contains(PostFormCSP, "form-action") {
			t.Errorf("%s, %s", hash, PostFormCSP)
		}
	})
}

func TestPostFormIsInert(t *testing.T) {
	t.Run("INJ-05 no value leaves its place in the page", func(t *testing.T) {
		want := mustForm(t, testForm())
		const evil = `"'></title></form></noscript><script>alert(1)</script><form action=//evil>` + "\x00<!--"
		f := testForm()
		f.RelayState, f.HasRelayState, f.Lang, f.Title, f.Heading, f.NoScript, f.Button, f.Stylesheet = evil, true, evil, evil, evil, evil, evil, evil
		f.Action += evil[:len(evil)-5]
		f.Action = strings.ReplaceAll(f.Action, " ", "")
		got := mustForm(t, f)
		if strings.Join(got.tags, " ") != strings.Replace(strings.Join(want.tags, " "), "input", "input input", 1) || got.action != f.Action {
			t.Errorf("%q\n%+v", want.tags, got)
		}
	})
	t.Run("INJ-05 an action that is no web address is refused", func(t *testing.T) {
		for _, action := range []string{
			"", "javascript:alert(1)", "JavaScript://x/%0aalert(1)", "java\nscript://x", "data:text/html,x", "vbscript:x",
			"/acs", "//evil.example", "https:evil.example", "https:/evil.example", "https:///evil", "https://", "https://?x", "https://:80/",
			"https:\\\\evil", "https://a\tb", " https://a", "https://a b", "ftp://a", "file:///etc/passwd", "blob:https://a", "https//://a", "https://@a",
		} {
			f := testForm()
			f.Action = action
			octets, err := AppendPostForm([]byte("kept"), f)
			if !fault.Is(err, fault.Invalid) || string(octets) != "kept" {
				t.Errorf("%q: %v", action, err)
			}
		}
		for _, action := range []string{"https://a", "http://127.0.0.1:8080/acs", "HTTPS://A/?q#f", "https://[::1]:8443/"} {
			f := testForm()
			f.Action = action
			mustForm(t, f)
		}
	})
	t.Run("a field of another name is refused", func(t *testing.T) {
		f := testForm()
		f.Field = "other"
		if _, err := AppendPostForm(nil, f); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
	})
}
