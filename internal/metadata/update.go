package metadata

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
)

// Update takes from a fresh import what the app itself decides: its endpoints, keys and descriptions. The rest is the
// administrator's and stays: names, claims, NameID rule, what is signed, lifetimes. An app that has to sign its requests
// goes on having to, whatever the fresh document says: a forged one could otherwise switch the check off. The changes are
// in words; none means that nothing changed.
func Update(old apps.App, fresh Imported) (updated apps.App, changed []string) {
	updated = old
	from, to, said := &old.Settings, &updated.Settings, &fresh.App.Settings
	updated.EntityID, updated.MetadataXML = fresh.App.EntityID, fresh.App.MetadataXML
	to.ACS, to.SLO, to.Keys, to.Metadata, to.MetadataValidUntil = said.ACS, said.SLO, said.Keys, said.Metadata, said.MetadataValidUntil
	to.RequireSigned = from.RequireSigned || said.RequireSigned
	to.AllowHTTP = from.AllowHTTP || said.AllowHTTP
	if said.MetadataURL != "" {
		to.MetadataURL = said.MetadataURL
	}
	return updated, changes(&old, &updated)
}

func changes(old, updated *apps.App) []string {
	var c changeList
	from, to := &old.Settings, &updated.Settings
	c.value("entity ID", old.EntityID, updated.EntityID)
	c.endpoints("ACS", from.ACS, to.ACS)
	c.endpoints("SLO", from.SLO, to.SLO)
	c.keys(from.Keys, to.Keys)
	c.value("signed requests required", yes(from.RequireSigned), yes(to.RequireSigned))
	c.value("plain http allowed", yes(from.AllowHTTP), yes(to.AllowHTTP))
	c.value("metadata URL", from.MetadataURL, to.MetadataURL)
	c.value("valid until", when(from.MetadataValidUntil), when(to.MetadataValidUntil))
	c.described(&from.Metadata, &to.Metadata)
	return c
}

type changeList []string

func (c *changeList) say(format string, args ...any) { *c = append(*c, fmt.Sprintf(format, args...)) }

func (c *changeList) value(what, from, to string) {
	if from != to {
		c.say("%s: %s -> %s", what, orNone(from), orNone(to))
	}
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// endpoints compares by place: an ACS by its index, a logout service by its binding.
func (c *changeList) endpoints(kind string, from, to []apps.Endpoint) {
	before, after := named(kind, from), named(kind, to)
	for _, n := range before.order {
		c.value(n, before.said[n], after.said[n])
	}
	for _, n := range after.order {
		if _, known := before.said[n]; !known {
			c.value(n, "", after.said[n])
		}
	}
}

type places struct {
	order []string
	said  map[string]string
}

func named(kind string, list []apps.Endpoint) places {
	p := places{said: map[string]string{}}
	for i := range list {
		e := &list[i]
		name := fmt.Sprintf("%s %d", kind, e.Index)
		if kind != "ACS" {
			name = kind + " " + bindingName(e)
		}
		for p.said[name] != "" {
			name += "'"
		}
		p.order, p.said[name] = append(p.order, name), describe(kind, e)
	}
	return p
}

func bindingName(e *apps.Endpoint) string {
	return string(e.Binding)[strings.LastIndexByte(string(e.Binding), ':')+1:]
}

// describe says all of an endpoint that its place does not.
func describe(kind string, e *apps.Endpoint) string {
	s := e.Location
	if kind == "ACS" {
		s += " (" + bindingName(e) + ")"
	}
	if e.ResponseLocation != "" {
		s += ", responses to " + e.ResponseLocation
	}
	if e.IsDefault != nil {
		s += fmt.Sprintf(", default %t", *e.IsDefault)
	}
	return s
}

func (c *changeList) keys(from, to []apps.Key) {
	before, after := keyNames(from), keyNames(to)
	for _, k := range before {
		if !slices.Contains(after, k) {
			c.say("%s", strings.Replace(k, "key", "key removed:", 1))
		}
	}
	for _, k := range after {
		if !slices.Contains(before, k) {
			c.say("%s", strings.Replace(k, "key", "key added:", 1))
		}
	}
}

// keyNames say use, fingerprint (of the certificate, if there is one) and methods.
func keyNames(keys []apps.Key) []string {
	var out []string
	for _, k := range keys {
		der := k.Certificate
		if len(der) == 0 {
			der = k.PublicKey
		}
		s := strings.TrimSpace(k.Use + fmt.Sprintf(" key SHA-256 %X", sha256.Sum256(der)))
		if len(k.Methods) > 0 {
			s += " for " + strings.Join(k.Methods, ", ")
		}
		out = append(out, s)
	}
	return out
}

// described names the parts that differ.
func (c *changeList) described(from, to *apps.Described) {
	for _, part := range []struct {
		name     string
		from, to any
	}{
		{"display names", from.DisplayNames, to.DisplayNames},
		{"descriptions", from.Descriptions, to.Descriptions},
		{"logos", from.Logos, to.Logos},
		{"information addresses", from.InformationURLs, to.InformationURLs},
		{"privacy addresses", from.PrivacyURLs, to.PrivacyURLs},
		{"organisation names", from.OrganizationNames, to.OrganizationNames},
		{"organisation addresses", from.OrganizationURLs, to.OrganizationURLs},
		{"contacts", from.Contacts, to.Contacts},
		{"NameID formats", from.NameIDFormats, to.NameIDFormats},
		{"requested attributes", from.AttributeServices, to.AttributeServices},
		{"entity attributes", from.EntityAttributes, to.EntityAttributes},
		{"signature methods", from.SignatureMethods, to.SignatureMethods},
		{"digest methods", from.DigestMethods, to.DigestMethods},
		{"signed assertions wanted", from.WantSignedAssertion, to.WantSignedAssertion},
		{"error address", from.ErrorURL, to.ErrorURL},
	} {
		if !reflect.DeepEqual(part.from, part.to) {
			c.say("%s changed", part.name)
		}
	}
}
