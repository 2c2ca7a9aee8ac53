package sso

import (
	"net/netip"
	"sync"

	"golang.org/x/time/rate"
)

// Crowd bounds what people who have not signed in may cause, since anybody may send an unsigned request: all of them
// together, and each address by itself, so that one of them does not take the places of the others. A nil Crowd bounds
// nothing.
type Crowd struct {
	All       *rate.Limiter
	PerSecond rate.Limit // of one address; 0 with Burst 0 means that only All counts
	Burst     int

	mu   sync.Mutex
	each map[netip.Prefix]*rate.Limiter
}

// maxAddresses bounds the memory that counting takes. When it is reached, counting begins anew; All still holds.
const maxAddresses = 10_000

// Allow takes one place for this address.
func (c *Crowd) Allow(address string) bool {
	return c == nil || c.one(address).Allow() && c.All.Allow()
}

func (c *Crowd) one(address string) *rate.Limiter {
	if c.Burst == 0 {
		return rate.NewLimiter(rate.Inf, 1)
	}
	key := network(address)
	c.mu.Lock()
	defer c.mu.Unlock()
	l, ok := c.each[key]
	if !ok {
		if c.each == nil || len(c.each) >= maxAddresses {
			c.each = map[netip.Prefix]*rate.Limiter{}
		}
		l = rate.NewLimiter(c.PerSecond, c.Burst)
		c.each[key] = l
	}
	return l
}

// network takes a /64 of IPv6 as one address: that is what a home or a rented server gets.
func network(address string) netip.Prefix {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	bits := 32
	if a = a.Unmap(); a.Is6() {
		bits = 64
	}
	p, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
