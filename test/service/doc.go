// Package service proves the whole program: the real binary, built once, run as somebody would run it, alone or as several
// nodes on one database, and talked to over HTTP and by its own command line.
//
// It refuses to look inside: what cannot be seen from a browser, a shell, the logs or the database is no matter of this
// package.
package service
