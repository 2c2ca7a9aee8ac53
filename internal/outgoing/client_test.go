package outgoing

import (
	"bytes"
	"compress/gzip"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// canary counts the connections that reach it, whatever they want.
type canary struct {
	*httptest.Server
	hits atomic.Int64
}

func newCanary(t *testing.T, h http.HandlerFunc) *canary {
	t.Helper()
	c := &canary{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.hits.Add(1)
		h(w, r)
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *canary) port() string { return c.URL[strings.LastIndexByte(c.URL, ':')+1:] }

func hello(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<hello/>") }

// refused wants a fault.Invalid and gives its sentence.
func refused(t *testing.T, c *Client, address string) string {
	t.Helper()
	doc, err := c.Get(t.Context(), address)
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("%s: %.40q, error %v", address, doc, err)
		return ""
	}
	return fault.From(err).Message
}

func mustGet(t *testing.T, c *Client, address, want string) {
	t.Helper()
	doc, err := c.Get(t.Context(), address)
	if err != nil || string(doc) != want {
		t.Errorf("%s: %.40q, error %v", address, doc, err)
	}
}

func TestInternalAddressesAreNotFetched(t *testing.T) {
	t.Run("SSRF-01 nothing that leads to loopback is fetched, however it is written", func(t *testing.T) {
		c := newCanary(t, hello)
		mustGet(t, &Client{AllowLoopback: true}, c.URL, "<hello/>")
		c.hits.Store(0)
		dns := &names{answers: map[string][]string{"*": {"127.0.0.1"}}}
		for _, host := range []string{
			"127.0.0.1", "127.1.2.3", "0.0.0.0", "[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]",
			"localhost", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "127.1", "internal.example",
		} {
			if got := refused(t, &Client{Resolver: dns.resolver(t)}, "http://"+host+":"+c.port()); got != errUnreachable {
				t.Errorf("%s: %s", host, got)
			}
		}
		if c.hits.Load() != 0 {
			t.Errorf("%d connections", c.hits.Load())
		}
	})
	t.Run("SSRF-01 special addresses are forbidden, private ones unless allowed", func(t *testing.T) {
		careful, open := &Client{}, &Client{AllowLoopback: true, InsecureAllowPrivate: true}
		for _, a := range []string{
			"169.254.169.254", "fe80::1%eth0", "0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "255.255.255.255", "240.0.0.1", "ff02::1", "192.0.0.8",
			"198.18.0.1", "192.0.2.1", "203.0.113.9", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "::127.0.0.1", "100::1", "fec0::1", "::ffff:169.254.169.254",
		} {
			if addr := netip.MustParseAddr(a); careful.permits(addr) || open.permits(addr) {
				t.Errorf("%s is allowed", a)
			}
		}
		for _, a := range []string{"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fd00:ec2::254%1", "::ffff:10.0.0.1", "127.0.0.1", "::1", "::ffff:127.0.0.1"} {
			if addr := netip.MustParseAddr(a); careful.permits(addr) || !open.permits(addr) {
				t.Errorf("%s: careful %t, open %t", a, careful.permits(addr), open.permits(addr))
			}
		}
		for _, a := range []string{"9.9.9.9", "172.32.0.1", "100.128.0.1", "2620:fe::fe", "::ffff:9.9.9.9", "223.255.255.255"} {
			if !careful.permits(netip.MustParseAddr(a)) {
				t.Errorf("%s is not allowed", a)
			}
		}
	})
	t.Run("SSRF-02 the address that is connected to is the one that was judged", func(t *testing.T) {
		c := newCanary(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/again" {
				http.Redirect(w, r, "/", http.StatusFound)
				return
			}
			hello(w, r)
		})
		dns := &names{answers: map[string][]string{"flips.example": {"127.0.0.1", "169.254.169.254", "127.0.0.1"}}}
		client := &Client{AllowLoopback: true, Resolver: dns.resolver(t)}
		address := "http://flips.example:" + c.port()
		mustGet(t, client, address, "<hello/>")
		if _, err := client.Get(t.Context(), address); !errors.Is(err, errForbidden) || dns.asked != 2 || c.hits.Load() != 1 {
			t.Errorf("%v; name asked for %d times, %d connections", err, dns.asked, c.hits.Load())
		}
		dns.answers["flips.example"] = []string{"127.0.0.1", "10.0.0.1"}
		if _, err := client.Get(t.Context(), address+"/again"); !errors.Is(err, errForbidden) {
			t.Errorf("after a redirect: %v", err)
		}
	})
	t.Run("SSRF-05 open and closed ports look the same", func(t *testing.T) {
		c := newCanary(t, hello)
		closed := httptest.NewServer(nil)
		closed.Close()
		open, shut := refused(t, &Client{}, c.URL), refused(t, &Client{}, closed.URL)
		unknown := refused(t, &Client{Resolver: (&names{}).resolver(t)}, "http://nobody.example/")
		if open != shut || open != unknown || open == "" || c.hits.Load() != 0 {
			t.Errorf("%q, %q, %q; %d connections", open, shut, unknown, c.hits.Load())
		}
		if strings.Contains(open, c.port()) {
			t.Errorf("%q names the port", open)
		}
	})
}

