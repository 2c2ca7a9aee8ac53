// Package auth signs people in: it checks a password, slows down whoever guesses, and opens sessions. Nothing else does, so
// every way in has the same throttle and the same checks.
//
// It refuses to tell anybody apart who did not get in: strangers, disabled people, people without a password and wrong
// passwords cost the same work and get the same answer. It knows no HTML; the pages are in package portal.
package auth
