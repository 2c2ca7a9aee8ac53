package browser

import (
	"github.com/chromedp/chromedp"
)

// Go opens an address and waits until the page is loaded.
func (p *Page) Go(url string) {
	p.t.Helper()
	p.must(chromedp.Do(p.Ctx, chromedp.Navigate(url)))
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
