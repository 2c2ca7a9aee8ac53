// Package admin is the pages of the console, for administrators only.
//
// For now it is one page: what there is, what happened last, and which command does what. It refuses to change anything.
package admin
