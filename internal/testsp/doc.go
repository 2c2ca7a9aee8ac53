// Package testsp is the built-in test app: a service provider on crewjam/saml's samlsp, so that the first sign-on is judged
// by another implementation than ours. It shows what it was told and what it checked.
//
// It refuses to be more than that: it keeps visits in memory, opens nothing, and is there only in a demo.
package testsp
