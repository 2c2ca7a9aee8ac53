package main

import (
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/lmittmann/tint"

	"github.com/lanyard-idp/lanyard/internal/config"
)

// newLogger writes lines for people, with colours where they sit at a terminal, or JSON for programs.
func newLogger(form config.LogForm, w io.Writer) *slog.Logger {
	if form == config.LogJSON {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return textLogger(w, terminal(w))
}

func textLogger(w io.Writer, colours bool) *slog.Logger {
	return slog.New(tint.NewTextHandler(w, &tint.Options{TimeFormat: time.TimeOnly, NoColor: !colours, ReplaceAttr: harmless}))
}

// harmless takes the power over the terminal away from what strangers wrote: the handler lets escape sequences through, for
// those who colour their own words. Everything else that is not printable it quotes.
func harmless(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case string:
		a.Value = slog.StringValue(withoutEscapes(v))
	case error:
		a.Value = slog.StringValue(withoutEscapes(v.Error()))
	}
	return a
}

func withoutEscapes(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\x1b' || r >= 0x80 && r <= 0x9f {
			return '\uFFFD'
		}
		return r
	}, s)
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
