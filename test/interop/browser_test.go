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
	return p.browser.open(t, p.form.method, target, values, p.url)
}

// open follows redirects to their end. from is the page that caused it, nil for an address typed by a person.
func (b *browser) open(t *testing.T, method string, target *url.URL, values url.Values, from *url.URL) *page {
	t.Helper()
	crossSite := false
	for range 20 {
		crossSite = crossSite || from != nil && from.Hostname() != target.Hostname()
		request := newRequest(t, method, target, values)
		b.addCookies(request, crossSite)
		response, body := roundTrip(t, request)
		b.keepCookies(target, response.Cookies())
		location := response.Header.Get("Location")
		if response.StatusCode < 300 || response.StatusCode > 399 || location == "" {
			return &page{b, target, response.StatusCode, body, findForm(t, body)}
		}
		if response.StatusCode < http.StatusTemporaryRedirect {
			method, values = http.MethodGet, nil
		}
		from, target = target, target.ResolveReference(parseURL(t, location))
	}
	t.Fatalf("more than 20 redirects, the last one to %s", target)
	return nil
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
		request.Header.Set("Origin", "null") // a browser hides where it comes from under no-referrer
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
