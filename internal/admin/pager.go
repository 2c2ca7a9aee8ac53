package admin

import (
	"net/http"
	"strconv"
	"strings"
	"unicode"
)

// perPage is how many rows a list shows at once.
const perPage = 50

// Pager is where a list stands. Previous and Next are addresses, empty at the ends.
type Pager struct {
	Page, Pages, Found int
	Previous, Next     string
}

// newPager reads the number of the page from ?page=; one that is not there is the nearest that is.
func newPager(r *http.Request, found int) Pager {
	p := Pager{Found: found, Pages: max(1, (found+perPage-1)/perPage)}
	n, _ := strconv.Atoi(r.URL.Query().Get("page"))
	p.Page = min(max(n, 1), p.Pages)
	if p.Page > 1 {
		p.Previous = otherPage(r, p.Page-1)
	}
	if p.Page < p.Pages {
		p.Next = otherPage(r, p.Page+1)
	}
	return p
}

// otherPage is this address with another number; everything else that was asked stays, but not what was done just now.
func otherPage(r *http.Request, n int) string {
	q := r.URL.Query()
	q.Del("done")
	q.Set("page", strconv.Itoa(n))
	return "?" + q.Encode()
}

func (p Pager) offset() int { return (p.Page - 1) * perPage }

// First and Last are the numbers of the rows that this page shows.
func (p Pager) First() int { return min(p.offset()+1, p.Found) }

// Last is explained at First.
func (p Pager) Last() int { return min(p.Page*perPage, p.Found) }

// asked is what an address asks for under a name, fit to be looked for.
func asked(r *http.Request, name string) string { return searchable(r.URL.Query().Get(name)) }

// searchable leaves out what no database takes and no name holds.
func searchable(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")))
}

// notices are what a change says on the page that it leads to. The address names one of these, so that no link can put words of
// its own into our page.
var notices = map[string]string{
	"assigned":    "Assigned.",
	imported:      "Added.",
	"unassigned":  "No longer assigned.",
	"saved":       "Saved.",
	"added":       "Added.",
	"deleted":     "Deleted.",
	"password":    "The new password holds. Earlier sessions have ended.",
	"disabled":    "Disabled and signed out.",
	"enabled":     "Enabled: signing in works again.",
	"owner":       "Administrator from now on.",
	"notowner":    "No administrator any more.",
	"unlocked":    "Unlocked: the next try is taken at once.",
	"signedout":   "Signed out.",
	"memberadded": "Added to the group.",
	"membergone":  "Taken out of the group.",
}

func notice(r *http.Request) string { return notices[r.URL.Query().Get("done")] }

// after leads to a page with the notice of what was done.
func after(w http.ResponseWriter, r *http.Request, page, what string) error {
	return goOn(w, r, page+"?done="+what)
}
