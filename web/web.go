// Package web is what people see: templates, style, icons and texts, embedded in the program.
//
// It refuses logic and anything that is fetched from elsewhere. Scripts are files of ours that only shorten the way: every page
// works without them.
package web

import "embed"

// FS holds the folders templates and static.
//
//go:embed templates static
var FS embed.FS
