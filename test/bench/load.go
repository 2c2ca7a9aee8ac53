package main

import (
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/lanyard-idp/lanyard/internal/certs"
)

// connections is how many requests are under way at once: one for each core that the machines of this project have.
const connections = 2

func client() *http.Client {
	return &http.Client{
		Timeout:       30 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: connections, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

var clients = func() (c [connections]*http.Client) {
	for i := range c {
		c[i] = client()
	}
	return c
}()

func get(c *http.Client, address, cookie string) ([]byte, error) {
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	if cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	resp, err := c.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s: %.300s", req.URL.Path, resp.Status, page)
	}
	return page, nil
}

// send sends all queries over a few connections and returns the last page.
func send(base string, queries []string, cookie func(i int) string) ([]byte, error) {
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		last  []byte
		fails error
	)
	for k := range connections {
		wg.Go(func() {
			for i := k; i < len(queries); i += connections {
				page, err := get(clients[k], base+queries[i], cookie(i))
				if err != nil {
					mu.Lock()
					fails = errors.Join(fails, err)
					mu.Unlock()
					return
				}
				if i == len(queries)-1 {
					last = page
				}
			}
		})
	}
	wg.Wait()
	return last, fails
}

// hello and fixtureFrom carry the halves of the keys that the other process needs.
func (f *fixture) hello(address string) hello {
	return hello{address, x509.MarshalPKCS1PrivateKey(f.sp), f.pair.Certificate.Certificate}
}

func fixtureFrom(h hello) (*fixture, error) {
	sp, err := x509.ParsePKCS1PrivateKey(h.SP)
	if err != nil {
		return nil, err
	}
	return &fixture{sp: sp, pair: &certs.Pair{Certificate: certs.Certificate{Certificate: h.Cert}}}, nil
}

func parse(der []byte) (*x509.Certificate, error) {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	if _, ok := c.PublicKey.(*rsa.PublicKey); !ok {
		return nil, errors.New("the bench wants an RSA certificate")
	}
	return c, nil
}
