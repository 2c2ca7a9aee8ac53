package service

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
)

func TestSettingsAreSecretsToOtherUsersOfTheMachine(t *testing.T) {
	t.Parallel()
	o := newOrganisation(t)
	o.populate()
	o.env = environment(t, "DATABASE_URL_FILE="+file(t, o.dsn), "LANYARD_KEYSET_FILE="+file(t, o.keyset), "LANYARD_PUBLIC_URL="+o.public)
	n := o.start()
	t.Run("KEY-08 secrets from files stand neither in the process list nor in the environment", func(t *testing.T) {
		o.browse(n).in(t).mustSignIn("ada", password)
		for _, list := range []string{"cmdline", "environ"} {
			text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", n.cmd.Process.Pid, list))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(text, []byte(o.dsn)) || bytes.Contains(text, []byte(masterKey(t, o.keyset))) {
				t.Errorf("%s shows a secret:\n%q", list, text)
			}
		}
	})
	t.Run("KEY-08 a wrong setting is not repeated", func(t *testing.T) {
		o := o.in(t)
		o.env = environment(t, "DATABASE_URL=postgres://lanyard:hunter2hunter2@127.0.0.1:1/lanyard", "LANYARD_KEYSET={\"hunter2hunter2\":1}")
		for _, args := range []string{"serve", "migrate", "user list", "doctor"} {
			r := o.try("", strings.Fields(args)...)
			if r.code == 0 || strings.Contains(r.both(), "hunter2") {
				t.Errorf("lanyard %s: exit code %d\n%s", args, r.code, r.both())
			}
		}
		o.env = environment(t, "DATABASE_URL=postgres://lanyard:hunter2hunter2@127.0.0.1:1/lanyard", "LANYARD_KEYSET="+o.keyset)
		for _, args := range []string{"serve", "migrate", "user list", "doctor"} {
			r := o.try("", strings.Fields(args)...)
			if r.code == 0 || strings.Contains(r.both(), "hunter2") || !strings.Contains(r.both(), "atabase") {
				t.Errorf("lanyard %s: exit code %d\n%s", args, r.code, r.both())
			}
		}
	})
}

func TestMigrationIsDoneOnceHoweverOftenItIsAskedFor(t *testing.T) {
	t.Parallel()
	o := newOrganisation(t)
	o.exec(t, `drop schema public cascade`, `create schema public`)
	together(6, func(int) {
		if r := o.try("", "migrate"); r.code != 0 {
			t.Errorf("exit code %d\n%s", r.code, r.both())
		}
	})
	o.do("migrate")
	o.populate()
	o.do("migrate")
	n := o.start()
	o.do("migrate")
	ada := o.browse(n)
	ada.mustSignIn("ada", password)
	ada.signOn(o.requestURL())
}

func TestNodesThatStartTogetherOnAnEmptyDatabaseAgree(t *testing.T) {
	t.Parallel()
	o := newOrganisation(t)
	o.exec(t, `drop schema public cascade`, `create schema public`)
	nodes := make([]*node, 3)
	together(len(nodes), func(i int) { nodes[i] = o.start() })
	if t.Failed() {
		return
	}
	if n := o.count(t, `select count(*) from signing_keys`); n != 1 {
		t.Errorf("%d signing keys were made", n)
	}
	var documents []string
	for _, n := range nodes {
		p := o.browse(n).get("/saml/metadata")
		if p.status != http.StatusOK {
			t.Errorf("metadata: %s", p)
		}
		documents = append(documents, between(p.body, "<ds:X509Certificate>", "</ds:X509Certificate>"))
	}
	if documents[0] == "" || documents[0] != documents[1] || documents[1] != documents[2] {
		t.Errorf("the nodes publish %q", documents)
	}
}

// between is what stands between two marks the first time.
func between(text, from, to string) string {
	_, rest, _ := strings.Cut(text, from)
	inside, _, _ := strings.Cut(rest, to)
	return inside
}
