// Package web is what people see: templates, style, icons and texts, embedded in the program.
//
// It refuses logic, scripts and anything that is fetched from elsewhere.
package web

import "embed"

// FS holds the folders templates and static.
//
//go:embed templates static
var FS embed.FS
