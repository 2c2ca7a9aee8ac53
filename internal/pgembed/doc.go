// Package pgembed runs a private PostgreSQL server for one data folder, so that
// a person without a database can start the service with one command.
//
// The server is a child process made from the installed PostgreSQL programs
// (15 or newer). It listens on a unix socket in a folder that only its owner
// may enter, and never on TCP: the boundary is the operating system user. One
// process at a time owns a data folder. The server dies with its owner, is
// started again when it dies alone, and keeps every acknowledged commit.
//
// The package refuses to delete or upgrade data: a cluster of another major
// version, of another user, or one it does not understand is left as it is and
// named in the error.
//
// Folder layout:
//
//	service.lock   held with flock for the life of the owner
//	pgdata/        the cluster; pgdata.init/ while it is being made
//	run/           the socket, mode 0700
//	postgres.log   what the server says
package pgembed
