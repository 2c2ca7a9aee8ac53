// Package migrations holds the database schema as numbered SQL files.
//
// It refuses the way back: a file that has been released is never changed
// again, and what was wrong in one is put right by the next.
package migrations

import "embed"

//go:embed *.sql
var FS embed.FS
