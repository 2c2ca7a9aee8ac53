package interop

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// browser carries messages between the parties as people's browsers do: it follows redirects and keeps cookies, and
// holds back SameSite cookies where a browser would. Ports do not separate sites, so Lanyard is called localhost and
// the service providers 127.0.0.1.
type browser struct {
	cookies map[string]*http.Cookie // by host and name
	signIns int                     // forms with a password that were filled in
}

func newBrowser() *browser { return &browser{cookies: map[string]*http.Cookie{}} }

// page is where the redirects ended.
type page struct {
	browser *browser
	url     *url.URL
	status  int
	header  http.Header
	body    string
	form    *form // nil when there is none
}

// get opens an address as if it was typed: no site is behind it.
func (b *browser) get(t *testing.T, address string) *page {
	t.Helper()
	return b.open(t, http.MethodGet, parseURL(t, address), nil, nil)
}

// redirection answers with where an address sends the browser, without going there.
func (b *browser) redirection(t *testing.T, address string) *url.URL {
	t.Helper()
	from := parseURL(t, address)
	response, _ := roundTrip(t, newRequest(t, http.MethodGet, from, nil))
	return from.ResolveReference(parseURL(t, response.Header.Get("Location")))
}

// submit sends the page's form, with some of its fields replaced.
func (p *page) submit(t *testing.T, replace map[string]string) *page {
	t.Helper()
	if p.form == nil {
		t.Fatalf("%s has no form to send:\n%s", p.url, brief(p.body))
	}
	values := url.Values{}
	for name, value := range p.form.fields {
		values.Set(name, value)
	}
	for name, value := range replace {
		values.Set(name, value)
	}
	target := p.url.ResolveReference(parseURL(t, p.form.action))
	return p.browser.open(t, p.form.method, target, values, p)
}

// open follows redirects to their end. from is the page that caused it, nil for an address typed by a person.
func (b *browser) open(t *testing.T, method string, target *url.URL, values url.Values, from *page) *page {
	t.Helper()
	hops := []*url.URL{}
	if from != nil {
		hops = append(hops, from.url)
	}
	for range 20 {
		request := newRequest(t, method, target, values)
		hops = append(hops, target)
		site := fetchSite(hops)
		request.Header.Set("Sec-Fetch-Site", site)
		if method == http.MethodPost {
			request.Header.Set("Origin", from.origin())
		}
		b.addCookies(request, site == "cross-site")
		response, body := roundTrip(t, request)
		b.keepCookies(target, response.Cookies())
		location := response.Header.Get("Location")
		if response.StatusCode < 300 || response.StatusCode > 399 || location == "" {
			return &page{b, target, response.StatusCode, response.Header, body, findForm(t, body)}
		}
		if response.StatusCode < http.StatusTemporaryRedirect {
			method, values = http.MethodGet, nil
		}
		target = target.ResolveReference(parseURL(t, location))
	}
	t.Fatalf("more than 20 redirects, the last one to %s", target)
	return nil
}

// fetchSite compares the way that a request came, the starting page first, as Sec-Fetch-Site does.
func fetchSite(hops []*url.URL) string {
	if len(hops) == 1 {
		return "none"
	}
	site := "same-origin"
	for _, hop := range hops[1:] {
		if hop.Hostname() != hops[0].Hostname() {
			return "cross-site"
		}
		if hop.Host != hops[0].Host {
			site = "same-site"
		}
	}
	return site
}

// origin is what the page's forms say of where they come from; pages that send no referrer hide it even from themselves.
func (p *page) origin() string {
	if p == nil || p.header.Get("Referrer-Policy") == "no-referrer" {
		return "null"
	}
	return p.url.Scheme + "://" + p.url.Host
}

// roundTrip follows nothing.
func roundTrip(t *testing.T, request *http.Request) (response *http.Response, body string) {
	t.Helper()
	response, err := http.DefaultTransport.RoundTrip(request)
	mustNot(t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	mustNot(t, err)
	return response, string(content)
}

func newRequest(t *testing.T, method string, target *url.URL, values url.Values) *http.Request {
	t.Helper()
	address, content := *target, ""
	if method == http.MethodPost {
		content = values.Encode()
	} else if values != nil {
		address.RawQuery = values.Encode()
	}
	request, err := http.NewRequestWithContext(t.Context(), method, address.String(), strings.NewReader(content))
	mustNot(t, err)
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return request
}

// addCookies follows RFC 6265bis: a cookie without SameSite counts as Lax, and from another site Lax cookies go along
// with safe methods only, Strict ones never.
func (b *browser) addCookies(request *http.Request, crossSite bool) {
	safe := request.Method == http.MethodGet
	for _, key := range slices.Sorted(maps.Keys(b.cookies)) {
		cookie := b.cookies[key]
		if cookie.Domain != request.URL.Hostname() || !pathMatches(cookie.Path, request.URL.Path) {
			continue
		}
		strict := cookie.SameSite == http.SameSiteStrictMode
		none := cookie.SameSite == http.SameSiteNoneMode && cookie.Secure
		if crossSite && !none && (strict || !safe) {
			continue
		}
		request.AddCookie(&http.Cookie{Name: cookie.Name, Value: cookie.Value})
	}
}

func (b *browser) keepCookies(from *url.URL, cookies []*http.Cookie) {
	for _, cookie := range cookies {
		cookie.Domain = from.Hostname()
		key := cookie.Domain + " " + cookie.Name
		gone := cookie.MaxAge < 0 || (!cookie.Expires.IsZero() && cookie.Expires.Before(time.Now()))
		if gone {
			delete(b.cookies, key)
			continue
		}
		b.cookies[key] = cookie
	}
}

func pathMatches(cookie, request string) bool {
	cookie = strings.TrimSuffix(cookie, "/")
	return request == cookie || strings.HasPrefix(request, cookie+"/")
}

func parseURL(t *testing.T, text string) *url.URL {
	t.Helper()
	parsed, err := url.Parse(text)
	mustNot(t, err)
	return parsed
}
