package auth

import "context"

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
