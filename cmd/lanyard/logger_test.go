package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/config"
)

func TestStrangersHaveNoPowerOverTheTerminalOfTheLog(t *testing.T) {
	const evil = "/\x1b]0;title\x07\x1b[2J\u009b31mred\r\n07:00:00 INF made up"
	for _, colours := range []bool{true, false} {
		var plain, out bytes.Buffer
		textLogger(&plain, colours).Info("request", "route", "/x", "error", "x")
		textLogger(&out, colours).Info("request", "route", evil, "error", errors.New(evil))
		got := out.String()
		if strings.Count(got, "\x1b") != strings.Count(plain.String(), "\x1b") || strings.ContainsAny(got, "\x07\r\u009b") || strings.Count(got, "\n") != 1 {
			t.Errorf("colours %t: %q", colours, got)
		}
	}
	var out bytes.Buffer
	newLogger(config.LogJSON, &out).Info("request", "route", evil)
	if strings.ContainsAny(out.String(), "\x1b\x07\r") || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("as JSON: %q", out.String())
	}
}
