package service

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
)

func TestRestartForgetsNothing(t *testing.T) {
	t.Parallel()
	o := newOrganisation(t)
	o.populate()
	n := o.start()
	ada, used := o.browse(n), o.requestURL()
	ada.mustSignIn("ada", password)
	ada.signOn(used)
	waiting := o.browse(n).get(o.requestURL()).location()
	for range 10 {
		o.browse(n).signIn("bob", "wrong wrong wrong")
	}
	n.signal(syscall.SIGKILL)
	n.wait()
	n = o.startAt(n.address)

	t.Run("REP-01 a request that was answered before is refused", func(t *testing.T) {
		if p := ada.in(t).get(used); p.status != http.StatusConflict {
			t.Errorf("got %s", p)
		}
	})
	t.Run("SES-08 who was signed in still is", func(t *testing.T) { ada.in(t).signOn(o.requestURL()) })
	t.Run("a sign-on that waited goes on", func(t *testing.T) {
		visitor := o.browse(n).in(t)
		visitor.signOn(visitor.post(waiting, fields("username", "ada", "password", password)).location())
	})
	t.Run("AUTHN-04 who had to wait still has to", func(t *testing.T) {
		if p := o.browse(n).in(t).signIn("bob", "wrong wrong wrong"); p.status != http.StatusTooManyRequests {
			t.Errorf("got %s", p)
		}
	})
}

func TestMasterKeyIsChangedWhileTheServiceRuns(t *testing.T) {
	t.Parallel()
	o := newOrganisation(t)
	o.populate()
	old := o.start()
	o.browse(old).mustSignIn("ada", password)
	t.Run("KEY-04 secrets are sealed anew under running nodes, and the old key opens nothing any more", func(t *testing.T) {
		both := o.with("LANYARD_KEYSET=" + o.in(t).do("keyset", "rotate")).in(t)
		nodes := []*node{both.start(), both.start()}
		before := o.sealed(t)
		both.do("keyset", "reseal")
		if after := o.sealed(t); after == before || after == "" {
			t.Error("nothing was sealed anew")
		}
		both.do("app", "set", "wiki", "claim.mail=email") // the nodes load everything again
		for _, n := range append(nodes, both.start()) {
			ada := o.browse(n).in(t)
			ada.mustSignIn("ada", password)
			eventually(t, "the node has loaded everything again", func() bool {
				return strings.Contains(strings.Join(ada.signOn(o.requestURL()).Assertion.Attributes, " "), "ada@example.org")
			})
		}
		if r := o.in(t).try("", "serve", "--listen", freeAddress(t)); r.code == 0 || strings.Contains(r.both(), "panic") {
			t.Errorf("a node with the old key alone starts: exit code %d\n%s", r.code, r.both())
		}
	})
	t.Run("KEY-04 a node that was left behind goes on with what it has", func(t *testing.T) {
		ada := o.browse(old).in(t)
		ada.mustSignIn("ada", password)
		ada.signOn(o.requestURL())
	})
}

// with is the organisation with another setting.
func (o *organisation) with(setting string) *organisation {
	c := *o
	name, _, _ := strings.Cut(setting, "=")
	c.env = nil
	for _, e := range o.env {
		if !strings.HasPrefix(e, name+"=") {
			c.env = append(c.env, e)
		}
	}
	c.env = append(c.env, setting)
	return &c
}

// sealed is a digest of what the database keeps sealed.
func (o *organisation) sealed(t *testing.T) string {
	t.Helper()
	for line := range strings.SplitSeq(o.state(t), "\n") {
		if strings.HasPrefix(line, "signing_keys ") {
			return line
		}
	}
	return ""
}

func TestPrivateDatabaseThatDiesComesBack(t *testing.T) {
	t.Parallel()
	o, address := embedded(t)
	n := o.startAt(address)
	o.populate()
	ada := o.browse(n)
	ada.mustSignIn("ada", password)
	ada.signOn(o.requestURL())
	s := &ownServer{t: t}
	for _, e := range o.env {
		if data, ok := strings.CutPrefix(e, "LANYARD_DATA_DIR="); ok {
			s.config.DataDir = data
		}
	}
	t.Run("OPS-04 the private database is killed: the service starts it again and nothing is lost", func(t *testing.T) {
		used := o.requestURL()
		ada.in(t).signOn(used)
		was := s.pid()
		syscall.Kill(was, syscall.SIGKILL)
		eventually(t, "the service works again by itself", func() bool {
			p, err := ada.send(http.MethodGet, o.requestURL(), nil)
			r, _ := p.answer()
			return err == nil && r.success() && s.pid() != was
		})
		if p := ada.in(t).get(used); p.status != http.StatusConflict {
			t.Errorf("a request that was answered before: %s", p)
		}
	})
	t.Run("the service is killed: the database goes with it, and the next start finds everything", func(t *testing.T) {
		database := s.pid()
		n.signal(syscall.SIGKILL)
		n.wait()
		eventually(t, "the database is gone", func() bool {
			_, err := os.Stat(fmt.Sprintf("/proc/%d", database))
			return os.IsNotExist(err)
		})
		if list := o.in(t).do("user", "list"); !strings.Contains(list, "ada@example.org") { // with the service down
			t.Errorf("the people are gone:\n%s", list)
		}
		n = o.startAt(address)
		ada.in(t).signOn(o.requestURL())
	})
}
