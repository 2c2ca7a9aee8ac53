package saml

import (
	"bytes"
	"compress/flate"
	"io"
	"sync"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// An inflater keeps its 40 KB of window between messages.
type inflater struct {
	in  bytes.Reader
	zip io.ReadCloser
}

var inflaters = sync.Pool{New: func() any {
	i := &inflater{}
	i.zip = flate.NewReader(&i.in)
	return i
}}

// Inflate undoes DEFLATE (RFC 1951) and stops at limit bytes, whatever the stream promises. Octets after the end of the
// stream are refused.
func Inflate(packed []byte, limit int) ([]byte, error) {
	i := inflaters.Get().(*inflater)
	defer inflaters.Put(i)
	i.in.Reset(packed)
	if err := i.zip.(flate.Resetter).Reset(&i.in, nil); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.Grow(min(4*len(packed), limit))
	n, err := io.Copy(&out, io.LimitReader(i.zip, int64(limit)+1))
	switch {
	case err != nil:
		return nil, fault.New(fault.Invalid, "The message is not compressed with DEFLATE.")
	case n > int64(limit):
		return nil, fault.New(fault.Invalid, "The message is larger than %d bytes when inflated.", limit)
	case i.in.Len() > 0:
		return nil, fault.New(fault.Invalid, "There are octets after the end of the compressed message.")
	}
	return out.Bytes(), nil
}

// Deflate is the other direction, for the query of a redirect (Bindings §3.4.4.1).
func Deflate(message []byte) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err != nil {
		panic("flate refuses its own default level") // only an invalid level makes an error
	}
	// Writing to a bytes.Buffer cannot fail.
	_, _ = w.Write(message)
	_ = w.Close()
	return out.Bytes()
}