func TestRedirects(t *testing.T) {
	other := newCanary(t, hello)
	c := newCanary(t, func(w http.ResponseWriter, r *http.Request) {
		var n, status int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d/%d", &n, &status); err == nil {
			to := fmt.Sprintf("/%d/%d", n-1, status)
			if n <= 1 {
				to = "/end"
			}
			http.Redirect(w, r, to, status)
			return
		}
		if to := r.URL.Query().Get("to"); to != "" {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
			return
		}
		io.WriteString(w, "<end referer='"+r.Referer()+"'/>")
	})
	client := &Client{AllowLoopback: true}
	to := func(address string) string { return c.URL + "/?to=" + url.QueryEscape(address) }
	t.Run("MDC-04 redirects 301, 302 and 307 are followed", func(t *testing.T) {
		for _, status := range []int{301, 302, 307} {
			mustGet(t, client, fmt.Sprintf("%s/1/%d", c.URL, status), "<end referer=''/>")
		}
		mustGet(t, client, to(other.URL), "<hello/>")
	})
	t.Run("SSRF-03 at most five redirects", func(t *testing.T) {
		mustGet(t, client, c.URL+"/5/302", "<end referer=''/>")
		if got := refused(t, client, c.URL+"/6/302"); !strings.Contains(got, "more than 5") {
			t.Error(got)
		}
	})
	t.Run("SSRF-03 no redirect to another scheme, to credentials or to a forbidden address", func(t *testing.T) {
		for _, address := range []string{
			"file:///etc/passwd", "gopher://127.0.0.1:" + other.port(), "ftp://127.0.0.1/", "http://u:p@127.0.0.1:" + other.port(), "http:///x",
			"http://169.254.169.254/latest/", "http://[64:ff9b::7f00:1]:" + other.port(), "http://10.0.0.1/", "http://0.0.0.0:" + other.port(),
		} {
			before := other.hits.Load()
			refused(t, client, to(address))
			if other.hits.Load() != before {
				t.Errorf("%s was connected to", address)
			}
		}
	})
	t.Run("SSRF-03 no redirect from https to http", func(t *testing.T) {
		secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/down" {
				http.Redirect(w, r, other.URL, http.StatusFound)
				return
			}
			hello(w, r)
		}))
		t.Cleanup(secure.Close)
		roots := x509.NewCertPool()
		roots.AddCert(secure.Certificate())
		client := &Client{AllowLoopback: true, RootCAs: roots}
		mustGet(t, client, secure.URL, "<hello/>")
		before := other.hits.Load()
		if got := refused(t, client, secure.URL+"/down"); !strings.Contains(got, "plain http") || other.hits.Load() != before {
			t.Error(got)
		}
		if got := refused(t, &Client{AllowLoopback: true}, secure.URL); got != errUnreachable {
			t.Errorf("a certificate of nobody: %s", got)
		}
	})
}

