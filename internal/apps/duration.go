package apps

import (
	"time"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// Duration is a time.Duration that reads and writes as text ("5m0s") in JSON.
type Duration time.Duration

// MarshalText writes the usual Go form.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads the usual Go form.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	if err != nil {
		return fault.Field("lifetime", "%q is not a time span: write it like 5m or 90s.", b)
	}
	*d = Duration(v)
	return nil
}
