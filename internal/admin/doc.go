// Package admin is the pages of the console, for administrators only: apps, from the gallery to the people who may use them;
// people and groups; and an overview of what happened last.
//
// It refuses everybody else, and rules of its own: what an app or a person may be is decided by their types and kept by the
// store, as for the command line. Every change is a plain form, recorded under the name of the person who sent it.
package admin
