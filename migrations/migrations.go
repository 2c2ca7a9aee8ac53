// Package migrations holds the database schema as numbered SQL files, forward
// only: a file that has been released is never changed again.
package migrations

import "embed"

//go:embed *.sql
var FS embed.FS
