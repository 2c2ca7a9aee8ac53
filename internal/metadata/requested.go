package metadata

import (
	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// attributeServices reads what the app would like to be told (Metadata §2.4.4.1).
func (r *reader) attributeServices(role *strictxml.Element) []apps.AttributeService {
	var out []apps.AttributeService
	seen := map[int]bool{}
	for _, e := range all(role, "AttributeConsumingService") {
		s := apps.AttributeService{IsDefault: r.boolean(e, "isDefault"), Names: localized(all(e, "ServiceName"))}
		s.Index, _ = r.index(e)
		if seen[s.Index] {
			r.warn(e, "there is more than one <%s> with the index %d; the first one counts.", e.Local, s.Index)
		}
		seen[s.Index] = true
		for _, a := range all(e, "RequestedAttribute") {
			s.Requested = append(s.Requested, r.requested(a))
		}
		out = append(out, s)
	}
	return out
}

func (r *reader) requested(e *strictxml.Element) apps.RequestedAttribute {
	name, _ := e.Attr("Name")
	friendly, _ := e.Attr("FriendlyName")
	return apps.RequestedAttribute{
		Name: name, NameFormat: saml.NameFormat(text(e, "NameFormat")), FriendlyName: friendly,
		Required: r.boolean(e, "isRequired"), Values: values(e),
	}
}

func values(e *strictxml.Element) []string {
	var out []string
	for _, v := range e.All(saml.NSAssertion, "AttributeValue") {
		out = append(out, v.Trimmed())
	}
	return out
}

// entityAttributes reads what is said about the app itself. Signed assertions may stand there too; who made them is not
// known here, so they are passed over (Metadata Extension for Entity Attributes §2.2).
func entityAttributes(entity *strictxml.Element) []apps.EntityAttribute {
	var out []apps.EntityAttribute
	for _, x := range extensions(entity, nsAttribute, "EntityAttributes") {
		for _, a := range x.All(saml.NSAssertion, "Attribute") {
			name, _ := a.Attr("Name")
			out = append(out, apps.EntityAttribute{Name: name, NameFormat: text(a, "NameFormat"), Values: values(a)})
		}
	}
	return out
}

// algorithms reads what the app supports, preferred first. A list at the role replaces that of the entity (Algorithm
// Support §2.4).
func algorithms(entity, role *strictxml.Element, local string) []string {
	found := extensions(role, nsAlgorithm, local)
	if len(found) == 0 {
		found = extensions(entity, nsAlgorithm, local)
	}
	var out []string
	for _, e := range found {
		if v := text(e, "Algorithm"); v != "" {
			out = append(out, v)
		}
	}
	return out
}
