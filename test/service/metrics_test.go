package service

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
)

func TestSignOnsAreCountedByAppAndOutcome(t *testing.T) {
	t.Parallel()
	o := newOrganisation(t)
	o.populate()
	n := o.start()
	ada := o.browse(n)
	ada.mustSignIn("ada", password)
	for range 3 {
		ada.signOn(o.requestURL())
	}
	used := o.requestURL()
	ada.signOn(used)
	ada.get(used)
	o.browse(n).get("/saml/sso?SAMLRequest=nonsense")
	for series, want := range map[string]float64{
		`lanyard_sign_ons_total{app="Wiki",outcome="success"}`:          4,
		`lanyard_sign_ons_total{app="Wiki",outcome="request_replayed"}`: 1,
		`lanyard_sign_ons_total{app="",outcome="malformed_request"}`:    1,
	} {
		if got := n.figure(t, series); got != want {
			t.Errorf("%s is %g, want %g", series, got, want)
		}
	}
	if n.figure(t, `lanyard_http_request_seconds_count{method="GET",route="/saml/sso",status="200"}`) != 4 {
		t.Error("answers are not counted by route and status")
	}
}

func TestStrangersCannotFillTheFigures(t *testing.T) {
	t.Parallel()
	o := newOrganisation(t)
	n := o.start()
	count := func() int { return strings.Count(n.figures(t), "\n") }
	b := o.browse(n)
	visit := func(i int) {
		b.get("/nowhere-" + strconv.Itoa(i))
		b.get("/setup/x" + strconv.Itoa(i))
		b.get("/saml/start/x" + strconv.Itoa(i))
		b.must(b.send("METHOD"+strconv.Itoa(i), "/login", nil))
	}
	count() // which is counted too, from the next time on
	visit(0)
	before := count()
	for i := range 50 {
		visit(i)
	}
	if after := count(); after != before {
		t.Errorf("%d lines of figures became %d", before, after)
	}
}

func (n *node) figures(t *testing.T) string {
	t.Helper()
	text := must(http.Get("http://" + n.address + "/metrics"))
	if !strings.Contains(text, "go_goroutines") {
		t.Fatalf("/metrics: %.500s", text)
	}
	return text
}

func (n *node) figure(t *testing.T, series string) float64 {
	t.Helper()
	for line := range strings.SplitSeq(n.figures(t), "\n") {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			v, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
	}
	t.Errorf("there is no %s", series)
	return -1
}
