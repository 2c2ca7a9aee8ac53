package outgoing

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// A document may unpack to so many times its size, once it is larger than slack: XML seldom reaches a tenth of that, and a
// bomb ten times as much.
const (
	maxRatio = 100
	slack    = 256 << 10
)

var (
	errLarge = fault.New(fault.Invalid, "The document is larger than %d MB.", MaxBytes>>20)
	errBomb  = fault.New(fault.Invalid, "The document is packed more tightly than any document is; it was not read.")
)

// read takes the body of an answer, unpacked, within all limits.
func read(res *http.Response) ([]byte, error) {
	raw := &counter{r: res.Body}
	body := io.Reader(raw)
	switch encoding := strings.ToLower(res.Header.Get("Content-Encoding")); encoding {
	case "", "identity":
	case "gzip", "x-gzip":
		unpacked, err := gzip.NewReader(raw)
		if err != nil {
			return nil, broken(err)
		}
		body = &unpacking{r: unpacked, raw: raw}
	default:
		return nil, fault.New(fault.Invalid, "The server packed the document in a way that was not asked for (%.40q).", encoding)
	}
	doc, err := io.ReadAll(io.LimitReader(body, MaxBytes+1))
	switch {
	case err != nil:
		return nil, broken(err)
	case len(doc) > MaxBytes:
		return nil, errLarge
	}
	return doc, nil
}

func broken(err error) error {
	if f := (*fault.Error)(nil); errors.As(err, &f) {
		return f
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &fault.Error{Kind: fault.Invalid, Message: "The server took too long to send the document.", Cause: err}
	}
	return &fault.Error{Kind: fault.Invalid, Message: "The server broke off in the middle of the document.", Cause: err}
}

// counter counts what came over the wire, and stops at the limit.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.n > MaxBytes {
		return 0, errLarge
	}
	return n, err
}

// unpacking stops as soon as the ratio is that of a bomb.
type unpacking struct {
	r   io.Reader
	raw *counter
	n   int64
}

func (u *unpacking) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	u.n += int64(n)
	if u.n > slack && u.n > maxRatio*u.raw.n {
		return 0, errBomb
	}
	return n, err
}
