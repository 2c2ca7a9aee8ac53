package postgrestest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/lanyard-idp/lanyard/internal/pgembed"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

// imageHash changes with everything that the image depends on.
func imageHash() string {
	h := sha256.New()
	fmt.Fprintln(h, pgembed.Installed(os.Getenv("LANYARD_PG_BIN")), settings, initdbFlags, postgres.MigrationsHash())
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// baseFolder holds the images and the running copies of this user. Memory is
// preferred: a test writes much that nobody reads again.
func baseFolder() (string, error) {
	parent := os.TempDir()
	if roomy("/dev/shm") {
		parent = "/dev/shm"
	}
	base := filepath.Join(parent, fmt.Sprintf("lanyard-test-%d", os.Geteuid()))
	if err := os.Mkdir(base, 0o711); err != nil && !os.IsExist(err) {
		return "", err
	}
	info, err := os.Lstat(base)
	if err != nil {
		return "", err
	}
	if !info.IsDir() || int(info.Sys().(*syscall.Stat_t).Uid) != os.Geteuid() {
		return "", fmt.Errorf("%s is in the way: it should be a folder of this user; remove it", base)
	}
	return base, os.Chmod(base, 0o711)
}

// roomy: 1 GiB free is enough for the copies that run at once.
func roomy(dir string) bool {
	var stat syscall.Statfs_t
	return syscall.Statfs(dir, &stat) == nil && uint64(stat.Bavail)*uint64(stat.Bsize) >= 1<<30 &&
		syscall.Access(dir, 2 /* W_OK */) == nil
}

// copyTree keeps modes and owners, without which the server refuses the files.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		return copyEntry(path, filepath.Join(to, rel), info)
	})
}

func copyEntry(from, to string, info fs.FileInfo) error {
	var err error
	switch {
	case info.IsDir():
		err = os.Mkdir(to, info.Mode().Perm())
	case info.Mode().IsRegular():
		err = copyFile(from, to, info.Mode().Perm())
	default:
		return nil // no links or sockets are in a stopped cluster
	}
	if err != nil || os.Geteuid() != 0 {
		return err
	}
	stat := info.Sys().(*syscall.Stat_t)
	return os.Lchown(to, int(stat.Uid), int(stat.Gid))
}

func copyFile(from, to string, mode fs.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// lockFile waits for its turn among the test processes of this user.
func lockFile(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

// touch marks the image as used, for the sweep.
func touch(path string) error { return os.Chtimes(path, time.Now(), time.Now()) }
