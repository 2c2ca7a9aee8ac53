package browser_test

import (
	"fmt"
	"testing"

	"github.com/lanyard-idp/lanyard/test/browser"
)

// answersInMixedOrder: five sign-ons wait in five tabs of one browser, at two apps, and two people answer them.
func answersInMixedOrder(t *testing.T, s *service, wiki, payroll *app) {
	t.Run("SSO-33 FLOW-03 five tabs, two apps and two people, answered in mixed order: each answer fits its request", func(t *testing.T) {
		waiting := [5]*browser.Page{browser.Open(t)}
		at := [5]*app{wiki, payroll, wiki, payroll, wiki}
		for i := range waiting {
			if i > 0 {
				waiting[i] = waiting[0].Tab()
			}
			waiting[i].Go(at[i].starting(fmt.Sprint("tab ", i), []string{"redirect", "post"}[i%2]))
			waiting[i].Arrive(s.url + "/login?")
			if got := waiting[i].Text("h1"); got != "Sign in to continue to "+at[i].name {
				t.Errorf("tab %d: %s", i, got)
			}
		}
		for _, one := range []struct {
			tab     int
			who     string
			reloads bool // instead of giving a password: somebody is signed in by then
		}{{2, "ada", false}, {0, "ada", true}, {4, "bob", false}, {3, "ada", false}, {1, "ada", true}} {
			p := waiting[one.tab].Front()
			if one.reloads {
				p.Go(p.URL())
			} else {
				signIn(t, p, one.who)
			}
			at[one.tab].lets(t, p, fmt.Sprint("tab ", one.tab), one.who)
		}
		wiki.expect(t)
		payroll.expect(t)
	})
}
