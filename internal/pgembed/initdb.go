package pgembed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// databaseUser owns everything in the cluster. It needs no password: only the
// operating system user that owns the socket folder reaches it.
const databaseUser = "lanyard"

// initdb makes the cluster beside its final name and renames it when it is
// whole, so that a start that is killed never leaves half a cluster.
func (c *Cluster) initdb(ctx context.Context) error {
	if err := c.refuseForeignFiles(); err != nil {
		return err
	}
	if err := checkSpace(c.paths.data); err != nil {
		return err
	}
	c.log.Info("making a new database", "folder", c.paths.pgdata, "postgresql", c.programs.major)
	locale := "C.UTF-8"
	out, err := c.runInitdb(ctx, locale)
	if err != nil && strings.Contains(out, "invalid locale name") {
		locale = "C"
		out, err = c.runInitdb(ctx, locale)
	}
	if err != nil {
		return fmt.Errorf("initdb in %s: %w%s", c.paths.initing, err, explain(out))
	}
	if err := os.Rename(c.paths.initing, c.paths.pgdata); err != nil {
		return err
	}
	return syncFolder(c.paths.data)
}

// refuseForeignFiles: rename would fail on a folder with files; say it before the work.
func (c *Cluster) refuseForeignFiles() error {
	entries, err := os.ReadDir(c.paths.pgdata)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%s holds files but no PG_VERSION, so it is no PostgreSQL cluster: move it away, or restore it from a backup", c.paths.pgdata)
}

func (c *Cluster) runInitdb(ctx context.Context, locale string) (string, error) {
	if err := c.clearHalfMade(ctx); err != nil {
		return "", err
	}
	if err := os.Mkdir(c.paths.initing, 0o700); err != nil {
		return "", err
	}
	if err := c.identity.give(c.paths.initing); err != nil {
		return "", err
	}
	args := append(initdbArgs(c.programs.major, c.paths.initing, locale), c.cfg.InsecureInitdb...)
	cmd := exec.CommandContext(ctx, c.programs.initdb(), args...)
	cmd.Dir, cmd.Env = c.paths.data, c.environment()
	cmd.SysProcAttr = c.identity.attributes(syscall.SIGKILL)
	out, err := runLocked(cmd)
	return string(out), err
}

// clearHalfMade removes what a killed first start left, after its last process.
func (c *Cluster) clearHalfMade(ctx context.Context) error {
	if err := c.endProcesses(ctx, c.paths.initing, -1, []step{{syscall.SIGKILL, killPatience}}); err != nil {
		return err
	}
	return os.RemoveAll(c.paths.initing)
}

// initdbArgs spells out every default that differs between versions or depends
// on the machine. From 17 on the locale comes from PostgreSQL itself.
func initdbArgs(major int, dir, locale string) []string {
	args := []string{
		"-D", dir, "-U", databaseUser, "--auth-local=trust", "--auth-host=reject",
		"-E", "UTF8", "--data-checksums", "--no-instructions",
	}
	if major >= 17 {
		return append(args, "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
	}
	return append(args, "--locale-provider=libc", "--locale="+locale)
}

// environment keeps what a person exported (LANG, PGDATA, PGPORT, …) away from
// the server. The C locale exists on every system; databases name their own.
func (c *Cluster) environment() []string {
	return []string{"PATH=" + c.programs.dir + ":/usr/bin:/bin", "LC_ALL=C"}
}

// syncFolder makes a rename inside dir survive a power cut.
func syncFolder(dir string) error {
	f, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
