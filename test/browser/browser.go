// Package browser looks at pages as people do: with a real Chromium, in light and dark, wide and narrow. It holds the
// harness for every browser test, and the tests of each page by itself with made-up data.
//
// It refuses to skip: without Chromium or axe-core a test fails and says how to get them.
package browser

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Chromium is where Debian puts it.
const Chromium = "/usr/bin/chromium"

// limit is for one test with its browser.
const limit = 2 * time.Minute

// running is the one browser of this test process.
var running struct {
	sync.Mutex
	ctx   context.Context
	close func()
}

// Main runs the tests of a package and closes their browser, and whatever else they opened together:
// func TestMain(m *testing.M) { browser.Main(m) }.
func Main(m *testing.M, closers ...func()) {
	code := m.Run()
	if running.close != nil {
		running.close()
	}
	for _, end := range closers {
		end()
	}
	os.Exit(code)
}

// Page is a tab of a new, empty profile, and what went wrong in it.
type Page struct {
	Ctx context.Context // for chromedp.Do and chromedp.Run

	t        testing.TB
	mu       sync.Mutex
	problems []string
}

// Open opens an empty tab that shares nothing with other tests: no cookies, no cache. The test fails at its end if any page
// broke its own policy, threw, or could not load a part of itself.
func Open(t testing.TB) *Page {
	t.Helper()
	return open(t, browserContext(t), chromedp.WithNewBrowserContext())
}

// Tab opens another empty tab with the same cookies.
func (p *Page) Tab() *Page {
	p.t.Helper()
	return open(p.t, p.Ctx)
}

// Opens clicks what opens a new tab, and gives that tab.
func (p *Page) Opens(css string) *Page {
	p.t.Helper()
	return open(p.t, p.Ctx, chromedp.WithTargetID(p.opened(chromedp.Click(chromedp.CSS(css)))))
}

func open(t testing.TB, parent context.Context, how ...chromedp.ContextOption) *Page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent, how...)
	ctx, stop := context.WithTimeout(ctx, limit)
	p := &Page{Ctx: ctx, t: t}
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	t.Cleanup(func() {
		p.fine()
		stop()
		cancel()
	})
	_, err := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	p.must(err)
	_, err = chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watcher})
	p.must(err)
	return p
}

// watcher makes a violation of the page's policy a line on its console, with the directive.
const watcher = `addEventListener("securitypolicyviolation", e => console.error("policy broken: " + e.effectiveDirective + " " + e.blockedURI + " " + e.sample))`

// browserContext starts the browser for the first test that needs it.
func browserContext(t testing.TB) context.Context {
	t.Helper()
	running.Lock()
	defer running.Unlock()
	if running.ctx != nil {
		return running.ctx
	}
	if _, err := os.Stat(Chromium); err != nil {
		t.Fatalf("no Chromium: apt-get install --no-install-recommends chromium fonts-dejavu-core (%v)", err)
	}
	profile, err := os.MkdirTemp("", "lanyard-browser-")
	if err != nil {
		t.Fatal(err)
	}
	alloc, end := chromedp.NewExecAllocator(context.Background(),
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.ExecPath(Chromium), chromedp.Headless,
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true), chromedp.UserDataDir(profile))
	ctx, _ := chromedp.NewContext(alloc)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", Chromium, err)
	}
	running.ctx = ctx
	running.close = func() {
		_ = chromedp.Cancel(ctx) // the process ends in any case
		end()
		_ = os.RemoveAll(profile)
	}
	return ctx
}

// hear runs for each event of the tab, in the loop that reads them.
func (p *Page) hear(event any) {
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && !expected(e.Entry) {
			p.problem(string(e.Entry.Source) + ": " + e.Entry.Text + " " + e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		p.problem("script: " + e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		for _, a := range e.Args {
			if text := string(a.Value); strings.Contains(text, "policy broken") {
				p.problem(text)
			}
		}
	}
}

// expected is what Chromium calls an error and is none: a page of ours that answers with a status of 4xx or 5xx is looked
// at on purpose. A part of a page that fails to load is one.
func expected(e *log.Entry) bool {
	return e.Source == log.EntrySourceNetwork && !strings.Contains(e.URL, "/static/") && strings.Contains(e.Text, "status of")
}

func (p *Page) problem(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = append(p.problems, text)
}

// fine reports what was heard since the last time.
func (p *Page) fine() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, text := range p.problems {
		p.t.Errorf("in the browser: %s", text)
	}
	p.problems = nil
}

func (p *Page) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}
