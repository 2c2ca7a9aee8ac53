package browser

import (
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// View is one way of looking at a page.
type View struct {
	Scheme string // light or dark
	Width  int64  // CSS pixels
}

// Views are those that every page must look well in.
var Views = []View{{"light", 1280}, {"dark", 1280}, {"light", 390}, {"dark", 390}}

// Check looks at the open page in every view: axe-core finds nothing, nothing scrolls sideways, no policy is broken. It
// leaves a picture of each in test/screenshots for a person to look at.
func (p *Page) Check(name string) {
	p.t.Helper()
	for _, v := range Views {
		p.look(v)
		p.axe(name, v)
		p.sideways(name, v)
		p.picture(name, v)
	}
	p.fine()
}

// CheckWithoutScript is Check for a tab in which scripts are switched off, and with them axe-core.
func (p *Page) CheckWithoutScript(name string) {
	p.t.Helper()
	for _, v := range Views {
		p.look(v)
		p.sideways(name, v)
		p.picture(name, v)
	}
	p.fine()
}

func (p *Page) look(v View) {
	p.t.Helper()
	_, err := chromedp.Call(p.Ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: v.Scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	p.must(err)
	p.Do(chromedp.EmulateViewport(v.Width, 900))
}

// axe runs the rules of WCAG 2.2 A and AA. What is injected this way is not stopped by the page's policy.
func (p *Page) axe(name string, v View) {
	p.t.Helper()
	if !Eval[bool](p, `typeof axe !== "undefined"`) {
		script, err := os.ReadFile(axePath)
		if err != nil {
			p.t.Fatalf("no axe-core: run scripts/ensure-test-tools (%v)", err)
		}
		Eval[bool](p, string(script)+"; true")
	}
	for _, violation := range Eval[[]string](p, axeRun) {
		p.t.Errorf("%s, %s, %d px: %s", name, v.Scheme, v.Width, violation)
	}
}

const axeRun = `axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r =>
	r.violations.map(v => v.id + ": " + v.help + " " + v.nodes.map(n => n.html + " " + n.failureSummary).join(" | ")))`

// sideways: nothing is wider than the window.
func (p *Page) sideways(name string, v View) {
	p.t.Helper()
	got := Eval[[]int64](p, `[document.documentElement.scrollWidth, innerWidth]`)
	if got[0] != got[1] || got[1] != v.Width {
		p.t.Errorf("%s, %s, %d px: the page is %d wide in a window of %d", name, v.Scheme, v.Width, got[0], got[1])
	}
}

// picture keeps what the page looks like.
func (p *Page) picture(name string, v View) {
	p.t.Helper()
	png, err := chromedp.Run(p.Ctx, chromedp.FullScreenshot(100))
	p.must(err)
	p.must(os.MkdirAll(screenshots, 0o755))
	file := fmt.Sprintf("%s-%s-%d.png", strings.ReplaceAll(name, "/", "-"), v.Scheme, v.Width)
	p.must(os.WriteFile(filepath.Join(screenshots, file), png, 0o644))
}

// Paths inside the repository, wherever the test runs.
var (
	root        = repository()
	axePath     = filepath.Join(root, "test", "interop", "node_modules", "axe-core", "axe.min.js")
	screenshots = filepath.Join(root, "test", "screenshots")
)

func repository() string {
	_, file, _, _ := goruntime.Caller(0)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}
