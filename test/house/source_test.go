package house

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/lanyard-idp/lanyard"

// file is one Go file of the repository, read up to its imports.
type file struct {
	path  string // from the root of the repository
	room  string // "auth" for internal/auth, else the folder
	lines int
	*ast.File
}

// roomOf answers the room of a package of ours, by its import path.
func roomOf(importPath string) (room string, ours bool) {
	room, ours = strings.CutPrefix(importPath, module+"/")
	return strings.TrimPrefix(room, "internal/"), ours
}

func (f file) test() bool { return strings.HasSuffix(f.path, "_test.go") }

func (f file) imports() []string {
	var paths []string
	for _, spec := range f.Imports {
		path, _ := strconv.Unquote(spec.Path.Value) // the parser has read it
		paths = append(paths, path)
	}
	return paths
}

// program is what is built and shipped, and postgrestest: neither tests nor the programs that run them.
func program(t *testing.T) []file {
	t.Helper()
	var files []file
	for _, f := range source(t) {
		if !f.test() && !strings.HasPrefix(f.path, "test/") {
			files = append(files, f)
		}
	}
	return files
}

func source(t *testing.T) []file {
	t.Helper()
	files, err := read()
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 100 {
		t.Fatalf("found only %d files: this test shows nothing", len(files))
	}
	return files
}

var read = sync.OnceValues(func() (files []file, err error) {
	root := os.DirFS(filepath.Join("..", ".."))
	err = fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && notOurs(name):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		f, err := readFile(root, name)
		files = append(files, f)
		return err
	})
	return files, err
})

// notOurs are folders that hold no source of this repository: what git ignores, and what go ignores.
func notOurs(name string) bool {
	switch base := path.Base(name); base {
	case ".":
		return false
	case "testdata", "node_modules":
		return true
	default:
		return name == "tmp" || name == "bin" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")
	}
}

func readFile(root fs.FS, name string) (file, error) {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return file{}, err
	}
	tree, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly|parser.ParseComments)
	room, _ := roomOf(module + "/" + path.Dir(name))
	return file{path: name, room: room, lines: bytes.Count(text, []byte("\n")), File: tree}, err
}
