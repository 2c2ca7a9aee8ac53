package httpserver

import (
	"net/http"
	"net/netip"
	"strings"
)

// clientAddress is where the browser is. The chain of X-Forwarded-For is believed from the right, as long as each hop is a
// proxy that we were told to trust: whatever stands left of the first stranger was written by that stranger. An entry
// that is no address ends the walk.
func clientAddress(r *http.Request, trusted []netip.Prefix) netip.Addr {
	address := remoteAddress(r)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && within(address, trusted); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		address = plain(hop)
	}
	return address
}

// forwardedPlain says whether a trusted proxy got the request without TLS.
func forwardedPlain(r *http.Request, trusted []netip.Prefix) bool {
	return within(remoteAddress(r), trusted) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "http")
}

// remoteAddress is the other end of the connection; invalid when it is no IP address (a Unix socket).
func remoteAddress(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return plain(ap.Addr())
}

// plain writes ::ffff:192.0.2.1 as 192.0.2.1 and drops zones, so that one machine has one address.
func plain(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

func within(a netip.Addr, prefixes []netip.Prefix) bool {
	for _, p := range prefixes {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
