package browser

import (
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Go opens an address and waits until the page is loaded.
func (p *Page) Go(url string) {
	p.t.Helper()
	p.must(chromedp.Do(p.Ctx, chromedp.Navigate(url)))
}

// Front turns to this tab: one in the background is not drawn, and waits.
func (p *Page) Front() *Page {
	p.t.Helper()
	_, err := chromedp.Call(p.Ctx, page.BringToFront, cdp.Empty{})
	p.must(err)
	return p
}

// History goes back (below zero) or forward, as the buttons of a browser do; Arrive waits for where that leads. Pages may
// come out of a cache then, without loading.
func (p *Page) History(steps int) {
	p.t.Helper()
	// The page may be gone before it answers; whether the browser went is for what comes next to see.
	_, _ = chromedp.Run(p.Ctx, chromedp.Evaluate[bool](fmt.Sprintf(`history.go(%d); true`, steps)))
}

// Do runs steps: chromedp.Click, chromedp.SendKeys …
func (p *Page) Do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	p.must(chromedp.Do(p.Ctx, steps...))
}

// Submit fills fields by their id and sends the form with its button, and waits for the page that answers.
func (p *Page) Submit(fields map[string]string) {
	p.t.Helper()
	for id, value := range fields {
		p.Do(chromedp.SetValue(chromedp.ID(id), value))
	}
	p.Press("main form button")
}

// Press clicks what leads to another page, and waits for it.
func (p *Page) Press(css string) {
	p.t.Helper()
	_, err := chromedp.RunResponse(p.Ctx, chromedp.Click(chromedp.CSS(css)))
	p.must(err)
}

// Arrive waits until the tab has loaded a page whose address begins so: after a page that goes on by itself, the first
// one to load is not the last.
func (p *Page) Arrive(address string) {
	p.t.Helper()
	where := ""
	for p.Ctx.Err() == nil {
		// Between two pages there is nothing to ask.
		if now, err := chromedp.Run(p.Ctx, chromedp.Evaluate[string](`document.readyState + " " + location.href`)); err == nil {
			where = now
		}
		if strings.HasPrefix(where, "complete "+address) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.t.Fatalf("the tab should arrive at %s; it is at %q", address, where)
}

// opened is the tab that a step opens.
func (p *Page) opened(step chromedp.Action[chromedp.Void]) target.ID {
	p.t.Helper()
	before := p.tabs()
	p.Do(step)
	for p.Ctx.Err() == nil {
		for id := range p.tabs() {
			if !before[id] {
				return id
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.t.Fatal("no tab was opened")
	return ""
}

func (p *Page) tabs() map[target.ID]bool {
	p.t.Helper()
	all, err := chromedp.Targets(p.Ctx)
	p.must(err)
	tabs := map[target.ID]bool{}
	for _, one := range all {
		if one.Type == "page" {
			tabs[one.TargetID] = true
		}
	}
	return tabs
}

// Text is what the first element that fits says.
func (p *Page) Text(css string) string {
	p.t.Helper()
	text, err := chromedp.Run(p.Ctx, chromedp.Text(chromedp.CSS(css)))
	p.must(err)
	return text
}

// Eval runs an expression in the page.
func Eval[T any](p *Page, js string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.Ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	p.must(err)
	return v
}

// URL is where the tab is.
func (p *Page) URL() string { return Eval[string](p, `location.href`) }
