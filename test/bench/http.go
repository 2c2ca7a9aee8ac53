package main

import (
	"fmt"
	"time"
)

// benchHTTP is the same flow over loopback HTTP, with crewjam's identity provider beside it in the same run.
func benchHTTP(r *report) error {
	one, err := benchChild("one", 1, true)
	if err != nil {
		return err
	}
	both, err := benchChild("both", 2, true)
	if err != nil {
		return err
	}
	other, err := benchChild("crewjam", 2, false)
	if err != nil {
		return err
	}
	r.ratio("over loopback HTTP, one signature, of the bare signature rate", one, 0.80)
	r.note("over loopback HTTP, both signatures, of two bare signatures", "%.3f", both)
	r.note("crewjam's identity provider over HTTP (two signatures), of two", "%.3f", other)
	// Each share is of its own number of bare signatures, so a sign-on of one signature costs 1/one and crewjam's 2/other.
	r.add("signature for signature against crewjam", fmt.Sprintf("%.2f times", both/other), "at least 2", both/other >= 2)
	r.note("what is not signature: crewjam's share against ours", "%.1f times", (1/other-1)/(1/both-1))
	r.add("one signature against crewjam's sign-on", fmt.Sprintf("%.2f times", one*2/other), "at least 2.2", one*2/other >= 2.2)
	return nil
}

// benchChild is the share of its bare signatures' rate that a child reaches.
func benchChild(kind string, signatures int, checked bool) (float64, error) {
	c, err := startChild(kind)
	if err != nil {
		return 0, err
	}
	defer c.stop()
	var page []byte
	ratio, _, err := inTurns(200, func(n int) (time.Duration, error) { return c.bare(n * signatures) }, func(n int) (time.Duration, error) {
		queries := c.keys.requests(n, 1, memoryURL+"/saml/sso")
		cpu, last, err := c.load(queries, func(int) string { return "__Host-lanyard-session=x" })
		page = last
		return cpu, err
	})
	if err != nil {
		return 0, err
	}
	if checked {
		return ratio, c.keys.check(page, 0, memoryURL+"/saml/metadata")
	}
	return ratio, nil
}
