package sso

import (
	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// attributes are what the app is told of the person. Claims of one name are one attribute (Core §2.7.3); a claim without
// a value is left out, or refuses the sign-on when the app requires it.
func (a *accepted) attributes(v *session.Visit) ([]saml.Attribute, error) {
	wanted := a.service()
	var out []saml.Attribute
	for i := range a.app.Settings.Claims {
		c := &a.app.Settings.Claims[i]
		if !asks(wanted, c) {
			continue
		}
		values := c.Values(&v.User, v.Groups)
		if len(values) == 0 {
			if c.Required {
				return nil, refuse(audit.ReasonAttributeMissing, saml.StatusResponder, saml.StatusRequestDenied,
					"%s has no value for %s, which %s requires.", v.User.UserName, c.Name, a.app.Name)
			}
			continue
		}
		out = merge(out, saml.Attribute{Name: c.Name, NameFormat: c.Format(), FriendlyName: c.FriendlyName, Values: values})
	}
	return out, nil
}

func merge(all []saml.Attribute, next saml.Attribute) []saml.Attribute {
	for i := range all {
		if all[i].Name == next.Name && all[i].NameFormat == next.NameFormat {
			all[i].Values = append(all[i].Values[:len(all[i].Values):len(all[i].Values)], next.Values...)
			return all
		}
	}
	return append(all, next)
}

// service is the attribute consuming service that the request selects by index (Core §3.4.1); nil when it selects none, or
// one that the metadata does not have: then the app gets what it gets without asking.
func (a *accepted) service() *apps.AttributeService {
	if a.req == nil || a.req.AttributeIndex == nil {
		return nil
	}
	for i, s := range a.app.Settings.Metadata.AttributeServices {
		if s.Index == *a.req.AttributeIndex {
			return &a.app.Settings.Metadata.AttributeServices[i]
		}
	}
	return nil
}

// asks says whether a service wants a claim; by Name, never by FriendlyName (Core §2.7.3.1).
func asks(s *apps.AttributeService, c *apps.Claim) bool {
	if s == nil || len(s.Requested) == 0 {
		return true
	}
	for _, r := range s.Requested {
		if r.Name == c.Name {
			return true
		}
	}
	return false
}

// released is the same for the record.
func released(attributes []saml.Attribute) []audit.ReleasedClaim {
	out := make([]audit.ReleasedClaim, len(attributes))
	for i, a := range attributes {
		out[i] = audit.ReleasedClaim{Name: a.Name, Values: a.Values}
	}
	return out
}
