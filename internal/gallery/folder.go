package gallery

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Folder is the gallery with the administrator's own files from a folder: *.json, in the same format. One of the same id
// takes the place of ours. Files are read again when they changed, so that nobody has to restart anything.
type Folder struct {
	Dir string // "" or not there: only our own files

	mu   sync.Mutex
	read map[string]reading // by file name
}

// reading is what a file was when it was read last.
type reading struct {
	changed  time.Time
	size     int64
	template Template
	err      error
}

// Templates answers all that can be used, by name. The error, if any, has a line for each file of the folder that cannot;
// the others are there all the same.
func (f *Folder) Templates() ([]Template, error) {
	ours, err := Load()
	if err != nil {
		return nil, err
	}
	own, err := f.own()
	all := slices.DeleteFunc(slices.Clone(ours), func(t Template) bool {
		return slices.ContainsFunc(own, func(o Template) bool { return o.ID == t.ID })
	})
	all = append(all, own...)
	byName(all)
	return all, err
}

func (f *Folder) own() (own []Template, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := map[string]reading{}
	for _, path := range f.paths() {
		r, err := f.look(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // gone in the meantime
		}
		now[path] = r
	}
	f.read = now
	var wrong []error
	for _, path := range f.paths() {
		switch r, ok := now[path]; {
		case !ok:
		case r.err != nil:
			wrong = append(wrong, r.err)
		default:
			own = append(own, r.template)
		}
	}
	return own, errors.Join(wrong...)
}

func (f *Folder) paths() []string {
	if f.Dir == "" {
		return nil
	}
	paths, _ := filepath.Glob(filepath.Join(f.Dir, "*.json")) // only a broken pattern is an error
	return paths
}

// look reads a file when it is new or changed.
func (f *Folder) look(path string) (reading, error) {
	info, err := os.Stat(path)
	if err != nil {
		return reading{}, err
	}
	if r, ok := f.read[path]; ok && r.changed.Equal(info.ModTime()) && r.size == info.Size() {
		return r, nil
	}
	r := reading{changed: info.ModTime(), size: info.Size()}
	if !info.Mode().IsRegular() || r.size > maxFile {
		r.err = broken(filepath.Base(path), "is no file of at most %d bytes", maxFile)
		return r, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		r.err = err
		return r, nil
	}
	r.template, r.err = Parse(filepath.Base(path), text)
	return r, nil
}
