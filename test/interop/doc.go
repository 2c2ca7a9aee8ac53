// Package interop proves Lanyard with service providers that other people wrote: node-saml, samlify, pysaml2 and
// crewjam/saml, each run as it would be in production, with its own checks on. A browser of our own making carries the
// messages, so that a test can hold one back, change a byte and see it refused.
//
// It refuses to excuse: a test whose program is missing fails and says how to get it (scripts/ensure-test-tools).
package interop
