package sso_test

import (
	"testing"
)

func TestHappyPath(t *testing.T) {
	b := newBench(t)
	r := b.fresh()
	a := b.signedIn(ada()).redirect(r.xml(), "relay")
	got := a.granted(r.ID)
	t.Logf("%+v", got.Subject.NameID)
	t.Logf("%s", a.XML)
	t.Logf("%+v", b.store.last().Detail)
}
