package interop

import (
	"strings"
	"testing"
)

const (
	persistentFormat = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
	transientFormat  = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
)

func (s suite) testNames(t *testing.T) {
	for _, format := range []string{emailFormat, persistentFormat, transientFormat} {
		short := format[strings.LastIndexByte(format, ':')+1:]
		t.Run("NID-09 the name ID is "+short+" when that is asked for", func(t *testing.T) { s.namesAs(t, format) })
	}
	t.Run("NID-01 a persistent name ID tells nothing, and is the same the next time", func(t *testing.T) {
		first, second := s.namesAs(t, persistentFormat), s.namesAs(t, persistentFormat)
		if first != second || strings.Contains(first, "ada") {
			t.Errorf("first %q, then %q", first, second)
		}
	})
	t.Run("NID-08 a transient name ID is new each time", func(t *testing.T) {
		if first, second := s.namesAs(t, transientFormat), s.namesAs(t, transientFormat); first == second {
			t.Errorf("twice %q", first)
		}
	})
}

// namesAs signs in with that format asked for and answers with the value; the service provider must read the same.
func (s suite) namesAs(t *testing.T, want string) string {
	t.Helper()
	s.sp.with(t, func(c *config) { c.NameIDFormat = want })
	d := s.fresh(t)
	got := d.deliver(t)
	got.mustBeAccepted(t)
	value, format := nameID(t, d.xml)
	if format != want || got.NameID != value {
		t.Errorf("%s: the response says %q in %s, the service provider read %q", want, value, format, got.NameID)
	}
	return value
}
