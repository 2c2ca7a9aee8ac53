package sso

import (
	"slices"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// strength is the declared order of the ways in which a person can prove who they are here, weakest first (Core
// §3.3.2.2.1 leaves the order to us).
var strength = []saml.AuthnContextClass{saml.ClassUnspecified, saml.ClassPassword, saml.ClassPasswordProtected}

// context refuses at once what no sign-in here could meet.
func (h *Handler) context(a *accepted) error {
	_, err := statedClass(a.req.RequestedAuthn, h.Class)
	return err
}

// statedClass is the class to put into the statement for a person who signed in by have, or a refusal. A request for
// "unspecified" is met by any sign-in, and is then answered with just that, which is true.
func statedClass(want *saml.RequestedAuthnContext, have saml.AuthnContextClass) (saml.AuthnContextClass, error) {
	switch {
	case want == nil, meets(want, have):
		return have, nil
	case want.Comparison != "better" && slices.Contains(want.Classes, saml.ClassUnspecified):
		return saml.ClassUnspecified, nil
	}
	return "", refuse(audit.ReasonContextUnmet, saml.StatusResponder, saml.StatusNoAuthnContext,
		"The app wants a sign-in by %s %v%v; here people sign in by %s.", want.Comparison, want.Classes, want.Decls, have)
}

// meets compares as Core §3.3.2.2.1 says. A class that we do not know has no place in our order and meets nothing, and we
// issue no declarations.
func meets(want *saml.RequestedAuthnContext, have saml.AuthnContextClass) bool {
	rank := slices.Index(strength, have)
	for _, class := range want.Classes {
		asked := slices.Index(strength, class)
		switch want.Comparison {
		case "exact":
			if class == have {
				return true
			}
		case "minimum":
			if asked >= 0 && rank >= asked {
				return true
			}
		case "maximum":
			if rank >= 0 && rank <= asked {
				return true
			}
		}
	}
	return want.Comparison == "better" && better(want, rank)
}

// better means stronger than each class of the list.
func better(want *saml.RequestedAuthnContext, rank int) bool {
	for _, class := range want.Classes {
		asked := slices.Index(strength, class)
		if asked < 0 || rank <= asked {
			return false
		}
	}
	return len(want.Classes) > 0
}
