package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// browser is one browser with its cookies. It knows the service by its public address alone; what it sends there goes to
// one of nodes, as a proxy would do it.
type browser struct {
	t      *testing.T
	public string
	http   *http.Client
	proxy  *proxy
}

// browse opens a browser that reaches the organisation by these nodes.
func (o *organisation) browse(nodes ...*node) *browser {
	p := &proxy{net: &http.Transport{DisableKeepAlives: true, DialContext: dial}}
	for _, n := range nodes {
		p.addresses = append(p.addresses, n.address)
	}
	jar, _ := cookiejar.New(nil)
	return &browser{o.t, o.public, &http.Client{Transport: p, Jar: jar, CheckRedirect: stay, Timeout: patience}, p}
}

// at is the same browser, cookies and all, when the proxy has only this node.
func (b *browser) at(n *node) *browser {
	c := *b.http
	c.Transport = &proxy{net: b.proxy.net, addresses: []string{n.address}}
	return &browser{b.t, b.public, &c, c.Transport.(*proxy)}
}

// in is the same browser in a part of the test.
func (b *browser) in(t *testing.T) *browser {
	c := *b
	c.t = t
	return &c
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func dial(ctx context.Context, network, address string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

// proxy ends TLS and spreads requests over the nodes. One that takes no connection is passed over; a request that was taken
// is never sent twice.
type proxy struct {
	net       http.RoundTripper
	addresses []string
	turn      atomic.Int64
	down      func(address string) bool // what health checks say; nil: nobody is
}

func (p *proxy) RoundTrip(r *http.Request) (*http.Response, error) {
	err := errors.New("no node is up")
	first := int(p.turn.Add(1))
	for i := range p.addresses {
		address := p.addresses[(first+i)%len(p.addresses)]
		if p.down != nil && p.down(address) {
			continue
		}
		var res *http.Response
		if res, err = p.net.RoundTrip(forward(r, address)); !errors.Is(err, syscall.ECONNREFUSED) {
			return res, err
		}
	}
	return nil, err
}

func forward(r *http.Request, address string) *http.Request {
	out := r.Clone(r.Context())
	out.Host = r.URL.Host
	out.URL.Scheme, out.URL.Host = "http", address
	if r.GetBody != nil {
		out.Body, _ = r.GetBody()
	}
	return out
}

// page is an answer.
type page struct {
	status int
	header http.Header
	body   string
}

// String is for messages of failing tests.
func (p page) String() string {
	return fmt.Sprintf("status %d to %q\n%s", p.status, p.location(), p.body[:min(len(p.body), 2000)])
}

func (p page) location() string { return p.header.Get("Location") }

// get opens an address: a path of ours, or a whole URL.
func (b *browser) get(address string) page {
	b.t.Helper()
	return b.must(b.send(http.MethodGet, address, nil))
}

// post sends a form as a page of ours would.
func (b *browser) post(address string, fields url.Values) page {
	b.t.Helper()
	return b.must(b.send(http.MethodPost, address, fields))
}

func (b *browser) must(p page, err error) page {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// send answers errors too; it may be called from any goroutine.
func (b *browser) send(method, address string, fields url.Values) (page, error) {
	if strings.HasPrefix(address, "/") {
		address = b.public + address
	}
	r, err := http.NewRequest(method, address, strings.NewReader(fields.Encode()))
	if err != nil {
		return page{}, err
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", b.public)
	}
	return b.roundTrip(r)
}

func (b *browser) roundTrip(r *http.Request) (page, error) {
	res, err := b.http.Do(r)
	if err != nil {
		return page{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return page{res.StatusCode, res.Header, string(body)}, err
}

// signIn gives name and password.
func (b *browser) signIn(name, password string) page {
	b.t.Helper()
	return b.post("/login", url.Values{"username": {name}, "password": {password}})
}

// mustSignIn is signIn that has to succeed.
func (b *browser) mustSignIn(name, password string) {
	b.t.Helper()
	if p := b.signIn(name, password); p.status != http.StatusSeeOther {
		b.t.Fatalf("sign in as %s: %s", name, p)
	}
}

// signedIn says whether the panel opens.
func (b *browser) signedIn() bool {
	b.t.Helper()
	return b.get("/").status == http.StatusOK
}

// cookie is the value that the browser holds under our short name.
func (b *browser) cookie(name string) string {
	u, _ := url.Parse(b.public)
	for _, c := range b.http.Jar.Cookies(u) {
		if strings.HasSuffix(c.Name, "lanyard-"+name) {
			return c.Value
		}
	}
	return ""
}

// with is a browser like this one that was given a cookie from elsewhere.
func (b *browser) with(name, value string) *browser {
	u, _ := url.Parse(b.public)
	prefix := "lanyard-"
	if u.Scheme == "https" {
		prefix = "__Host-lanyard-"
	}
	b.http.Jar.SetCookies(u, []*http.Cookie{{Name: prefix + name, Value: value, Path: "/", Secure: u.Scheme == "https"}})
	return b
}

// fields are names and values of a form.
func fields(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}
