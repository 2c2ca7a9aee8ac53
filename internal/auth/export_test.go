package auth

import (
	"context"

	"github.com/lanyard-idp/lanyard/internal/session"
)

// Matches is what a sign-in does in its turn.
func (h *Hasher) Matches(hash, password string) (ok, needsRehash bool) {
	return h.matches(hash, password)
}

// Runs counts the argon2id computations so far.
func (h *Hasher) Runs() int64 { return h.runs.Load() }

// Enter and Leave hold a turn.
func (h *Hasher) Enter(ctx context.Context) error { return h.enter(ctx) }

// Leave gives a turn back.
func (h *Hasher) Leave() { h.leave() }

// Turns is how many computations run at once.
func (h *Hasher) Turns() int { return cap(h.slots) }

// Waiting is how many wait for a turn.
func (h *Hasher) Waiting() int64 { return h.waiting.Load() }

// MaxWaiting bounds Waiting.
const MaxWaiting = maxWaiting

// NewCheapHasher computes argon2id at a cost that suits thousands of sign-ins in a test.
func NewCheapHasher() *Hasher { return newHasher(cost{memory: 64, time: 1, threads: 1}) }

// HashAtOtherCost is a hash of before the cost was raised.
func HashAtOtherCost(password string) string {
	return newStored(cost{memory: 128, time: 2, threads: 1}, password).String()
}

// RunOnce is one sweep.
func (s *Sweeper) RunOnce(ctx context.Context) error { return s.runOnce(ctx) }

// AccountThrottle and AddressThrottle are those of a stranger.
func AccountThrottle() session.Throttle { return throttles(session.Credential{}, Attempt{})[0] }

// AddressThrottle see AccountThrottle.
func AddressThrottle() session.Throttle { return throttles(session.Credential{}, Attempt{})[1] }

// AddressKey is what an address is counted under.
var AddressKey = addressKey
