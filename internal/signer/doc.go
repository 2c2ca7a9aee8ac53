// Package signer builds and signs what we say and verifies what we are told. It is the only importer of goxmldsig.
//
// What we say is written directly in exclusive canonical form (Exclusive XML Canonicalization 1.0), into one buffer that the
// caller keeps, so that the octets that are sent are the octets that were hashed and no document tree is built on the way
// out. The rules that make this right: an element declares only the namespaces it visibly uses; attributes stand in
// canonical order; every element has an end tag; there are no comments and no white space between elements; text is
// escaped as canonical XML wants it. SignedInfo is the one exception: it is hashed as if it declared the ds prefix itself.
//
// What we are told is believed only as far as a key of the sender's metadata signed it: VerifyDocument first checks that
// the signature has the one shape SAML allows (Core §5.4), and answers with the octets that were verified, which are to be
// read instead of the ones that came.
//
// It refuses characters that XML 1.0 cannot carry, weak keys, algorithms outside its list, trust in keys that a message
// brings along, and a success that nothing signs.
package signer
