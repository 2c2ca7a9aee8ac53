package metadata

import (
	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// endpoints reads where the app takes responses and logout messages.
func (r *reader) endpoints(role *strictxml.Element, s *apps.Settings) {
	s.ACS = r.consumers(role)
	for _, e := range all(role, "SingleLogoutService") {
		s.SLO = append(s.SLO, r.endpoint(e))
	}
}

// consumers reads the AssertionConsumerServices (Metadata §2.4.4). Their index is unique (§2.2.3).
func (r *reader) consumers(role *strictxml.Element) []apps.Endpoint {
	var out []apps.Endpoint
	var unnumbered []int
	lines := map[int]int{}
	post := false
	for _, e := range all(role, "AssertionConsumerService") {
		p := r.endpoint(e)
		n, ok := r.index(e)
		if line, twice := lines[n]; ok && twice {
			r.refuse(e, "the index %d of <%s> is that of line %d already; ask the app to number them anew.", n, e.Local, line)
		}
		if ok {
			p.Index, lines[n] = n, e.Line
		} else {
			r.warn(e, "<%s> has no index; it was given the next free one.", e.Local)
			unnumbered = append(unnumbered, len(out))
		}
		p.IsDefault = r.maybe(e, "isDefault")
		post = post || p.Binding == saml.BindingPOST
		out = append(out, p)
	}
	number(out, unnumbered, lines)
	if !post {
		r.refuse(role, "the app names no AssertionConsumerService with the binding HTTP-POST, so there is nowhere to send a sign-on to; add one at the app.")
	}
	return out
}

// number gives the endpoints without an index the lowest free ones.
func number(out []apps.Endpoint, unnumbered []int, taken map[int]int) {
	next := 0
	for _, i := range unnumbered {
		for _, used := taken[next]; used; _, used = taken[next] {
			next++
		}
		out[i].Index, taken[next] = next, 0
	}
}

// endpoint reads what all endpoints share (Metadata §2.2.2).
func (r *reader) endpoint(e *strictxml.Element) apps.Endpoint {
	p := apps.Endpoint{Binding: saml.Binding(text(e, "Binding")), Location: r.location(e, "Location")}
	if p.Binding == "" {
		r.refuse(e, "<%s> has no Binding.", e.Local)
	}
	if _, ok := e.Attr("ResponseLocation"); ok {
		p.ResponseLocation = r.location(e, "ResponseLocation")
	}
	return p
}

// location reads an address that messages will be sent to. It must be one exact web address: a browser would carry an
// assertion to whatever stands here.
func (r *reader) location(e *strictxml.Element, name string) string {
	raw, _ := e.Attr(name)
	v := text(e, name)
	if v != raw {
		r.warn(e, "blanks around the %s of <%s> were taken away.", name, e.Local)
	}
	if err := apps.CheckURL(name, v, r.o.AllowHTTP); err != nil {
		r.refuse(e, "the %s of <%s> cannot be used: %s", name, e.Local, fault.From(err).Message)
	}
	return v
}
