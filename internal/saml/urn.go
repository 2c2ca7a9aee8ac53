package saml

// Namespaces of the documents we read and write.
const (
	NSProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	NSAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	NSMetadata  = "urn:oasis:names:tc:SAML:2.0:metadata"
	NSDSig      = "http://www.w3.org/2000/09/xmldsig#"
	NSXEnc      = "http://www.w3.org/2001/04/xmlenc#"
)

// A Binding says how a message travels (Bindings §3).
type Binding string

// Bindings §3.2 to §3.6; SimpleSign is the 2008 extension, PAOS is for ECP.
const (
	BindingRedirect   Binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
	BindingPOST       Binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
	BindingArtifact   Binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"
	BindingSOAP       Binding = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"
	BindingPAOS       Binding = "urn:oasis:names:tc:SAML:2.0:bindings:PAOS"
	BindingSimpleSign Binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST-SimpleSign"
)

// A NameIDFormat says what kind of identifier a NameID holds (Core §8.3).
type NameIDFormat string

// Core §8.3.1 to §8.3.8.
const (
	FormatUnspecified NameIDFormat = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
	FormatEmail       NameIDFormat = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
	FormatX509        NameIDFormat = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"
	FormatWindows     NameIDFormat = "urn:oasis:names:tc:SAML:1.1:nameid-format:WindowsDomainQualifiedName"
	FormatKerberos    NameIDFormat = "urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos"
	FormatEntity      NameIDFormat = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
	FormatPersistent  NameIDFormat = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
	FormatTransient   NameIDFormat = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
	FormatEncrypted   NameIDFormat = "urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted"
)

// A NameFormat says how an attribute's Name is to be read (Core §8.2).
type NameFormat string

// Core §8.2.1 to §8.2.3.
const (
	NameUnspecified NameFormat = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"
	NameURI         NameFormat = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
	NameBasic       NameFormat = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
)

// A StatusCode tells the requester how its request ended (Core §3.2.2.2).
type StatusCode string

// Top-level codes, then those for the second level.
const (
	StatusSuccess         StatusCode = "urn:oasis:names:tc:SAML:2.0:status:Success"
	StatusRequester       StatusCode = "urn:oasis:names:tc:SAML:2.0:status:Requester"
	StatusResponder       StatusCode = "urn:oasis:names:tc:SAML:2.0:status:Responder"
	StatusVersionMismatch StatusCode = "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch"

	StatusAuthnFailed           StatusCode = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"
	StatusInvalidAttrNameOrVal  StatusCode = "urn:oasis:names:tc:SAML:2.0:status:InvalidAttrNameOrValue"
	StatusInvalidNameIDPolicy   StatusCode = "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy"
	StatusNoAuthnContext        StatusCode = "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext"
	StatusNoAvailableIDP        StatusCode = "urn:oasis:names:tc:SAML:2.0:status:NoAvailableIDP"
	StatusNoPassive             StatusCode = "urn:oasis:names:tc:SAML:2.0:status:NoPassive"
	StatusNoSupportedIDP        StatusCode = "urn:oasis:names:tc:SAML:2.0:status:NoSupportedIDP"
	StatusPartialLogout         StatusCode = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout"
	StatusRequestDenied         StatusCode = "urn:oasis:names:tc:SAML:2.0:status:RequestDenied"
	StatusRequestUnsupported    StatusCode = "urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported"
	StatusRequestVersionTooHigh StatusCode = "urn:oasis:names:tc:SAML:2.0:status:RequestVersionTooHigh"
	StatusRequestVersionTooLow  StatusCode = "urn:oasis:names:tc:SAML:2.0:status:RequestVersionTooLow"
	StatusUnknownPrincipal      StatusCode = "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal"
	StatusUnsupportedBinding    StatusCode = "urn:oasis:names:tc:SAML:2.0:status:UnsupportedBinding"
)

// An AuthnContextClass says how a person proved who they are (AuthnContext §3.4).
type AuthnContextClass string

// The classes that Lanyard can tell apart today, and the one that says nothing.
const (
	ClassUnspecified       AuthnContextClass = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"
	ClassPassword          AuthnContextClass = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
	ClassPasswordProtected AuthnContextClass = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
)

// A SignatureMethod is an XML Signature algorithm URI, used in XML and as the SigAlg of a query alike.
type SignatureMethod string

// RFC 3275, RFC 6931. RSASHA1 is only for apps that are switched to it by name.
const (
	RSASHA1     SignatureMethod = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
	RSASHA256   SignatureMethod = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	RSASHA384   SignatureMethod = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"
	RSASHA512   SignatureMethod = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
	RSAPSS256   SignatureMethod = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
	RSAPSS384   SignatureMethod = "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1"
	RSAPSS512   SignatureMethod = "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1"
	ECDSASHA256 SignatureMethod = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
	ECDSASHA384 SignatureMethod = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
	ECDSASHA512 SignatureMethod = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512"
)

// A DigestMethod is an XML Signature digest URI. SHA-1 appears only beside RSASHA1.
type DigestMethod string

// RFC 3275, RFC 6931, XML Encryption §5.7.
const (
	DigestSHA1   DigestMethod = "http://www.w3.org/2000/09/xmldsig#sha1"
	DigestSHA256 DigestMethod = "http://www.w3.org/2001/04/xmlenc#sha256"
	DigestSHA384 DigestMethod = "http://www.w3.org/2001/04/xmldsig-more#sha384"
	DigestSHA512 DigestMethod = "http://www.w3.org/2001/04/xmlenc#sha512"
)
