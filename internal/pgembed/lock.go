package pgembed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// holder is what a process wants the folder for.
type holder string

const (
	service holder = "service" // lives long; commands share its server
	command holder = "command" // lives for seconds; others wait for it
)

// How long a newcomer waits: for a probe of the lock to pass, and for a command to end.
const (
	waitForProbe   = 500 * time.Millisecond
	waitForCommand = 15 * time.Second
)

// owner is the content of the lock file: for people and for Running. The lock
// is the flock, never the content.
type owner struct {
	pid    string
	holder holder
	socket string // folder of the socket
}

// ownedError says that another live process owns the data folder.
type ownedError struct {
	data string
	owner
}

func (e *ownedError) Error() string {
	return fmt.Sprintf("another %s owns %s (pid %s): stop it first, or give this one its own folder with LANYARD_DATA_DIR", e.holder, e.data, e.pid)
}

type lock struct{ f *os.File }

// takeLock makes this process the owner. The kernel takes the lock back
// whenever the process ends, so a lock can never be stale.
func takeLock(ctx context.Context, path string, as holder) (*lock, error) {
	begun := time.Now()
	for {
		l, err := tryLock(path, as)
		var owned *ownedError
		if !errors.As(err, &owned) {
			return l, err
		}
		patience := waitForProbe
		if owned.holder == command {
			patience = waitForCommand
		}
		if time.Since(begun) > patience {
			return nil, err
		}
		if err := sleep(ctx, 20*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// O_NOFOLLOW: root may be working in a folder where others can write.
func tryLock(path string, as holder) (*lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, ownership(filepath.Dir(path), err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		return nil, &ownedError{filepath.Dir(path), readOwner(f)}
	}
	l := &lock{f}
	return l, l.write(owner{holder: as})
}

func (l *lock) write(o owner) error {
	text := fmt.Sprintf("%d\n%s\n%s\n", os.Getpid(), o.holder, o.socket)
	if err := l.f.Truncate(0); err != nil {
		return err
	}
	_, err := l.f.WriteAt([]byte(text), 0)
	return err
}

// release keeps the file: removing it would let two owners lock two files.
func (l *lock) release() error { return l.f.Close() }

func readOwner(f *os.File) owner {
	text, _ := io.ReadAll(io.NewSectionReader(f, 0, 4096))
	line := append(strings.Split(string(text), "\n"), "", "", "")
	o := owner{pid: line[0], holder: holder(line[1]), socket: line[2]}
	if o.holder != command {
		o.holder = service
	}
	return o
}

// currentOwner answers who holds the lock now, if anybody. The probe is a shared
// lock held for an instant, which is why takeLock tries more than once.
func currentOwner(path string) (owner, bool) {
	f, err := os.Open(path)
	if err != nil {
		return owner{}, false
	}
	defer f.Close()
	if syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) == nil {
		return owner{}, false
	}
	return readOwner(f), true
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
