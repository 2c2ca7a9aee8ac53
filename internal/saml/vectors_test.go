package saml

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// A vector is one file of testdata/vectors: headers, an empty line, and what a service provider sends. Binding xml is the
// message itself, redirect the query, post the body of the form. Expect is ok or a part of the refusal; each want is one
// field of what was read.
type vector struct {
	name, binding, expect string
	ids, wants            []string
	body                  string
}

func vectors(t testing.TB) []vector {
	t.Helper()
	files, err := filepath.Glob("testdata/vectors/*.txt")
	if err != nil || len(files) < 90 {
		t.Fatalf("%d vectors, %v", len(files), err)
	}
	var all []vector
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, body, ok := strings.Cut(string(text), "\n\n")
		if !ok {
			t.Fatalf("%s has no body", file)
		}
		v := vector{name: strings.TrimSuffix(filepath.Base(file), ".txt"), body: strings.TrimSuffix(body, "\n")}
		for _, line := range strings.Split(head, "\n") {
			key, value, _ := strings.Cut(line, ": ")
			switch key {
			case "binding":
				v.binding = value
			case "expect":
				v.expect = value
			case "ids":
				v.ids = strings.Split(value, ", ")
			case "want":
				v.wants = append(v.wants, value)
			default:
				t.Fatalf("%s: header %q", file, line)
			}
		}
		all = append(all, v)
	}
	return all
}

// read goes the way of its binding.
func (v vector) read() (*Inbound, *AuthnRequest, error) {
	in, err := &Inbound{XML: []byte(v.body)}, error(nil)
	switch v.binding {
	case "redirect":
		in, err = ReadRedirect(v.body)
	case "post":
		form, parseErr := url.ParseQuery(v.body)
		if parseErr != nil {
			return nil, nil, parseErr
		}
		in, err = ReadPOST(form, "")
	}
	if err != nil {
		return nil, nil, err
	}
	req, err := ReadAuthnRequest(in.XML)
	return in, req, err
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		run := v.check
		for _, id := range v.ids {
			inner := run
			run = func(t *testing.T) { t.Run(id+" "+v.name, inner) }
		}
		if len(v.ids) == 0 {
			inner := run
			run = func(t *testing.T) { t.Run(v.name, inner) }
		}
		run(t)
	}
}

func (v vector) check(t *testing.T) {
	in, req, err := v.read()
	if v.expect != "ok" {
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), v.expect) || req != nil {
			t.Fatalf("%v, want a refusal with %q", err, v.expect)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	got := fields(in, req)
	for _, want := range v.wants {
		name, value, _ := strings.Cut(want, "=")
		if had, known := got[name]; !known || had != value {
			t.Errorf("%s is %q, want %q", name, had, value)
		}
	}
}

// fields are what was read, as text.
func fields(in *Inbound, r *AuthnRequest) map[string]string {
	f := map[string]string{
		"ID": r.ID, "Version": r.Version, "IssueInstant": r.IssueInstant.Format(time.RFC3339Nano), "Destination": r.Destination, "Issuer": r.Issuer,
		"ForceAuthn": strconv.FormatBool(r.ForceAuthn), "IsPassive": strconv.FormatBool(r.IsPassive), "ACSURL": r.ACSURL, "ACSIndex": number(r.ACSIndex),
		"ProtocolBinding": string(r.ProtocolBinding), "AttributeIndex": number(r.AttributeIndex), "ProviderName": r.ProviderName, "Signed": strconv.FormatBool(r.Signed),
		"NameIDPolicy": "none", "Comparison": "none", "Subject": "none", "RelayState": in.RelayState, "HasRelayState": strconv.FormatBool(in.HasRelayState),
	}
	if p := r.NameIDPolicy; p != nil {
		f["NameIDPolicy"], f["Format"], f["AllowCreate"] = "", string(p.Format), strconv.FormatBool(p.AllowCreate)
	}
	if c := r.RequestedAuthn; c != nil {
		f["Comparison"], f["Classes"], f["Decls"] = c.Comparison, strings.Trim(fmt.Sprint(c.Classes), "[]"), strings.Join(c.Decls, " ")
	}
	if s := r.Subject; s != nil {
		f["Subject"] = strings.Join(s.Confirmation, " ")
		if s.Encrypted {
			f["Subject"] = "encrypted"
		}
		if n := s.NameID; n != nil {
			f["Subject"] = strings.Join(append([]string{n.Value, string(n.Format), n.NameQualifier, n.SPNameQualifier}, s.Confirmation...), " ")
		}
	}
	if s := r.Scoping; s != nil {
		f["IDPs"] = strings.Join(s.IDPs, " ")
	}
	if s := in.Signature; s != nil {
		f["SigAlg"], f["Octets"] = string(s.Method), s.Octets
	}
	return f
}

func number(i *int) string {
	if i == nil {
		return "none"
	}
	return strconv.Itoa(*i)
}
