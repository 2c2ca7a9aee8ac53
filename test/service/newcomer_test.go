package service

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// What a person reads on the console.
var (
	addressLine  = regexp.MustCompile(`Lanyard is at (\S+)`)
	userLine     = regexp.MustCompile(`user name +(\S+)`)
	passwordLine = regexp.MustCompile(`password +(\S+)`)
	linkLine     = regexp.MustCompile(`\S+/setup/\S+`)
)

func read(t *testing.T, n *node, line *regexp.Regexp) string {
	t.Helper()
	var found []string // what was written comes through a pipe, and may come after the service is ready
	n.eventually("the console says "+line.String(), func() bool {
		found = line.FindStringSubmatch(n.out.String())
		return found != nil
	})
	return found[len(found)-1]
}

func TestNewcomerGoesFromNothingToAnAppAndToAdministration(t *testing.T) {
	t.Parallel()
	o, address := embedded(t)
	n := o.startAt(address, "--demo")
	if at := read(t, n, addressLine); at != o.public {
		t.Errorf("the console says that it is at %s; it is at %s", at, o.public)
	}
	user, password, link := read(t, n, userLine), read(t, n, passwordLine), read(t, n, linkLine)

	b := o.browse(n)
	b.mustSignIn(user, password)
	panel := b.get("/")
	if got := strings.Count(panel.body, `class="app"`); got != 1 {
		t.Fatalf("%d tiles, want one: %s", got, panel)
	}
	t.Run("SSO-01 MODE-01 the tile and the button of the app sign in", func(t *testing.T) {
		b := b.in(t)
		signsInAtTheTestApp(t, b, "/saml/start/test-app", "no, it started at the identity provider")
		b.post("/test-app/logout", nil)
		if p := b.get("/test-app/"); !strings.Contains(p.body, "Nobody is signed in here") {
			t.Fatalf("still signed in at the app: %s", p)
		}
		signsInAtTheTestApp(t, b, b.get("/test-app/login").location(), "yes, to one that this app sent")
	})

	t.Run("a second start finds everything and makes nothing but a link", func(t *testing.T) {
		n.pressed(syscall.SIGINT)
		if code := n.wait(); code != 0 {
			t.Fatalf("exit code %d after Ctrl-C\n%s", code, n.log)
		}
		n = o.startAt(address, "--demo")
		if userLine.MatchString(n.out.String()) {
			t.Errorf("a second demo user:\n%s", n.out)
		}
		o.browse(n).mustSignIn(user, password)
		if again := read(t, n, linkLine); again == link {
			t.Error("the same link again")
		}
	})

	t.Run("AUTHN-21 WEB-13 the set-up link makes one administrator, by a form and only once", func(t *testing.T) { becomesOwnerOnce(t, o.in(t), n, link) })

	t.Run("there is no link where there is an administrator", func(t *testing.T) {
		n.pressed(syscall.SIGINT)
		if code := n.wait(); code != 0 {
			t.Fatalf("exit code %d after Ctrl-C\n%s", code, n.log)
		}
		n = o.startAt(address, "--demo")
		if userLine.MatchString(n.out.String()) || linkLine.MatchString(n.out.String()) {
			t.Errorf("more than the address on the console:\n%s", n.out)
		}
		o.browse(n).mustSignIn("grace@example.org", ownersPassword)
	})
}

// signsInAtTheTestApp follows a start until the app shows whom it let in.
func signsInAtTheTestApp(t *testing.T, b *browser, start, solicited string) {
	t.Helper()
	r := b.signOn(start)
	if p := b.post(r.form.action, r.form.fields); p.status != http.StatusFound && p.status != http.StatusSeeOther {
		t.Fatalf("the app answers %s", p)
	}
	shown := b.get("/test-app/").body
	for _, want := range []string{"You are signed in as <strong>ada", "Ada Lovelace", "Engines", "Staff", solicited} {
		if !strings.Contains(shown, want) {
			t.Errorf("the app does not show %q:\n%s", want, shown)
		}
	}
}

const ownersPassword = "a bridge over nothing at all"

func becomesOwnerOnce(t *testing.T, o *organisation, n *node, link string) {
	fields := url.Values{"email": {"grace@example.org"}, "given-name": {"Grace"}, "password": {ownersPassword}}
	for _, method := range []string{http.MethodHead, http.MethodGet, http.MethodOptions, http.MethodGet} {
		if p, err := o.browse(n).send(method, link, nil); err != nil || p.status >= 400 {
			t.Fatalf("%s on the link: %d, %v", method, p.status, err)
		}
	}
	b := o.browse(n)
	if p := b.post(link, fields); p.status != http.StatusSeeOther || p.location() != "/admin" {
		t.Fatalf("the form: %s", p)
	}
	if p := b.get("/admin"); p.status != http.StatusOK {
		t.Errorf("the administrator sees %d at /admin", p.status)
	}
	fields.Set("email", "mallory@example.org")
	second := o.browse(n)
	if p := second.post(link, fields); p.status != http.StatusNotFound {
		t.Errorf("the link works twice: status %d", p.status)
	}
	if p := second.get("/admin"); p.status != http.StatusSeeOther {
		t.Errorf("whoever came second sees %d at /admin", p.status)
	}
	if list := o.do("user", "list"); strings.Contains(list, "mallory") {
		t.Errorf("whoever came second has an account:\n%s", list)
	}
}

func TestDemoAddsNothingToADatabaseThatHoldsAnything(t *testing.T) {
	t.Parallel()
	for name, add := range map[string][]string{
		"a person": {"user", "add", "bob@example.org"},
		"a group":  {"group", "add", "Staff"},
		"an app":   {"app", "add", "--entity-id", entityID, "--acs", acsURL, "--name", "Wiki"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrganisation(t)
			o.do(add...)
			before := o.everything()
			n := o.start("--demo")
			if after := o.everything(); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
			if userLine.MatchString(n.out.String()) {
				t.Errorf("a demo user:\n%s", n.out)
			}
		})
	}
}

// everything is what the commands list.
func (o *organisation) everything() string {
	return o.do("user", "list", "--json") + o.do("group", "list", "--json") + o.do("app", "list", "--json")
}
