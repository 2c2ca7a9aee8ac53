package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const logins = 200

// benchBurst is 200 people typing their password at once, while people who are signed in already go on opening apps.
func benchBurst(r *report) error {
	ctx := context.Background()
	p := &population{database: "burst", apps: 2, users: 300}
	s, err := openStage(ctx, p)
	if err != nil {
		return err
	}
	defer s.close()
	n, err := s.node(p)
	if err != nil {
		return err
	}
	defer n.stop()
	quiet, err := s.opening(n, p, nil)
	if err != nil {
		return err
	}
	var in, later atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		var wg sync.WaitGroup
		for i := range logins {
			wg.Go(func() {
				if signIn(n.base, i+1) {
					in.Add(1)
				} else {
					later.Add(1)
				}
			})
		}
		wg.Wait()
	}()
	busy, err := s.opening(n, p, done)
	if err != nil {
		return err
	}
	<-done
	_, peak := residentMB(n.cmd.Process.Pid)
	if in.Load() == 0 {
		return fmt.Errorf("not one of %d people got in", logins)
	}
	r.note("of 200 people at once got in, were asked to try again", "%d, %d", in.Load(), later.Load())
	r.add("memory of the service, highest in the burst", fmt.Sprintf("%.0f MB", peak), "under 150 MB", peak < 150)
	times := busy.Seconds() / quiet.Seconds()
	r.add("p99 of a sign-on during the burst against the quiet one (clock)", fmt.Sprintf("%.1f times", times), "at most 5", times <= 5)
	return nil
}

// opening opens apps one after the other for signed-in people, until done or 300 times, and gives the 99th percentile.
func (s *stage) opening(n *node, p *population, done <-chan struct{}) (time.Duration, error) {
	var took []time.Duration
	for i := 0; ; i++ {
		if done == nil && i == 300 || i == 5000 {
			break
		}
		q, _ := s.f.request(0, n.base+"/saml/sso")
		began := time.Now()
		page, err := get(clients[0], n.base+"/saml/sso?"+q, "lanyard-session="+p.tokens[i%len(p.tokens)].Reveal())
		if err != nil {
			return 0, err
		}
		took = append(took, time.Since(began))
		if i == 0 {
			if err := s.f.check(page, 0, n.base+"/saml/metadata"); err != nil {
				return 0, err
			}
		}
		select {
		case <-done: // nil never comes
			slices.Sort(took)
			return took[len(took)*99/100], nil
		case <-time.After(5 * time.Millisecond):
		}
	}
	slices.Sort(took)
	return took[len(took)*99/100], nil
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// signIn is one person at the sign-in page, from an address of their own network as a proxy would tell.
func signIn(base string, i int) bool {
	jar, _ := cookiejar.New(nil)
	c := &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Get(base + "/login")
	if err != nil {
		return false
	}
	page, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	form := url.Values{"username": {fmt.Sprintf("user%d", i)}, "password": {password}}
	for _, m := range hidden.FindAllSubmatch(page, -1) {
		form.Set(string(m[1]), string(m[2]))
	}
	resp, err = c.PostForm(base+"/login", form)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusSeeOther
}
