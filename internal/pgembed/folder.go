package pgembed

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// freeNeeded is the disk space that making a cluster takes, with room for the
// first days of write-ahead log. Bytes.
const freeNeeded = 200 << 20

// prepareFolder makes the data folder where it is missing.
func prepareFolder(data string) (paths, error) {
	p, err := resolveFolder(data)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeFolder(p.data); err == nil {
			p, err = resolveFolder(p.data)
		}
	}
	if err != nil {
		return p, ownership(p.data, err)
	}
	return p, tighten(p.data)
}

// resolveFolder answers the names of the data folder with every symbolic link
// resolved, as the kernel reports them; unresolved with an error.
func resolveFolder(data string) (paths, error) {
	if data == "" {
		data = DefaultDataDir()
	}
	data, err := filepath.Abs(data)
	if err != nil {
		return pathsIn(data), err
	}
	resolved, err := filepath.EvalSymlinks(data)
	if err != nil {
		return pathsIn(data), err
	}
	return pathsIn(resolved), nil
}

// makeFolder leaves parents open to walk through: the server may run as another
// user than we do. What is inside is protected by the folder itself.
func makeFolder(data string) error {
	if err := os.MkdirAll(filepath.Dir(data), 0o755); err != nil {
		return err
	}
	err := os.Mkdir(data, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// tighten takes write permission from everybody else, where the folder is ours
// alone. A shared folder such as /tmp is refused and left as it is.
func tighten(data string) error {
	info, err := os.Stat(data)
	if err != nil {
		return err
	}
	switch {
	case !info.IsDir():
		return fmt.Errorf("%s is not a folder: set LANYARD_DATA_DIR to a folder", data)
	case info.Mode()&os.ModeSticky != 0:
		return fmt.Errorf("%s is a folder shared by all users: set LANYARD_DATA_DIR to a folder of its own", data)
	case info.Mode().Perm()&0o022 == 0:
		return nil
	case ownerOf(info) != os.Geteuid():
		return ownership(data, fs.ErrPermission)
	}
	return os.Chmod(data, info.Mode().Perm()&^0o077)
}

// tightenCluster gives pgdata the mode that the server insists on.
func tightenCluster(pgdata string) error {
	info, err := os.Stat(pgdata)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return ownership(pgdata, err)
	}
	if info.Mode().Perm()&0o027 == 0 {
		return nil
	}
	if err := os.Chmod(pgdata, 0o700); err != nil {
		return ownership(pgdata, err)
	}
	return nil
}

// ownership turns "permission denied" into who owns the folder and who we are.
func ownership(path string, cause error) error {
	if !errors.Is(cause, fs.ErrPermission) {
		return cause
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%s cannot be used by %s: %w; set LANYARD_DATA_DIR to a folder that can", path, userName(os.Geteuid()), cause)
	}
	return fmt.Errorf("%s belongs to %s and this is %s: run as the owner, or set LANYARD_DATA_DIR (%w)",
		path, userName(ownerOf(info)), userName(os.Geteuid()), cause)
}

func ownerOf(info os.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Uid) }
func groupOf(info os.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Gid) }

func userName(uid int) string {
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return fmt.Sprintf("uid %d", uid)
	}
	return fmt.Sprintf("%s (uid %d)", u.Username, uid)
}

// checkSpace looks before initdb does: a full disk aborts it half-way.
func checkSpace(dir string) error {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return fmt.Errorf("free space of %s: %w", dir, err)
	}
	return enough(dir, uint64(stat.Bavail)*uint64(stat.Bsize))
}

func enough(dir string, free uint64) error {
	if free >= freeNeeded {
		return nil
	}
	return fmt.Errorf("%s has %d MB free and a new database needs %d MB: free some space or set LANYARD_DATA_DIR", dir, free>>20, freeNeeded>>20)
}
