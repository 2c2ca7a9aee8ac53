// Package sso lets a person into an app: AuthnRequest in, signed Response out (Profiles §4.1); also starting from the access
// panel, without a request.
//
// A sign-on reads top to bottom: receive (binding, base64, inflate, size) → accept (parse, find the app, signature,
// freshness, destination, where to answer) → answer (demands of the request, session, assigned?) → grant (name, attributes,
// sign, commit, the form that submits itself). Where a person has to sign in first, the accepted request waits in a row
// and the browser goes round by /login; resume takes it up again.
//
// It refuses to answer anything that accept did not make: until accept returns, a failure is a page of ours, since we do
// not yet know whom to answer; after it, a refusal is a signed Response to a registered URL, and our own breakdowns stay a
// page with an apology. Whether a person may use the app is asked for each assertion, not at sign-in.
package sso
