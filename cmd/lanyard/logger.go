package main

import (
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/lmittmann/tint"

	"github.com/lanyard-idp/lanyard/internal/config"
)

// newLogger writes lines for people, with colours where they sit at a terminal, or JSON for programs.
func newLogger(form config.LogForm, w io.Writer) *slog.Logger {
	if form == config.LogJSON {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(tint.NewTextHandler(w, &tint.Options{TimeFormat: time.TimeOnly, NoColor: !terminal(w)}))
}

// terminal follows the custom that NO_COLOR switches colours off.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
