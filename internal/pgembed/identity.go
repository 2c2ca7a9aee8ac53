package pgembed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
)

// identity is the operating system user that the server runs as. PostgreSQL
// refuses root, so root hands the server to the user "postgres" that every
// distribution package makes, or, where that cannot be, hides behind a user
// namespace in which root looks like somebody else.
type identity struct {
	uid, gid  int
	drop      bool // we are root and the server is uid
	namespace bool // we are root and the server only believes not to be
}

// chooseIdentity picks the user for a data folder. An existing cluster decides
// by its owner; a new one takes the first way that works.
func chooseIdentity(ctx context.Context, p paths, prog programs) (identity, error) {
	self := identity{uid: os.Geteuid(), gid: os.Getegid()}
	info, err := os.Stat(p.pgdata)
	made := err == nil
	switch {
	case made && self.uid != 0 && ownerOf(info) != self.uid:
		return identity{}, ownership(p.pgdata, fs.ErrPermission)
	case self.uid != 0:
		return self, probe(ctx, self, p, prog)
	case made && ownerOf(info) == 0:
		return inNamespace(ctx, p, prog, errors.New("the database files belong to root"))
	}
	server, err := postgresUser()
	if err != nil {
		return inNamespace(ctx, p, prog, err)
	}
	if made && ownerOf(info) != server.uid {
		return identity{}, ownership(p.pgdata, fs.ErrPermission)
	}
	if err = letIn(server, p.data); err == nil {
		err = probe(ctx, server, p, prog)
	}
	if err == nil || made {
		return server, err
	}
	return inNamespace(ctx, p, prog, err)
}

func postgresUser() (identity, error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		return identity{}, errors.New(`there is no user "postgres" to run the server as`)
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	return identity{uid: uid, gid: gid, drop: true}, errors.Join(err1, err2)
}

// letIn lets the server's group walk through the data folder, and nothing more.
// Somebody's home is never opened: its path goes to the namespace instead.
func letIn(server identity, data string) error {
	info, err := os.Stat(data)
	if err != nil || canEnter(info, server) || ownerOf(info) != os.Geteuid() || data == home() {
		return err
	}
	if err := os.Chown(data, -1, server.gid); err != nil {
		return err
	}
	return os.Chmod(data, info.Mode().Perm()&0o707|0o010)
}

// inNamespace is the last resort; why is the reason that the better way failed.
func inNamespace(ctx context.Context, p paths, prog programs, why error) (identity, error) {
	id := identity{namespace: true}
	if err := probe(ctx, id, p, prog); err != nil {
		return identity{}, fmt.Errorf("PostgreSQL refuses to run as root, and %w; a user namespace was tried too: %w", why, err)
	}
	return id, nil
}

// probe runs the programs as the server will run: as that user, in that folder.
func probe(ctx context.Context, id identity, p paths, prog programs) error {
	cmd := exec.CommandContext(ctx, prog.initdb(), "--version")
	cmd.Dir, cmd.SysProcAttr = p.data, id.attributes(syscall.SIGKILL)
	out, err := runLocked(cmd)
	if err == nil {
		return nil
	}
	// The kernel names the program even when the working folder is at fault.
	for _, dir := range []string{p.data, prog.dir} {
		if shut := shutFolder(dir, id); shut != "" {
			return fmt.Errorf("%s cannot be reached by %s, who may not enter %s: move the data folder, for example LANYARD_DATA_DIR=/var/lib/lanyard",
				dir, userName(id.uid), shut)
		}
	}
	return fmt.Errorf("%s does not run: %w %s", prog.initdb(), err, out)
}

// shutFolder names the first parent that id may not enter, "" when it may enter all.
func shutFolder(dir string, id identity) string {
	if parent := filepath.Dir(dir); parent != dir {
		if shut := shutFolder(parent, id); shut != "" {
			return shut
		}
	}
	info, err := os.Stat(dir)
	if err == nil && canEnter(info, id) {
		return ""
	}
	return dir
}

func canEnter(info os.FileInfo, id identity) bool {
	mode := info.Mode().Perm()
	switch {
	case ownerOf(info) == id.uid:
		return mode&0o100 != 0
	case groupOf(info) == id.gid:
		return mode&0o010 != 0
	}
	return mode&0o001 != 0
}

// give hands a path to the server's user.
func (id identity) give(path string) error {
	if !id.drop {
		return nil
	}
	return os.Lchown(path, id.uid, id.gid)
}

// runLocked keeps the thread that forks until the child is done: the death
// signal of the child follows that thread, not the process.
func runLocked(cmd *exec.Cmd) ([]byte, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return cmd.CombinedOutput()
}
