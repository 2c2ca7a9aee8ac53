package service

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

func TestFailuresTellNothingAndAreFoundAgain(t *testing.T) {
	t.Parallel()
	o := newOrganisation(t)
	o.populate()
	n := o.start()
	r := o.routes(o.browse(n))
	ada := o.browse(n)
	ada.mustSignIn("ada", password)
	t.Run("OPS-08 what strangers do wrong is told without what is inside", func(t *testing.T) {
		for _, address := range append(r.gets(), "/saml/sso?SAMLRequest=x", "/saml/sso?SAMLRequest=PGE%2B", "/saml/sso?SAMLResponse=x", "/login?next=%zz") {
			p := ada.in(t).get(address)
			if !strings.HasPrefix(address, "/metrics") {
				revealsNothing(t, p.body)
			}
			if p.header.Get("X-Request-Id") == "" {
				t.Errorf("%s: no reference", address)
			}
		}
	})
	t.Run("OPS-08 our own breakdown is an apology whose reference finds the cause in the log", func(t *testing.T) {
		o.exec(t, `alter schema public rename to away`)
		defer o.exec(t, `alter schema away rename to public`)
		for _, address := range []string{"/", "/login", "/logout", "/admin", r.setup, o.requestURL(), r.begun, "/saml/start/wiki"} {
			p := ada.in(t).get(address)
			apologises(t, p)
			foundInLog(t, n, p)
		}
		p := o.browse(n).in(t).signIn("ada", password)
		apologises(t, p)
		foundInLog(t, n, p)
	})
	t.Run("and afterwards all is well", func(t *testing.T) { ada.in(t).signOn(o.requestURL()) })
}

// foundInLog looks for the reference of an apology beside the cause.
func foundInLog(t *testing.T, n *node, p page) {
	t.Helper()
	reference := p.header.Get("X-Request-Id")
	eventually(t, "the reference "+reference+" is in the log", func() bool {
		for line := range strings.SplitSeq(n.log.String(), "\n") {
			if strings.Contains(line, reference) && strings.Contains(line, "42P01") { // undefined_table
				return true
			}
		}
		return false
	})
}

func TestBurstsOfBrokenInputAreNoFailureOfOurs(t *testing.T) {
	t.Parallel()
	o := newOrganisation(t)
	o.populate()
	n := o.start("--demo")
	ada := o.browse(n)
	ada.mustSignIn("ada", password)
	broken := brokenMessages(o)
	var answers [6]atomic.Int64
	together(8, func(worker int) {
		b := []*browser{o.browse(n), ada}[worker%2]
		for i := worker; i < len(broken)*2; i += 8 {
			text := broken[i%len(broken)]
			for _, try := range ways(o, text) {
				p, err := try(b)
				if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
					continue // cut off while we still wrote: more than is taken
				}
				if err != nil {
					t.Errorf("%.80q: %v", text, err)
					continue
				}
				answers[p.status/100].Add(1)
				if p.status >= 500 && p.status != http.StatusNotImplemented {
					t.Errorf("%.80q: %s", text, p)
				}
			}
		}
	})
	if answers[4].Load() == 0 {
		t.Error("nothing was refused")
	}
	ada.signOn(o.requestURL())
	if !n.alive() || strings.Contains(n.log.String(), "panic") {
		t.Errorf("the log tells of a panic, or the process died:\n%.3000s", n.log)
	}
}

// brokenMessages are texts that are hardly a message for us, each in its own way.
func brokenMessages(o *organisation) []string {
	good := o.authnRequest(newID())
	noise := make([]byte, 3000)
	rand.Read(noise)
	all := []string{
		"", "\x00", "<", "<a", "<a/>", "<a><b></a></b>", string(noise), strings.Repeat("<a>", 20000), strings.Repeat("A", 60000), "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
		`<?xml version="1.0" encoding="UTF-16"?>` + good, "\xef\xbb\xbf\xef\xbb\xbf" + good, good + good, good + "<!-- -->x", strings.ToUpper(good),
		"<a " + strings.Repeat(`b="c" `, 5000) + "/>", `<a xmlns:b="` + strings.Repeat("x", 50000) + `"/>`, "{\"json\":true}", "' or 1=1 --", "%00%0a", "\xff\xfe<\x00a\x00",
	}
	for i := 10; i < len(good); i += len(good) / 60 { // cut, doubled and changed in many places
		all = append(all, good[:i], good[:i]+good[i-9:], good[:i]+"\x00"+good[i:], good[:i]+"&"+good[i:], good[:i]+"<"+good[i:])
	}
	for _, attribute := range []string{"ID", "Version", "IssueInstant", "Destination"} {
		for _, value := range []string{" ", "-1", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-13-45T99:99:99Z", strings.Repeat("9", 5000), "\u202e", "&#x10FFFF;", "&#0;"} {
			all = append(all, replaceAttribute(good, attribute, value))
		}
	}
	return all
}

func replaceAttribute(doc, name, value string) string {
	before, rest, _ := strings.Cut(doc, " "+name+`="`)
	_, after, _ := strings.Cut(rest, `"`)
	return fmt.Sprintf(`%s %s="%s"%s`, before, name, value, after)
}

// ways are the places where a text may be put.
func ways(o *organisation, text string) []func(b *browser) (page, error) {
	get := func(address string) func(b *browser) (page, error) {
		return func(b *browser) (page, error) { return b.send(http.MethodGet, address, nil) }
	}
	post := func(address string, form url.Values) func(b *browser) (page, error) {
		return func(b *browser) (page, error) { return b.send(http.MethodPost, address, form) }
	}
	short := url.QueryEscape(text[:min(len(text), 2000)])
	inBase64 := fields("SAMLRequest", encode(text), "RelayState", text[:min(len(text), 3000)])
	all := []func(b *browser) (page, error){
		get("/saml/sso?SAMLRequest=" + short), get("/saml/resume/" + url.PathEscape(text[:min(len(text), 500)])), get("/setup/" + url.PathEscape(text[:min(len(text), 500)])),
		get("/saml/start/wiki-" + url.PathEscape(text[:min(len(text), 100)])), get("/login?next=" + short), get("/saml/start/nothing?RelayState=" + short),
		post("/saml/sso", fields("SAMLRequest", text)), post("/saml/sso", inBase64), post("/theme", fields("theme", text, "next", text)),
		post("/test-app/acs", fields("SAMLResponse", encode(text))), post("/language?"+short, fields("language", text)),
	}
	if redirect := o.redirect(text); len(redirect) < 8000 {
		all = append(all, get(redirect))
	}
	return all
}
