package gallery

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

//go:embed apps/*.json
var files embed.FS

const maxFile = 256 << 10 // bytes of one file; the longest of ours has some 10 KB

// Load answers the embedded gallery by name. The files are read and checked once; do not change what they became.
var Load = sync.OnceValues(func() ([]Template, error) {
	all, err := readAll(files, "apps")
	if err != nil {
		return nil, err
	}
	return all, unique(all)
})

// readAll reads every file of a folder; one error names all that is wrong.
func readAll(from fs.FS, dir string) ([]Template, error) {
	names, err := fs.Glob(from, path.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	var all []Template
	var wrong []error
	for _, name := range names {
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, err
		}
		t, err := Parse(path.Base(name), text)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		all = append(all, t)
	}
	byName(all)
	return all, errors.Join(wrong...)
}

func byName(all []Template) {
	slices.SortFunc(all, func(a, b Template) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
}

// Parse reads one file and checks every rule of the format; the error has a line for each that is broken.
func Parse(file string, text []byte) (Template, error) {
	if len(text) > maxFile {
		return Template{}, broken(file, "has %d bytes; %d is the most", len(text), maxFile)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var t Template
	if err := d.Decode(&t); err != nil {
		return Template{}, broken(file, "%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); err != io.EOF {
		return Template{}, broken(file, "holds more than one object")
	}
	if t.ID+".json" != file {
		return Template{}, broken(file, "id: is %q; it has to be the name of the file without .json", t.ID)
	}
	if problems := t.check(); len(problems) > 0 {
		return Template{}, broken(file, "%s", strings.Join(problems, "\n"+file+": "))
	}
	return t, nil
}

func broken(file, format string, args ...any) error {
	return &fault.Error{Kind: fault.Invalid, Field: file, Message: file + ": " + fmt.Sprintf(format, args...)}
}

// unique refuses two files that people could not tell apart.
func unique(all []Template) error {
	owner := map[string]string{}
	for i := range all {
		t := &all[i]
		for _, name := range slices.Concat([]string{t.Name}, t.FormerNames, t.Aliases) {
			other, taken := owner[squash(name)]
			if taken {
				return broken(t.ID+".json", "%q is a name of %s already", name, other)
			}
			owner[squash(name)] = t.ID
		}
	}
	return nil
}

// ByID finds a template.
func ByID(all []Template, id string) (*Template, error) {
	for i := range all {
		if all[i].ID == id {
			return &all[i], nil
		}
	}
	return nil, &fault.Error{Kind: fault.NotFound, Field: "template", Message: fmt.Sprintf("There is no app %q in the gallery. lanyard app templates %s searches it.", id, id)}
}
