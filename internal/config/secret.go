package config

import "log/slog"

// Secret is a text that is never printed.
type Secret string

// String keeps secrets out of messages; it tells whether there is one.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "redacted"
}

// GoString keeps secrets out of %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue keeps secrets out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps secrets out of JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Reveal is the secret in clear.
func (s Secret) Reveal() string { return string(s) }
