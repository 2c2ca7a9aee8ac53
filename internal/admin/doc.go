// Package admin is the pages of the console, for administrators only.
//
// For now it is one page that shows and changes nothing: what there is, what happened last, and which command does what.
package admin
