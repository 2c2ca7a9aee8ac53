package metadata

import (
	"math"
	"regexp"
	"strconv"
	"time"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/strictxml"
)

// soon is when an administrator should know that a document runs out.
const soon = 30 * 24 * time.Hour

// validity takes the earliest validUntil and the smallest cacheDuration of everything from the root to the role (Metadata
// §2.3.1, §2.3.2, §2.4.1).
func (r *reader) validity(path []*strictxml.Element) (until time.Time) {
	var at *strictxml.Element
	for _, e := range path {
		if t, ok := r.validUntil(e); ok && (at == nil || t.Before(until)) {
			until, at = t, e
		}
		r.cacheDuration(e)
	}
	switch {
	case at == nil || r.o.Now.IsZero():
	case !until.After(r.o.Now):
		r.refuse(at, "the metadata was valid until %s; ask the app for a current copy.", minute(until))
	case until.Before(r.o.Now.Add(soon)):
		r.warn(at, "the metadata will run out: it is valid until %s. Import a current copy before then.", minute(until))
	}
	return until
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func (r *reader) validUntil(e *strictxml.Element) (time.Time, bool) {
	v, ok := e.Attr("validUntil")
	if !ok {
		return time.Time{}, false
	}
	t, err := saml.ParseInstant(v)
	if err != nil {
		r.refuse(e, "validUntil is %q, not an instant like 2030-01-31T12:00:00Z.", short(v))
	}
	return t, err == nil
}

func (r *reader) cacheDuration(e *strictxml.Element) {
	v, ok := e.Attr("cacheDuration")
	if !ok {
		return
	}
	d, err := parseDuration(text(e, "cacheDuration"))
	switch {
	case err != nil:
		r.warn(e, "cacheDuration is %q, not a time span like PT6H; it was ignored.", short(v))
	case r.cache == 0 || d < r.cache:
		r.cache = d
	}
}

var duration = regexp.MustCompile(`^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$`)

// parseDuration reads a positive xs:duration. A year is 365 days and a month 30, which is near enough for a cache; what
// exceeds the range of time.Duration (292 years) is that range.
func parseDuration(s string) (time.Duration, error) {
	m := duration.FindStringSubmatch(s)
	if m == nil || s[len(s)-1] == 'P' || s[len(s)-1] == 'T' {
		return 0, fault.New(fault.Invalid, "%q is not a time span like PT6H.", s)
	}
	const day = 24 * 3600
	seconds := 0.0
	for i, unit := range []float64{365 * day, 30 * day, day, 3600, 60, 1} {
		if m[i+1] != "" {
			n, _ := strconv.ParseFloat(m[i+1], 64) // the expression lets only digits through; too many give infinity
			seconds += n * unit
		}
	}
	if seconds >= math.MaxInt64/1e9 {
		return math.MaxInt64, nil
	}
	return time.Duration(seconds * 1e9), nil
}
