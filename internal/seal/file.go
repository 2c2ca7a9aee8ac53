package seal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ReadFile reads a keyset and makes a Sealer of it. A file that is missing is fs.ErrNotExist. Who else may read the file is
// left to whoever provides it: containers mount secrets readable for everybody inside.
func ReadFile(path string) (*Sealer, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("keyset: %w", err)
	}
	return Parse(text)
}

// MakeFile makes a new keyset file that only its owner may read. When somebody else was faster, theirs stays.
func MakeFile(path string) error {
	text, err := Generate()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".keyset-*") // 0600
	if err != nil {
		return fmt.Errorf("make the keyset file: %w", err)
	}
	defer os.Remove(f.Name())
	if err := errors.Join(writeAll(f, text), f.Close()); err != nil {
		return fmt.Errorf("write the keyset file: %w", err)
	}
	// A link fails where a file is, and is never half written.
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keep the keyset file: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}

// writeAll makes sure that the only copy of the key is on disk before anything is sealed with it.
func writeAll(f *os.File, text []byte) error {
	if _, err := f.Write(text); err != nil {
		return err
	}
	return f.Sync()
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("keep the keyset file: %w", err)
	}
	defer d.Close()
	return d.Sync()
}
