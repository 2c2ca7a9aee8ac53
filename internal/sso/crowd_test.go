package sso

import (
	"fmt"
	"testing"

	"golang.org/x/time/rate"
)

func TestOneAddressDoesNotTakeThePlacesOfOthers(t *testing.T) {
	c := &Crowd{All: rate.NewLimiter(0, 10), Burst: 3}
	allowed := func(address string, n int) (got int) {
		for range n {
			if c.Allow(address) {
				got++
			}
		}
		return got
	}
	for _, step := range []struct {
		address string
		want    int
	}{
		{"192.0.2.1", 3},
		{"::ffff:192.0.2.1", 0}, // the same, written otherwise
		{"2001:db8::1", 3},      // another
		{"2001:db8::2", 0},      // the same network
		{"2001:db8:0:1::1", 3},  // another network
		{"no address", 1},       // the last of all ten
		{"203.0.113.9", 0},      // all are gone
	} {
		if got := allowed(step.address, 5); got != step.want {
			t.Errorf("OPS-01 %s: %d of 5, want %d", step.address, got, step.want)
		}
	}
	t.Run("OPS-02 the memory of addresses is bounded", func(t *testing.T) {
		c := &Crowd{All: rate.NewLimiter(rate.Inf, 1), Burst: 1}
		for i := range 3 * maxAddresses {
			c.Allow(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255))
		}
		if len(c.each) > maxAddresses {
			t.Errorf("%d addresses", len(c.each))
		}
	})
	var none *Crowd
	if !none.Allow("192.0.2.1") {
		t.Error("no Crowd, yet a bound")
	}
}
