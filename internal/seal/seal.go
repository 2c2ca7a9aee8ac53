// Package seal keeps secrets unreadable at rest: AES-256-GCM with a key that is never in the database. Each secret is
// bound to the table, row and column it stands in, so that moving a sealed value elsewhere makes it useless.
//
// It refuses to print a key, and to open what is not in its place.
package seal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// Sealer seals and opens. It is safe for concurrent use and prints as "redacted".
type Sealer struct{ keys tink.AEAD }

// String keeps keys out of logs.
func (Sealer) String() string { return "redacted" }

// GoString keeps keys out of %#v.
func (Sealer) GoString() string { return "redacted" }

// Generate makes a keyset with one AES-256-GCM key, as JSON. Whoever has it can open every sealed secret.
func Generate() ([]byte, error) {
	h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make a master key: %w", err)
	}
	return write(h)
}

// Rotate adds a new key to a keyset and makes it the one that seals; the older keys go on opening.
func Rotate(jsonKeyset []byte) ([]byte, error) {
	h, err := read(jsonKeyset)
	if err != nil {
		return nil, err
	}
	m := keyset.NewManagerFromHandle(h)
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("add a master key: %w", err)
	}
	if err := m.SetPrimary(id); err != nil {
		return nil, fmt.Errorf("promote the new master key: %w", err)
	}
	if h, err = m.Handle(); err != nil {
		return nil, fmt.Errorf("rotate the master key: %w", err)
	}
	return write(h)
}

// Parse makes a Sealer of a keyset. Its errors never quote the text, which is a secret.
func Parse(jsonKeyset []byte) (*Sealer, error) {
	h, err := read(jsonKeyset)
	if err != nil {
		return nil, err
	}
	keys, err := aead.New(h)
	if err != nil {
		return nil, unreadable()
	}
	return &Sealer{keys}, nil
}

// Seal makes plain unreadable and binds it to its place. Two calls never answer the same.
func (s *Sealer) Seal(plain []byte, table, row, column string) ([]byte, error) {
	sealed, err := s.keys.Encrypt(plain, place(table, row, column))
	if err != nil {
		return nil, fmt.Errorf("seal %s.%s: %w", table, column, err)
	}
	return sealed, nil
}

// Open answers what Seal was given. It fails when no key of the keyset fits, or the value was made for another place.
func (s *Sealer) Open(sealed []byte, table, row, column string) ([]byte, error) {
	plain, err := s.keys.Decrypt(sealed, place(table, row, column))
	if err != nil {
		return nil, fmt.Errorf("open %s.%s of row %s: no key of the keyset opens it", table, column, row)
	}
	return plain, nil
}

// place writes lengths, so that no two places read the same.
func place(table, row, column string) []byte {
	var b strings.Builder
	for _, s := range []string{table, row, column} {
		fmt.Fprintf(&b, "%d:%s,", len(s), s)
	}
	return []byte(b.String())
}

// read parses once by hand before: the reader of the library ignores what follows the JSON value.
func read(jsonKeyset []byte) (*keyset.Handle, error) {
	if !json.Valid(jsonKeyset) {
		return nil, unreadable()
	}
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(jsonKeyset)))
	if err != nil {
		return nil, unreadable()
	}
	return h, nil
}

func write(h *keyset.Handle) ([]byte, error) {
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(io.Writer(&b))); err != nil {
		return nil, fmt.Errorf("write the keyset: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func unreadable() error {
	return fault.Field("LANYARD_KEYSET", "The keyset cannot be read: it is the JSON text that `lanyard keyset create` prints. Give that text, or its file by LANYARD_KEYSET_FILE.")
}
