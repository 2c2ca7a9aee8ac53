// Package portal is the pages for everybody: signing in and out, the panel with one's apps, and the one-time link that
// makes the first administrator.
//
// It refuses to decide who may sign in (package auth) or reach an app (package sso), to lead anywhere but to pages of ours,
// and to let a GET change anything: whatever fetches links ahead of people spends nothing and ends nothing.
package portal
