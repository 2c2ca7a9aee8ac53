package service

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

func TestNodeStopsWithoutLosingAnybody(t *testing.T) {
	t.Parallel()
	o, a, b, ada := pair(t)
	t.Run("a node that stops says so, finishes what it began, and ends well", func(t *testing.T) {
		slow := begin(t, o, a, fields("username", "ada", "password", password).Encode())
		a.signal(syscall.SIGTERM)
		a.eventually("the node says that it is not ready", func() bool { return a.status("/readyz") == http.StatusServiceUnavailable })
		if got := a.status("/login"); got != http.StatusOK {
			t.Errorf("who comes while the balancer does not know yet gets %d", got)
		}
		a.eventually("the node takes no more connections", func() bool { return a.status("/healthz") == 0 })
		if !a.alive() {
			t.Fatal("the node ended before its last request did")
		}
		if res := slow(); res.StatusCode != http.StatusSeeOther || res.Header.Get("Set-Cookie") == "" {
			t.Errorf("the request under way got %v", res.Status)
		}
		if code := a.wait(); code != 0 {
			t.Errorf("exit code %d\n%s", code, a.log)
		}
	})
	t.Run("no sign-on is lost while one of two nodes stops", func(t *testing.T) {
		ada, c := ada.in(t), o.in(t).start()
		ada.proxy.addresses = []string{b.address, c.address}
		ada.proxy.down = func(address string) bool {
			for _, n := range []*node{b, c} {
				if n.address == address {
					return n.status("/readyz") != http.StatusOK
				}
			}
			return true
		}
		var got atomic.Int64
		together(4, func(int) {
			for after := 0; after < 10; {
				if err := signOnOnce(o, ada); err != nil {
					t.Error(err)
					return
				}
				if got.Add(1) == 20 {
					b.signal(syscall.SIGTERM)
				}
				if !b.alive() {
					after++
				}
			}
		})
		if code := b.wait(); code != 0 {
			t.Errorf("exit code %d\n%s", code, b.log)
		}
		if n := o.count(t, `select count(*) from sign_ins where kind = 'sign-on' and reason = ''`); n != got.Load() {
			t.Errorf("%d sign-ons were answered and %d are on record", got.Load(), n)
		}
	})
}

// signOnOnce says what went wrong with one sign-on.
func signOnOnce(o *organisation, b *browser) error {
	p, err := b.send(http.MethodGet, o.requestURL(), nil)
	if err != nil {
		return err
	}
	if r, err := p.answer(); err != nil || !r.success() {
		return fmt.Errorf("no assertion: %v, %s", err, p)
	}
	return nil
}

// begin sends a sign-in but for its last byte, which finish sends.
func begin(t *testing.T, o *organisation, n *node, body string) (finish func() *http.Response) {
	t.Helper()
	conn, err := net.Dial("tcp", n.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "POST /login HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
		strings.TrimPrefix(o.public, "https://"), o.public, len(body), body[:len(body)-1])
	return func() *http.Response {
		t.Helper()
		io.WriteString(conn, body[len(body)-1:])
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
}
