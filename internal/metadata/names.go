package metadata

import (
	"strings"

	"github.com/lanyard-idp/lanyard/internal/apps"
)

// sources tells what well-known attribute names mean: the LDAP object identifiers of the X.500/LDAP Attribute Profile
// (Profiles §8.2) and eduPerson, their SAML 1 forms, the claim types of Windows, and the plain names below.
var sources = map[string]apps.Source{
	"urn:oid:0.9.2342.19200300.100.1.3":                 apps.SourceEmail,       // mail
	"urn:oid:1.2.840.113549.1.9.1":                      apps.SourceEmail,       // emailAddress of PKCS #9
	"urn:oid:2.5.4.42":                                  apps.SourceGivenName,   // givenName
	"urn:oid:2.5.4.4":                                   apps.SourceFamilyName,  // sn
	"urn:oid:2.5.4.3":                                   apps.SourceDisplayName, // cn
	"urn:oid:2.16.840.1.113730.3.1.241":                 apps.SourceDisplayName, // displayName
	"urn:oid:0.9.2342.19200300.100.1.1":                 apps.SourceUserName,    // uid
	"urn:oid:1.3.6.1.4.1.5923.1.1.1.6":                  apps.SourceEmail,       // eduPersonPrincipalName, which needs a scope
	"urn:oid:1.3.6.1.4.1.5923.1.5.1.1":                  apps.SourceGroups,      // isMemberOf
	"urn:oid:1.2.840.113556.1.2.102":                    apps.SourceGroups,      // memberOf
	"urn:mace:dir:attribute-def:mail":                   apps.SourceEmail,
	"urn:mace:dir:attribute-def:sn":                     apps.SourceFamilyName,
	"urn:mace:dir:attribute-def:cn":                     apps.SourceDisplayName,
	"urn:mace:dir:attribute-def:uid":                    apps.SourceUserName,
	"urn:mace:dir:attribute-def:givenName":              apps.SourceGivenName,
	"urn:mace:dir:attribute-def:displayName":            apps.SourceDisplayName,
	"urn:mace:dir:attribute-def:eduPersonPrincipalName": apps.SourceEmail,

	identityClaims + "emailaddress": apps.SourceEmail,
	identityClaims + "givenname":    apps.SourceGivenName,
	identityClaims + "surname":      apps.SourceFamilyName,
	identityClaims + "name":         apps.SourceUserName,
	identityClaims + "upn":          apps.SourceUserName,

	"http://schemas.microsoft.com/identity/claims/displayname":       apps.SourceDisplayName,
	"http://schemas.microsoft.com/ws/2008/06/identity/claims/groups": apps.SourceGroups,
	"http://schemas.xmlsoap.org/claims/EmailAddress":                 apps.SourceEmail,
	"http://schemas.xmlsoap.org/claims/CommonName":                   apps.SourceDisplayName,
	"http://schemas.xmlsoap.org/claims/UPN":                          apps.SourceUserName,
	"http://schemas.xmlsoap.org/claims/Group":                        apps.SourceGroups,
}

const identityClaims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"

// plainSources are names that people choose, without case, separators and a leading "user".
var plainSources = map[string]apps.Source{
	"email": apps.SourceEmail, "mail": apps.SourceEmail, "emailaddress": apps.SourceEmail,
	"edupersonprincipalname": apps.SourceEmail, "eppn": apps.SourceEmail,
	"firstname": apps.SourceGivenName, "givenname": apps.SourceGivenName, "fname": apps.SourceGivenName,
	"lastname": apps.SourceFamilyName, "surname": apps.SourceFamilyName, "sn": apps.SourceFamilyName,
	"familyname": apps.SourceFamilyName, "lname": apps.SourceFamilyName,
	"displayname": apps.SourceDisplayName, "fullname": apps.SourceDisplayName, "cn": apps.SourceDisplayName,
	"commonname": apps.SourceDisplayName,
	"uid":        apps.SourceUserName, "username": apps.SourceUserName, "login": apps.SourceUserName,
	"upn": apps.SourceUserName, "userprincipalname": apps.SourceUserName, "principalname": apps.SourceUserName,
	"groups": apps.SourceGroups, "group": apps.SourceGroups, "memberof": apps.SourceGroups, "ismemberof": apps.SourceGroups,
}

var separators = strings.NewReplacer("-", "", "_", "", ".", "", " ", "")

// sourceOf finds what an attribute name means.
func sourceOf(name string) (apps.Source, bool) {
	if s, ok := sources[name]; ok {
		return s, true
	}
	p := separators.Replace(strings.ToLower(name))
	if s, ok := plainSources[p]; ok {
		return s, true
	}
	s, ok := plainSources[strings.TrimPrefix(p, "user")]
	return s, ok
}
