package outgoing

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
)

// errForbidden is for the log; people read errUnreachable.
var errForbidden = errors.New("outgoing: this address is not allowed")

// control is called with each address right before connecting to it, after all name resolution: there is no moment in
// between in which a name could change its meaning.
func (c *Client) control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("outgoing: %q: %w", address, err)
	}
	if !c.permits(to.Addr()) {
		return fmt.Errorf("%w: %s", errForbidden, to.Addr())
	}
	return nil
}

var (
	// private is address space of organisations.
	private = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")

	// global is where the rest of the world lives, but for special: this network, link-local (where clouds keep their
	// credentials), benchmarks, documentation, multicast, and wrappings of IPv4 (NAT64 lies outside of 2000::/3). See the
	// IANA registries of special-purpose addresses.
	global  = prefixes("0.0.0.0/0", "2000::/3")
	special = prefixes("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// permits says whether we may connect to an address. An IPv4 address inside of an IPv6 one counts as what it is.
func (c *Client) permits(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	switch {
	case a.IsLoopback():
		return c.AllowLoopback
	case in(private, a):
		return c.InsecureAllowPrivate
	}
	return in(global, a) && !in(special, a)
}

func in(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
