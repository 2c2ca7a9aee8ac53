package metadata

import (
	"strings"

	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// find gives the path from the root to the one EntityDescriptor that is meant. A document may nest as many
// EntitiesDescriptor as it likes (Metadata §2.3.1).
func (r *reader) find(root *strictxml.Element) []*strictxml.Element {
	if !is(root, "EntityDescriptor") && !is(root, "EntitiesDescriptor") {
		r.refuse(root, "this is %s, not SAML 2.0 metadata; give the app's metadata, whose first element is EntityDescriptor.", what(root))
		return nil
	}
	var every, providers, named [][]*strictxml.Element
	walk([]*strictxml.Element{root}, func(path []*strictxml.Element) {
		entity := path[len(path)-1]
		every = append(every, path)
		if entity.Child(saml.NSMetadata, "SPSSODescriptor") != nil {
			providers = append(providers, path)
		}
		if r.o.EntityID != "" && text(entity, "entityID") == r.o.EntityID {
			named = append(named, path)
		}
	})
	if r.o.EntityID != "" {
		return r.named(root, every, named)
	}
	return r.only(root, every, providers)
}

func what(root *strictxml.Element) string {
	if strings.EqualFold(root.Local, "html") {
		return "a web page"
	}
	return "<" + short(root.Local) + ">"
}

// walk visits every EntityDescriptor below the end of path, in document order.
func walk(path []*strictxml.Element, visit func(path []*strictxml.Element)) {
	last := path[len(path)-1]
	if is(last, "EntityDescriptor") {
		visit(path)
		return
	}
	for _, c := range last.Children {
		if is(c, "EntityDescriptor") || is(c, "EntitiesDescriptor") {
			walk(append(path[:len(path):len(path)], c), visit)
		}
	}
}

// named takes the entity that was asked for. Of two of one name the first counts (Metadata §2.3.2 wants them unique).
func (r *reader) named(root *strictxml.Element, every, found [][]*strictxml.Element) []*strictxml.Element {
	if len(found) == 0 {
		r.refuse(root, "%q is not described here; the document describes %s.", short(r.o.EntityID), list(every))
		return nil
	}
	if len(found) > 1 {
		r.warn(found[1][len(found[1])-1], "%q is described twice; the first one counts.", short(r.o.EntityID))
	}
	return found[0]
}

// only takes the one service provider there is.
func (r *reader) only(root *strictxml.Element, every, providers [][]*strictxml.Element) []*strictxml.Element {
	switch {
	case len(every) == 0:
		r.refuse(root, "the document describes nobody.")
	case len(providers) == 0:
		r.refuse(root, "%s is no service provider: there is no SPSSODescriptor. Ask the app for its service provider metadata.", list(every))
	case len(providers) > 1:
		r.refuse(root, "the document describes %d service providers; say which one is meant by its entity ID: %s.", len(providers), list(providers))
	default:
		return providers[0]
	}
	return nil
}

// list names the first few entities.
func list(paths [][]*strictxml.Element) string {
	const few = 5
	var ids []string
	for _, p := range paths[:min(few, len(paths))] {
		ids = append(ids, short(text(p[len(p)-1], "entityID")))
	}
	if len(paths) > few {
		ids = append(ids, "…")
	}
	return strings.Join(ids, ", ")
}

// role is the one description of the entity as a SAML 2.0 service provider (Metadata §2.4.1, §2.4.4).
func (r *reader) role(entity *strictxml.Element) *strictxml.Element {
	roles := all(entity, "SPSSODescriptor")
	var usable []*strictxml.Element
	for _, role := range roles {
		protocols := strings.Fields(text(role, "protocolSupportEnumeration"))
		for _, p := range protocols {
			if p == saml.NSProtocol {
				usable = append(usable, role)
				break
			}
		}
	}
	switch {
	case len(roles) == 0:
		r.refuse(entity, "%s is no service provider: there is no SPSSODescriptor. Ask the app for its service provider metadata.", short(text(entity, "entityID")))
	case len(usable) == 0:
		r.refuse(roles[0], "the app does not speak SAML 2.0: protocolSupportEnumeration lacks %s.", saml.NSProtocol)
	case len(usable) > 1:
		r.refuse(usable[1], "there is a second SPSSODescriptor; remove one, or ask the app which one is meant.")
	default:
		return usable[0]
	}
	return nil
}

// The order that the schema gives the children (Metadata §2.3.2, §2.4.4).
var (
	entityOrder = map[string]int{
		"Signature": 0, "Extensions": 1, "RoleDescriptor": 2, "IDPSSODescriptor": 2, "SPSSODescriptor": 2, "AuthnAuthorityDescriptor": 2,
		"AttributeAuthorityDescriptor": 2, "PDPDescriptor": 2, "AffiliationDescriptor": 2, "Organization": 3, "ContactPerson": 4,
		"AdditionalMetadataLocation": 5,
	}
	roleOrder = map[string]int{
		"Signature": 0, "Extensions": 1, "KeyDescriptor": 2, "Organization": 3, "ContactPerson": 4, "ArtifactResolutionService": 5,
		"SingleLogoutService": 6, "ManageNameIDService": 7, "NameIDFormat": 8, "AssertionConsumerService": 9, "AttributeConsumingService": 10,
	}
)

// order warns of children in another order: well-known products write them so, and what they mean stays clear.
func (r *reader) order(e *strictxml.Element, places map[string]int) {
	last, before := -1, ""
	for _, c := range e.Children {
		place, known := places[c.Local]
		if !known || c.Space != saml.NSMetadata && c.Local != "Signature" {
			continue
		}
		if place < last {
			r.warn(c, "<%s> stands behind <%s>, where the schema does not want it; it was read all the same.", c.Local, before)
			return
		}
		last, before = place, c.Local
	}
}
