// Package outgoing fetches documents from addresses that people type in or that other documents name.
//
// It refuses to be turned against the network we stand in: each address is judged at the moment of connecting, after DNS and
// at every redirect, and loopback, private, link-local and all other special addresses are left alone unless they are
// allowed by name of the switch. It carries no credentials, follows no proxy of the environment, and bounds size, time and
// compression. What cannot be reached and what must not be reached look the same to whoever asked.
package outgoing

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// Limits of one document.
const (
	MaxBytes       = 10 << 20 // as it comes and unpacked
	DefaultTimeout = 20 * time.Second
	maxRedirects   = 5
	maxHeader      = 64 << 10
)

// Client fetches with care. The zero value is the most careful one.
type Client struct {
	AllowLoopback        bool           // this very machine: for installations that are reached over loopback themselves
	InsecureAllowPrivate bool           // private and shared address space (RFC 1918, 4193, 6598), for apps on the premises
	Timeout              time.Duration  // of everything together; 0 means DefaultTimeout
	Resolver             *net.Resolver  // nil: the system's
	RootCAs              *x509.CertPool // nil: the system's
}

// errUnreachable is all that anybody learns of an address that gave no answer: whether a port is closed, a name unknown or
// an address forbidden would tell of the network we stand in. The cause is for the log.
const errUnreachable = "Nothing could be fetched from there: check that the address is right and can be reached from this server. Addresses of internal networks are not fetched unless that is allowed."

// Get fetches one document. Every failure that the address is to blame for is a fault.Invalid.
func (c *Client) Get(ctx context.Context, address string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fault.New(fault.Invalid, "This is not a web address: write it like https://app.example.org/saml/metadata.")
	}
	if err := checkURL(u); err != nil {
		return nil, err
	}
	timeout := c.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "Lanyard")
	req.Header.Set("Accept", "application/samlmetadata+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1")
	req.Header.Set("Accept-Encoding", "gzip")
	return c.do(req)
}

func (c *Client) do(req *http.Request) ([]byte, error) {
	t := c.transport()
	defer t.CloseIdleConnections()
	res, err := (&http.Client{Transport: t, CheckRedirect: checkRedirect}).Do(req)
	if err != nil {
		if f := (*fault.Error)(nil); errors.As(err, &f) {
			return nil, f
		}
		return nil, &fault.Error{Kind: fault.Invalid, Message: errUnreachable, Cause: err}
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fault.New(fault.Invalid, "The server answered with status %d instead of a document: check the address.", res.StatusCode)
	}
	return read(res)
}

// transport is made anew for each document, so that no connection outlives the check of its address.
func (c *Client) transport() *http.Transport {
	dialer := &net.Dialer{Control: c.control, Resolver: c.Resolver}
	return &http.Transport{
		Proxy:                  nil, // one from the environment would connect for us, unchecked
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: c.RootCAs, MinVersion: tls.VersionTLS12},
		DisableKeepAlives:      true,
		DisableCompression:     true, // read unpacks, and counts
		MaxResponseHeaderBytes: maxHeader,
	}
}

func checkURL(u *url.URL) error {
	switch {
	case u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		return fault.New(fault.Invalid, "Only http and https addresses are fetched: write it like https://app.example.org/saml/metadata.")
	case u.User != nil:
		return fault.New(fault.Invalid, "The address holds a user name or password, which is not sent: leave out everything up to the @.")
	}
	return nil
}

// checkRedirect judges each further address as the first one; control judges where it leads.
func checkRedirect(req *http.Request, via []*http.Request) error {
	req.Header.Del("Referer")
	if len(via) > maxRedirects {
		return fault.New(fault.Invalid, "The address redirects more than %d times: give the final one.", maxRedirects)
	}
	if via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme == "http" {
		return fault.New(fault.Invalid, "The address redirects from https to plain http, which is not followed.")
	}
	return checkURL(req.URL)
}
