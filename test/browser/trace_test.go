package browser_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/lanyard-idp/lanyard/test/browser"
)

// steps are the documents that a tab asked for: "GET http://…" or "POST http://…", in their order.
type steps struct {
	t    *testing.T
	mu   sync.Mutex
	list []string
}

// trace notes them from now on.
func trace(t *testing.T, p *browser.Page) *steps {
	t.Helper()
	s := &steps{t: t}
	if err := chromedp.Listen(p.Ctx, s.hear); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *steps) hear(event any) {
	if e, ok := event.(*network.EventRequestWillBeSent); ok && e.Type == network.ResourceTypeDocument {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.list = append(s.list, e.Request.Method+" "+e.Request.URL)
	}
}

func (s *steps) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.list...)
}

func (s *steps) has(part string) bool { return strings.Contains(strings.Join(s.all(), "\n"), part) }

// lacks fails when the tab went there.
func (s *steps) lacks(part string) {
	s.t.Helper()
	if s.has(part) {
		s.t.Errorf("the tab went to %q: %v", part, s.all())
	}
}

// needs fails when the tab did not go there.
func (s *steps) needs(part string) {
	s.t.Helper()
	if !s.has(part) {
		s.t.Errorf("the tab never went to %q: %v", part, s.all())
	}
}
