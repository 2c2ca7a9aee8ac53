package auth

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// Bounds of the password work of one process. A hash takes 19 MiB and a core for 26 ms, as long as 27 signatures: without
// bounds a storm of sign-ins would starve everybody who is signed in already.
const (
	maxWaiting = 256
	maxWait    = 8 * time.Second
	busyFor    = 5 * time.Second // what a person who was turned away is asked to wait
)

// Hasher does the password work, on half of the cores at most. One for the process.
type Hasher struct {
	cost     cost
	slots    chan struct{}
	waiting  atomic.Int64
	stranger stored       // checked for people who have no password
	runs     atomic.Int64 // argon2id computations so far
}

// NewHasher makes a Hasher for the cores that this process may use.
func NewHasher() *Hasher { return newHasher(today) }

func newHasher(c cost) *Hasher {
	return &Hasher{cost: c, slots: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)), stranger: nobody(c)}
}

// enter waits for a turn; the caller gives it back with leave. When too many wait already, or the turn takes too long, it
// answers Refused with fault.Unavailable.
func (h *Hasher) enter(ctx context.Context) error {
	if h.waiting.Add(1) > maxWaiting {
		h.waiting.Add(-1)
		return busy()
	}
	defer h.waiting.Add(-1)
	timeout := time.NewTimer(maxWait)
	defer timeout.Stop()
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-timeout.C:
		return busy()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *Hasher) leave() { <-h.slots }

func busy() error {
	return &Refused{Wait: busyFor, Fault: fault.New(fault.Unavailable, "Too many people are signing in at this moment. Please try again in a few seconds.")}
}

// Hash makes the hash of a password that a person may choose (see CheckPassword), in its turn.
func (h *Hasher) Hash(ctx context.Context, password string, about ...string) (string, error) {
	if err := CheckPassword(password, about...); err != nil {
		return "", err
	}
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	return h.hash(password), nil
}

// hash needs a turn.
func (h *Hasher) hash(password string) string {
	h.runs.Add(1)
	return newStored(h.cost, password).String()
}

// matches needs a turn. It is the same work whether the hash is good, bad or missing.
func (h *Hasher) matches(hash, password string) (ok, needsRehash bool) {
	s, err := parseStored(hash)
	if err != nil {
		s = h.stranger
	}
	if len(password) > maxPasswordBytes {
		s, password = h.stranger, ""
	}
	h.runs.Add(1)
	ok = s.matches(password)
	return ok, ok && s.needsRehash(h.cost)
}

// HashPassword is Hash for a command, which has the process to itself.
func HashPassword(password string) (string, error) {
	return NewHasher().Hash(context.Background(), password)
}
