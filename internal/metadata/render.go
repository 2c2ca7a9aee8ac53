package metadata

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"slices"
	"strconv"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/signer"
)

// page is XML in the making. Element names are ours; every value is escaped.
type page struct{ bytes.Buffer }

// tag writes a start tag with attributes, given as name and value in turn; one with an empty value is left out.
func (p *page) tag(name string, attributes ...string) {
	p.WriteString("<" + name)
	for i := 0; i < len(attributes); i += 2 {
		if attributes[i+1] != "" {
			p.WriteString(" " + attributes[i] + `="`)
			p.text(attributes[i+1])
			p.WriteString(`"`)
		}
	}
	p.WriteString(">")
}

func (p *page) end(name string) { p.WriteString("</" + name + ">") }

func (p *page) text(s string) { xml.EscapeText(&p.Buffer, []byte(s)) } // a Buffer does not fail

// leaf writes an element that holds text.
func (p *page) leaf(name, value string, attributes ...string) {
	p.tag(name, attributes...)
	p.text(value)
	p.end(name)
}

// render writes the unsigned document in the order of the schema.
func (d *Document) render(id string) []byte {
	p := &page{}
	until := ""
	if !d.ValidUntil.IsZero() {
		until = d.ValidUntil.UTC().Format("2006-01-02T15:04:05Z")
	}
	p.tag("md:EntityDescriptor", "xmlns:md", saml.NSMetadata, "ID", id, "validUntil", until, "entityID", d.EntityID)
	d.algorithms(p)
	d.role(p)
	d.organization(p)
	d.contact(p)
	p.end("md:EntityDescriptor")
	return p.Bytes()
}

// algorithms are those that we accept, preferred first (Algorithm Support §2.4).
func (d *Document) algorithms(p *page) {
	methods := d.SignatureMethods
	if len(methods) == 0 {
		methods = accepted
	}
	var digests []saml.DigestMethod
	for _, m := range methods {
		if digest := signer.Digest(m); digest != "" && !slices.Contains(digests, digest) {
			digests = append(digests, digest)
		}
	}
	p.tag("md:Extensions", "xmlns:alg", nsAlgorithm)
	for _, digest := range digests {
		p.leaf("alg:DigestMethod", "", "Algorithm", string(digest))
	}
	for _, m := range methods {
		p.leaf("alg:SigningMethod", "", "Algorithm", string(m))
	}
	p.end("md:Extensions")
}

func (d *Document) role(p *page) {
	p.tag("md:IDPSSODescriptor", "WantAuthnRequestsSigned", strconv.FormatBool(d.WantAuthnRequestsSigned), "errorURL", d.ErrorURL,
		"protocolSupportEnumeration", saml.NSProtocol)
	d.userInterface(p)
	for _, cert := range d.Certificates {
		p.tag("md:KeyDescriptor", "use", "signing")
		p.tag("ds:KeyInfo", "xmlns:ds", saml.NSDSig)
		p.tag("ds:X509Data")
		p.leaf("ds:X509Certificate", base64.StdEncoding.EncodeToString(cert))
		p.end("ds:X509Data")
		p.end("ds:KeyInfo")
		p.end("md:KeyDescriptor")
	}
	for _, e := range d.SLO {
		p.leaf("md:SingleLogoutService", "", "Binding", string(e.Binding), "Location", e.Location, "ResponseLocation", e.ResponseLocation)
	}
	for _, f := range d.NameIDFormats {
		p.leaf("md:NameIDFormat", string(f))
	}
	for _, binding := range []saml.Binding{saml.BindingRedirect, saml.BindingPOST} {
		p.leaf("md:SingleSignOnService", "", "Binding", string(binding), "Location", d.SSO)
	}
	p.end("md:IDPSSODescriptor")
}

// userInterface is how a service provider may show us (Metadata UI §2.1), one name a language.
func (d *Document) userInterface(p *page) {
	if len(d.DisplayNames)+len(d.Logos) == 0 {
		return
	}
	p.tag("md:Extensions")
	p.tag("mdui:UIInfo", "xmlns:mdui", nsUI)
	seen := map[string]bool{}
	for _, n := range d.DisplayNames {
		if l := language(n.Lang); !seen[l] {
			p.leaf("mdui:DisplayName", n.Value, "xml:lang", l)
			seen[l] = true
		}
	}
	for _, l := range d.Logos {
		if l.Width > 0 && l.Height > 0 { // the schema wants a size
			p.leaf("mdui:Logo", l.URL, "height", strconv.Itoa(l.Height), "width", strconv.Itoa(l.Width), "xml:lang", l.Lang)
		}
	}
	p.end("mdui:UIInfo")
	p.end("md:Extensions")
}

func (d *Document) organization(p *page) {
	o := d.Organization
	if o == nil {
		return
	}
	shown := o.DisplayName
	if shown == "" {
		shown = o.Name
	}
	l := language(o.Lang)
	p.tag("md:Organization")
	p.leaf("md:OrganizationName", o.Name, "xml:lang", l)
	p.leaf("md:OrganizationDisplayName", shown, "xml:lang", l)
	p.leaf("md:OrganizationURL", o.URL, "xml:lang", l)
	p.end("md:Organization")
}

func (d *Document) contact(p *page) {
	c := d.TechnicalContact
	if c == nil {
		return
	}
	p.tag("md:ContactPerson", "contactType", "technical")
	p.named("md:Company", c.Company)
	p.named("md:GivenName", c.GivenName)
	p.named("md:SurName", c.SurName)
	for _, address := range c.Emails {
		p.leaf("md:EmailAddress", "mailto:"+strings.TrimPrefix(address, "mailto:"))
	}
	for _, number := range c.Phones {
		p.leaf("md:TelephoneNumber", number)
	}
	p.end("md:ContactPerson")
}

// named is leaf for what is left out when empty.
func (p *page) named(name, value string) {
	if value != "" {
		p.leaf(name, value)
	}
}

func language(lang string) string {
	if lang == "" {
		return "en"
	}
	return lang
}
