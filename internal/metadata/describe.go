package metadata

import (
	"net/mail"
	"strconv"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// described reads everything that the document says for people and for later.
func (r *reader) described(entity, role *strictxml.Element) apps.Described {
	d := apps.Described{
		WantSignedAssertion: r.boolean(role, "WantAssertionsSigned"),
		AttributeServices:   r.attributeServices(role),
		EntityAttributes:    entityAttributes(entity),
		SignatureMethods:    algorithms(entity, role, "SigningMethod"),
		DigestMethods:       algorithms(entity, role, "DigestMethod"),
	}
	if v := text(role, "errorURL"); v != "" && r.forPeople(role, v) {
		d.ErrorURL = v
	}
	for _, e := range all(role, "NameIDFormat") {
		d.NameIDFormats = append(d.NameIDFormats, saml.NameIDFormat(e.Trimmed()))
	}
	r.userInterface(&d, entity, role)
	r.organization(&d, entity, role)
	for _, e := range append(all(entity, "ContactPerson"), all(role, "ContactPerson")...) {
		d.Contacts = append(d.Contacts, r.contact(e))
	}
	return d
}

// extensions are the children of that name in all Extensions of e.
func extensions(e *strictxml.Element, space, local string) []*strictxml.Element {
	var out []*strictxml.Element
	for _, x := range all(e, "Extensions") {
		out = append(out, x.All(space, local)...)
	}
	return out
}

// userInterface reads mdui:UIInfo. It belongs to the role (Metadata UI §2.1); beside it on the entity it is found as well.
func (r *reader) userInterface(d *apps.Described, entity, role *strictxml.Element) {
	infos := extensions(role, nsUI, "UIInfo")
	if len(infos) == 0 {
		infos = extensions(entity, nsUI, "UIInfo")
	}
	for _, ui := range infos {
		d.DisplayNames = append(d.DisplayNames, localized(ui.All(nsUI, "DisplayName"))...)
		d.Descriptions = append(d.Descriptions, localized(ui.All(nsUI, "Description"))...)
		d.InformationURLs = append(d.InformationURLs, r.pages(ui.All(nsUI, "InformationURL"))...)
		d.PrivacyURLs = append(d.PrivacyURLs, r.pages(ui.All(nsUI, "PrivacyStatementURL"))...)
		for _, e := range ui.All(nsUI, "Logo") {
			r.logo(d, e)
		}
	}
}

func (r *reader) organization(d *apps.Described, entity, role *strictxml.Element) {
	o := entity.Child(saml.NSMetadata, "Organization")
	if own := role.Child(saml.NSMetadata, "Organization"); own != nil {
		o = own
	}
	if o == nil {
		return
	}
	d.OrganizationNames = localized(all(o, "OrganizationDisplayName"))
	if len(d.OrganizationNames) == 0 {
		d.OrganizationNames = localized(all(o, "OrganizationName"))
	}
	d.OrganizationURLs = r.pages(all(o, "OrganizationURL"))
}

func localized(elements []*strictxml.Element) []apps.Localized {
	var out []apps.Localized
	for _, e := range elements {
		if v := plain(e); v != "" {
			out = append(out, apps.Localized{Lang: lang(e), Value: v})
		}
	}
	return out
}

func lang(e *strictxml.Element) string {
	v, _ := e.AttrNS(nsXML, "lang")
	return strings.Trim(v, " \t\r\n")
}

// pages are addresses that people follow.
func (r *reader) pages(elements []*strictxml.Element) []apps.Localized {
	var out []apps.Localized
	for _, l := range elements {
		if v := plain(l); v != "" && r.forPeople(l, v) {
			out = append(out, apps.Localized{Lang: lang(l), Value: v})
		}
	}
	return out
}

// forPeople lets through what people can follow.
func (r *reader) forPeople(e *strictxml.Element, v string) bool {
	ok := apps.IsPage(v)
	if !ok {
		r.warn(e, "%q is not a web address; it was left out.", short(v))
	}
	return ok
}

// logo takes https and pictures in place (Metadata UI §2.1.5).
func (r *reader) logo(d *apps.Described, e *strictxml.Element) {
	v := strings.Join(strings.Fields(e.Text), "")
	if !apps.IsPicture(v) {
		r.warn(e, "the logo %q was left out; only https addresses, and PNG, JPEG, GIF or WebP in place, are shown.", short(v))
		return
	}
	width, _ := strconv.Atoi(text(e, "width"))
	height, _ := strconv.Atoi(text(e, "height"))
	const most = 10_000
	d.Logos = append(d.Logos, apps.Logo{URL: v, Width: min(max(width, 0), most), Height: min(max(height, 0), most), Lang: lang(e)})
}

// contact reads one person or desk (Metadata §2.3.2.2).
func (r *reader) contact(e *strictxml.Element) apps.Contact {
	c := apps.Contact{Type: text(e, "contactType"), Company: first(e, "Company"), GivenName: first(e, "GivenName"), SurName: first(e, "SurName")}
	for _, m := range all(e, "EmailAddress") {
		address := plain(m)
		if len(address) > 7 && strings.EqualFold(address[:7], "mailto:") {
			address = strings.TrimSpace(address[7:])
		}
		if a, err := mail.ParseAddress(address); err != nil || a.Address != address {
			r.warn(m, "%q is not an e-mail address; it was left out.", short(address))
			continue
		}
		c.Emails = append(c.Emails, address)
	}
	for _, p := range all(e, "TelephoneNumber") {
		c.Phones = append(c.Phones, plain(p))
	}
	return c
}

func first(e *strictxml.Element, local string) string {
	if c := e.Child(saml.NSMetadata, local); c != nil {
		return plain(c)
	}
	return ""
}
