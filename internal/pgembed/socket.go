package pgembed

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

const (
	socketName = ".s.PGSQL.5432"
	// maxSocketPath is the shorter of the limits of Linux (107) and macOS (103). Bytes.
	maxSocketPath = 103
)

// socketFolder is <data>/run, or a short name elsewhere when the path would not
// fit into a socket address or PostgreSQL would read it as a list.
func socketFolder(p paths, id identity) string {
	if usable(p.run) {
		return p.run
	}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" && !id.drop {
		if dir = filepath.Join(dir, "lanyard-"+shortHash(p.data)); usable(dir) && isFolder(filepath.Dir(dir)) {
			return dir
		}
	}
	return fmt.Sprintf("/tmp/lanyard-%d-%s", id.uid, shortHash(p.data))
}

func usable(dir string) bool {
	return len(dir)+1+len(socketName) <= maxSocketPath &&
		!strings.ContainsAny(dir, ",\"") && strings.TrimSpace(dir) == dir
}

func isFolder(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir()
}

func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:4])
}

// makeSocketFolder checks the owner of what is there: in /tmp somebody else may
// have made the folder first, and would then own our database.
func makeSocketFolder(dir string, id identity) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if owner := ownerOf(info); !info.IsDir() || owner != id.uid && owner != os.Geteuid() {
		return fmt.Errorf("%s is in the way: it belongs to %s and should be a folder of %s; remove it", dir, userName(ownerOf(info)), userName(id.uid))
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return err
	}
	return id.give(dir)
}

// dsn names everything that the environment (PGPORT, PGHOST, …) could change. A
// space is %20: in these URLs "+" is a plus.
func dsn(socketFolder, database string) string {
	values := url.Values{"host": {socketFolder}, "port": {"5432"}, "sslmode": {"disable"}}
	return "postgres://" + databaseUser + "@/" + database + "?" + strings.ReplaceAll(values.Encode(), "+", "%20")
}
