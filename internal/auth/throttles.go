package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/session"
)

// The throttles. An account stands ten wrong passwords and then one every 5 s, 10 s … 15 min: about a hundred guesses
// a day. An address stands thirty, for an office behind one address, and then one every 1 s … 1 min. A browser at which the
// person signed in before has a count of its own, and only that one, so that nobody can lock its owner out from elsewhere. That
// count is the person's at the browser and goes on when the browser's secret changes: others who sign in there as themselves
// change the secret, and must not get fresh guesses by it.
func throttles(c session.Credential, a Attempt) []session.Throttle {
	account := session.Throttle{
		Key: accountKey(c.Name), Free: 10, FirstWait: 5 * time.Second, MaxWait: 15 * time.Minute, Forgive: time.Hour, Clears: true,
	}
	if !c.KnownSince.IsZero() {
		account.Key = "device:" + digest(fmt.Sprintf("%s %d", c.User.ID, c.KnownSince.UnixMicro()))
		return []session.Throttle{account}
	}
	address := session.Throttle{
		Key: addressKey(a.Address), Free: 30, FirstWait: time.Second, MaxWait: time.Minute, Forgive: 30 * time.Second,
	}
	return []session.Throttle{account, address}
}

// accountKey is of the name that matched, or of what a stranger typed: a stranger's count shows the same as anybody's, and
// two names of one person do not give each other away. It is a digest, since people type passwords into the wrong field.
func accountKey(name string) string { return "account:" + digest(strings.ToLower(name)) }

// AccountKeys are the counts of a person; to clear them lets the person try again at once.
func AccountKeys(u directory.User) []string {
	return []string{accountKey(u.UserName), accountKey(u.Email)}
}

func digest(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:16])
}

// addressKey takes a /64 of IPv6 as one: that is what a home or a rented server gets. All that is no address is one too.
func addressKey(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return "address:unknown"
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return "address:" + a.String()
	}
	p, _ := a.Prefix(64) // 64 bits fit an IPv6 address
	return "address:" + p.String()
}
