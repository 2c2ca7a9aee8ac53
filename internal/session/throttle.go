package session

import "time"

// Throttle says how fast wrong answers under one key may follow each other: Free of them without waiting, then a wait
// that doubles from FirstWait to MaxWait. One failure is forgiven for every Forgive that passes without another.
type Throttle struct {
	Key       string // what is counted, for example "account:<hash>"; never a text that a person typed
	Free      int
	FirstWait time.Duration
	MaxWait   time.Duration
	Forgive   time.Duration
	// Clears: a right answer wipes the count out. Otherwise it only takes itself back.
	Clears bool
}

// Try is one attempt that was let through and counted as a failure before its outcome is known, so that parallel tries
// cannot outrun the count.
type Try struct {
	Throttle Throttle
	Count    int // failures including this one
}

// Block is a throttle that lets nothing through until Until; Refused counts the tries turned away since it began.
type Block struct {
	Key     string
	Until   time.Time
	Refused int
}
