package postgrestest

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Leftovers younger than this may belong to somebody who is just beginning.
const (
	runAge      = time.Minute
	imageAge    = time.Hour
	databaseAge = 30 * time.Minute
)

// sweep removes the copies of test processes that are gone and images of old
// schemas. Failing to remove one is no reason to fail a test: the next run tries again.
func sweep(base, image string) {
	runs, _ := filepath.Glob(filepath.Join(base, "run-*"))
	for _, dir := range runs {
		if abandoned(dir) && !serving(dir) {
			_ = os.RemoveAll(dir)
		}
	}
	images, _ := filepath.Glob(filepath.Join(base, "img-*"))
	for _, dir := range images {
		info, err := os.Stat(dir)
		if err == nil && dir != image && time.Since(info.ModTime()) > imageAge {
			_ = os.RemoveAll(dir)
		}
	}
}

// abandoned asks the process and the lock: the process id alone may belong to
// somebody else by now, and a beginner has no lock yet.
func abandoned(dir string) bool {
	info, err := os.Stat(dir)
	young := err == nil && time.Since(info.ModTime()) < runAge
	if young && alive(strings.TrimPrefix(filepath.Base(dir), "run-")) {
		return false
	}
	f, err := os.Open(filepath.Join(dir, "service.lock"))
	if err != nil {
		return true
	}
	defer f.Close()
	return syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) == nil
}

// alive also holds for processes of other users, which may not be signalled. A
// copy named like this process was left by an earlier one.
func alive(pid string) bool {
	n, err := strconv.Atoi(pid)
	return err == nil && n != os.Getpid() && syscall.Kill(n, 0) != syscall.ESRCH
}

// serving: the server removes this file as the last thing before it ends. One
// that was killed leaves it, so its process is asked for as well.
func serving(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, "pgdata", "postmaster.pid"))
	if err != nil {
		return false
	}
	pid, _, _ := strings.Cut(string(text), "\n")
	return alive(strings.TrimSpace(pid))
}

// sweepDatabases drops what killed test processes left on a given server.
func (s *server) sweepDatabases(ctx context.Context) error {
	names, err := s.leftovers(ctx)
	for _, name := range names {
		_ = s.drop(ctx, name) // another process may sweep as well
	}
	return err
}

func (s *server) leftovers(ctx context.Context) ([]string, error) {
	rows, err := s.admin.Query(ctx, `
		select datname from pg_database d
		where datname like 'lanyard\_test\_%'
		  and split_part(datname, '_', 3)::bigint < extract(epoch from now()) - $1
		  and not exists (select from pg_stat_activity a where a.datname = d.datname)`,
		databaseAge.Seconds())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
