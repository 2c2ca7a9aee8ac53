package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// cost is what one argon2id computation takes (RFC 9106 §3.1). Memory is in KiB.
type cost struct {
	memory, time uint32
	threads      uint8
}

// today is OWASP's second choice: 19 MiB, two passes, one lane; about 26 ms of one core.
var today = cost{memory: 19 * 1024, time: 2, threads: 1}

const (
	saltSize = 16
	keySize  = 32
)

// stored is a password hash as it is kept.
type stored struct {
	cost
	salt, key []byte
}

// newStored derives a fresh hash of password.
func newStored(c cost, password string) stored {
	s := stored{cost: c, salt: make([]byte, saltSize)}
	rand.Read(s.salt)
	s.key = s.derive(password, keySize)
	return s
}

// nobody is a hash that no password has; checking against it costs the same as checking any other.
func nobody(c cost) stored {
	s := stored{cost: c, salt: make([]byte, saltSize), key: make([]byte, keySize)}
	rand.Read(s.salt)
	rand.Read(s.key)
	return s
}

func (s stored) derive(password string, size int) []byte {
	return argon2.IDKey([]byte(normal(password)), s.salt, s.time, s.memory, s.threads, uint32(size))
}

// matches compares in constant time.
func (s stored) matches(password string) bool {
	return subtle.ConstantTimeCompare(s.key, s.derive(password, len(s.key))) == 1
}

// needsRehash says that the hash was made at another cost than today's.
func (s stored) needsRehash(today cost) bool {
	return s.cost != today || len(s.salt) != saltSize || len(s.key) != keySize
}

// String is the PHC form: $argon2id$v=19$m=19456,t=2,p=1$salt$key, both in base64 without padding.
func (s stored) String() string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, s.memory, s.time, s.threads, b64(s.salt), b64(s.key))
}

var errHash = errors.New("stored password hash cannot be read")

// parseStored reads the PHC form. It refuses costs that would let one row of the database stop the service.
func parseStored(text string) (stored, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return stored{}, errHash
	}
	var s stored
	if _, err := fmt.Sscanf(parts[3]+"\n", "m=%d,t=%d,p=%d\n", &s.memory, &s.time, &s.threads); err != nil {
		return stored{}, errHash
	}
	var saltErr, keyErr error
	s.salt, saltErr = base64.RawStdEncoding.Strict().DecodeString(parts[4])
	s.key, keyErr = base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if saltErr != nil || keyErr != nil || !s.reasonable() {
		return stored{}, errHash
	}
	return s, nil
}

func (s stored) reasonable() bool {
	return s.memory >= 8 && s.memory <= 256*1024 && s.time >= 1 && s.time <= 16 && s.threads >= 1 && s.threads <= 16 &&
		len(s.salt) >= 8 && len(s.salt) <= 64 && len(s.key) >= 16 && len(s.key) <= 64
}
