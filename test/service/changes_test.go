package service

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestCommandsReachEveryNode(t *testing.T) {
	t.Parallel()
	o, a, b, ada := pair(t)
	nodes := []*node{a, b}
	// settled waits until each node behaves so.
	settled := func(t *testing.T, what string, holds func(ada *browser) bool) {
		t.Helper()
		for _, n := range nodes {
			eventually(t, what+" at "+n.address, func() bool { return holds(ada.in(t).at(n)) })
		}
	}
	t.Run("OPS-05 XSW-26 an app that is switched off lets nobody in, not even those on the way", func(t *testing.T) {
		o := o.in(t)
		waiting := o.browse(a, b).get(o.requestURL()).location()
		o.do("app", "disable", "wiki")
		settled(t, "the app is off", func(ada *browser) bool { return ada.get(o.requestURL()).status == http.StatusForbidden })
		late := o.browse(b)
		if p := late.post(waiting, fields("username", "ada", "password", password)); late.letIn(p.location()) {
			t.Error("somebody on the way was let in")
		}
		o.do("app", "enable", "wiki")
		settled(t, "the app is on again", func(ada *browser) bool { return ada.letIn(o.requestURL()) })
	})
	t.Run("OPS-05 a changed setting holds", func(t *testing.T) {
		o := o.in(t)
		o.do("app", "set", "wiki", "claim.mail=email", "nameid-format=unspecified", "nameid-source=username")
		settled(t, "the new claim is released", func(ada *browser) bool {
			r := ada.signOn(o.requestURL())
			return slices.Contains(r.Assertion.Attributes, "ada@example.org") && r.Assertion.NameID == "ada"
		})
	})
	t.Run("OPS-05 an assignment that is taken away is gone at once", func(t *testing.T) {
		o := o.in(t)
		for range 3 {
			o.do("app", "unassign", "wiki", "--everyone")
			for _, n := range nodes {
				if ada.in(t).at(n).letIn(o.requestURL()) {
					t.Fatalf("%s lets in who is not assigned", n.address)
				}
			}
			o.do("app", "assign", "wiki", "--user", "ada")
			for _, n := range nodes {
				if !ada.in(t).at(n).letIn(o.requestURL()) {
					t.Fatalf("%s does not let in who is assigned", n.address)
				}
			}
			o.do("app", "unassign", "wiki", "--user", "ada")
			o.do("app", "assign", "wiki", "--everyone")
		}
	})
	t.Run("KEY-03 OPS-05 a new certificate is published, then signs, and the old one goes", func(t *testing.T) {
		o := o.in(t)
		old := ada.in(t).signOn(o.requestURL()).Assertion.Certificate
		fresh := ask[struct {
			ID string `json:"id"`
		}](o, "cert", "create").ID
		pem := bare(o.do("cert", "export", fresh))
		published := func(ada *browser, cert string) bool { return strings.Contains(ada.get("/saml/metadata").body, cert) }

		settled(t, "both are published and the old one signs", func(ada *browser) bool {
			return published(ada, pem) && published(ada, old) && ada.signOn(o.requestURL()).Assertion.Certificate == old
		})
		o.do("cert", "activate", fresh)
		settled(t, "the new one signs", func(ada *browser) bool {
			return ada.signOn(o.requestURL()).Assertion.Certificate == pem && published(ada, pem) && published(ada, old)
		})
		for _, c := range ask[[]struct {
			ID    string `json:"id"`
			State string `json:"state"`
		}](o, "cert", "list") {
			if c.ID != fresh {
				o.do("cert", "retire", c.ID)
			}
		}
		settled(t, "the old one is gone", func(ada *browser) bool {
			return published(ada, pem) && !published(ada, old) && ada.signOn(o.requestURL()).Assertion.Certificate == pem
		})
	})
	t.Run("OPS-05 AUTHN-22 a disabled person is out at once", func(t *testing.T) {
		o := o.in(t)
		o.do("user", "disable", "ada")
		for _, n := range nodes {
			if ada := ada.in(t).at(n); ada.signedIn() || ada.letIn(o.requestURL()) {
				t.Errorf("%s lets a disabled person in", n.address)
			}
		}
	})
}

// bare is the base64 of a PEM block, as metadata and signatures carry it.
func bare(pem string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(pem, "\n") {
		if !strings.HasPrefix(line, "-----") {
			b.WriteString(strings.TrimSpace(line))
		}
	}
	return b.String()
}
