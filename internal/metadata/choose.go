package metadata

import (
	"slices"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/signer"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// nameID takes the first format of the app's list that we can issue; without a list, the e-mail address.
func (r *reader) nameID(role *strictxml.Element, wanted []saml.NameIDFormat) apps.NameIDRule {
	for _, f := range wanted {
		switch f {
		case saml.FormatEmail, saml.FormatUnspecified:
			return apps.NameIDRule{Format: f, Source: apps.SourceEmail}
		case saml.FormatPersistent, saml.FormatTransient:
			return apps.NameIDRule{Format: f}
		}
	}
	if len(wanted) > 0 {
		r.warn(role, "none of the NameIDFormats that the app lists can be issued; it gets the e-mail address unless you choose another.")
	}
	return apps.NameIDRule{}
}

// offered is what an RSA key, which nearly every identity provider has, can sign with; the default is the first.
var offered = []saml.SignatureMethod{
	saml.RSASHA256, saml.RSASHA384, saml.RSASHA512, saml.RSAPSS256, saml.RSAPSS384, saml.RSAPSS512,
}

// signatureMethod is empty, which stands for what our key does best, unless the app's lists leave that out and have another
// of ours (Algorithm Support §2.4). A list of weak methods does not weaken us.
func (r *reader) signatureMethod(role *strictxml.Element, d *apps.Described) saml.SignatureMethod {
	fits := func(m saml.SignatureMethod) bool {
		return (len(d.SignatureMethods) == 0 || slices.Contains(d.SignatureMethods, string(m))) &&
			(len(d.DigestMethods) == 0 || slices.Contains(d.DigestMethods, string(signer.Digest(m))))
	}
	if fits(offered[0]) {
		return ""
	}
	for _, uri := range d.SignatureMethods {
		if m := saml.SignatureMethod(uri); slices.Contains(offered, m) && fits(m) {
			return m
		}
	}
	if i := slices.IndexFunc(offered, fits); i >= 0 {
		return offered[i]
	}
	r.warn(role, "the app lists only signature algorithms that are weak or need another kind of key; it gets %s all the same. Test a sign-on, and ask the app to support SHA-256.", offered[0])
	return ""
}

// requestedBy is the attribute service that counts when a request names none: the default, else the first.
func requestedBy(services []apps.AttributeService) []apps.RequestedAttribute {
	if len(services) == 0 {
		return nil
	}
	i := max(0, slices.IndexFunc(services, func(s apps.AttributeService) bool { return s.IsDefault }))
	return services[i].Requested
}

// claims answers what the app requests as far as its names are known; if nothing is, it gets the basic set.
func (r *reader) claims(role *strictxml.Element, services []apps.AttributeService) []apps.Claim {
	var out []apps.Claim
	for _, a := range requestedBy(services) {
		source, ok := sourceOf(a.Name)
		if !ok {
			if a.Required {
				r.warn(role, "the app requires the attribute %q, whose meaning is not known here; add a claim for it.", short(a.Name))
			}
			continue
		}
		c := apps.Claim{Name: a.Name, NameFormat: a.NameFormat, FriendlyName: a.FriendlyName, Source: source}
		same := func(o apps.Claim) bool { return o.Name == c.Name && o.Format() == c.Format() }
		if c.Validate() == nil && !slices.ContainsFunc(out, same) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return basicClaims()
	}
	return out
}

// basicClaims is what an app gets that asks for nothing.
func basicClaims() []apps.Claim {
	return []apps.Claim{
		{Name: "email", NameFormat: saml.NameBasic, Source: apps.SourceEmail},
		{Name: "givenName", NameFormat: saml.NameBasic, Source: apps.SourceGivenName},
		{Name: "surname", NameFormat: saml.NameBasic, Source: apps.SourceFamilyName},
		{Name: "displayName", NameFormat: saml.NameBasic, Source: apps.SourceDisplayName},
	}
}
