// Package saml is the protocol: SAML 2.0 messages as plain values, the bindings that carry them, and the URNs they are
// made of. It reads what service providers send (strictly, once) and knows the shape of what we answer; package signer
// writes and signs it.
//
// It refuses to know a database, a session, a person or the time of day: whatever depends on those is decided by the
// flows (packages sso and slo), which hand it values.
//
// Citations: Core, Bindings, Profiles and Metadata are the OASIS SAML 2.0 documents of March 2005 with approved errata.
package saml