func TestAnswersAreBounded(t *testing.T) {
	client := &Client{AllowLoopback: true}
	endless := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(bytes.Repeat([]byte("<a/>"), 16<<10)); err != nil {
				return
			}
		}
	}
	packed := func(size int, b byte) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Encoding") != "gzip" {
				t.Errorf("Accept-Encoding %q", r.Header.Get("Accept-Encoding"))
			}
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			z.Write(bytes.Repeat([]byte{b}, size))
			z.Close()
		}
	}
	t.Run("SSRF-07 a document is at most 10 MB", func(t *testing.T) {
		if got := refused(t, client, newCanary(t, endless).URL); !strings.Contains(got, "10 MB") {
			t.Error(got)
		}
		mustGet(t, client, newCanary(t, func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, MaxBytes)) }).URL, string(make([]byte, MaxBytes)))
	})
	t.Run("MD-07 a slow server, a bomb and an endless document are given up", func(t *testing.T) {
		slow := newCanary(t, func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte("<"))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		})
		if got := refused(t, &Client{AllowLoopback: true, Timeout: 200 * time.Millisecond}, slow.URL); !strings.Contains(got, "too long") {
			t.Error(got)
		}
		silent := newCanary(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		if got := refused(t, &Client{AllowLoopback: true, Timeout: 200 * time.Millisecond}, silent.URL); got != errUnreachable {
			t.Error(got)
		}
		if got := refused(t, client, newCanary(t, packed(1<<30, 'x')).URL); !strings.Contains(got, "tightly") {
			t.Error(got)
		}
		refused(t, client, newCanary(t, endless).URL)
	})
	t.Run("SSRF-07 gzip is unpacked, other packings are refused", func(t *testing.T) {
		mustGet(t, client, newCanary(t, packed(5000, 'x')).URL, strings.Repeat("x", 5000))
		for _, encoding := range []string{"br", "deflate", "gzip, gzip"} {
			refused(t, client, newCanary(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Encoding", encoding)
				hello(w, r)
			}).URL)
		}
		refused(t, client, newCanary(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			hello(w, r)
		}).URL)
	})
	t.Run("SSRF-07 a large header is refused", func(t *testing.T) {
		refused(t, client, newCanary(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 2*maxHeader))
			hello(w, r)
		}).URL)
	})
	t.Run("SSRF-07 no credentials are taken from the address, sent or asked for", func(t *testing.T) {
		c := newCanary(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
				t.Errorf("%v", r.Header)
			}
			w.Header().Set("Set-Cookie", "a=b")
			if r.URL.Path == "/first" {
				http.Redirect(w, r, "/second", http.StatusFound)
			}
		})
		refused(t, client, strings.Replace(c.URL, "http://", "http://user:secret@", 1))
		mustGet(t, client, c.URL+"/first", "")
		if got := refused(t, client, strings.Replace(c.URL, "http://", "http://user:secret@", 1)); strings.Contains(got, "secret") {
			t.Errorf("%q tells the password", got)
		}
	})
	t.Run("answers other than 200 are refused", func(t *testing.T) {
		for _, status := range []int{204, 206, 304, 401, 404, 500} {
			got := refused(t, client, newCanary(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }).URL)
			if !strings.Contains(got, fmt.Sprint(status)) {
				t.Error(got)
			}
		}
	})
	t.Run("addresses that are none are refused", func(t *testing.T) {
		for _, address := range []string{"", "file:///etc/passwd", "gopher://a/", "a.example", "https://", "https:///a", ":", "http://a b/", "data:text/xml,x"} {
			refused(t, client, address)
		}
	})
}

func TestProxiesOfTheEnvironmentAreNotUsed(t *testing.T) {
	t.Run("SSRF-07 proxy variables are ignored", func(t *testing.T) {
		proxy := newCanary(t, hello)
		for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"} {
			t.Setenv(name, proxy.URL)
		}
		dns := &names{answers: map[string][]string{"*": {"127.0.0.1"}}}
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ln.Close()
		refused(t, &Client{AllowLoopback: true, Resolver: dns.resolver(t)}, "http://sp.example:"+fmt.Sprint(ln.Addr().(*net.TCPAddr).Port))
		if (&Client{}).transport().Proxy != nil || proxy.hits.Load() != 0 {
			t.Error("the proxy was asked")
		}
	})
}
