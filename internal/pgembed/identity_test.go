package pgembed

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is an ordinary user that every system has.
const nobody = 65534

// userMatters are tests that root also runs as an ordinary user.
const userMatters = "ColdStart|OnlyTheOwner|OddPaths|SecondService|CommandUses|StaleLock|Orphan|KilledServer|HalfMade|OpenToAll|AnotherUser|ClosedParent"

func TestOrdinaryUserHasAWorkingServiceToo(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		mustStart(t, careless(warmFolder(t)))
		return
	}
	dir := folder(t)
	binary := filepath.Join(dir, "pgembed.test")
	if out, err := exec.Command("cp", os.Args[0], binary).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	cmd := exec.Command(binary, "-test.v", "-test.run="+userMatters, "-test.timeout=5m")
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "TMPDIR=" + os.TempDir(), "LANYARD_PG_BIN=" + binDir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestColdStart") {
		t.Fatalf("as uid %d: %v\n%s", nobody, err, lastLines(string(out), 60))
	}
}

// Where user namespaces are allowed the service starts; elsewhere it says which
// folder is shut.
func TestFolderUnderAClosedParent(t *testing.T) {
	t.Parallel()
	closed := closedFolder(t)
	data := filepath.Join(closed, "data")
	c, err := Start(ctx, careless(data))
	if err != nil {
		wantError(t, err, "may not enter "+closed, "LANYARD_DATA_DIR=/var/lib/lanyard", "user namespace")
		return
	}
	if got := query[string](t, c.DSN(), `select current_database()`); got != "lanyard" {
		t.Fatalf("got %q", got)
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if m := mode(t, closed); m != 0o700 {
		t.Errorf("the parent's mode was changed to %o", m)
	}
	mustStart(t, careless(data)) // warm
}

// closedFolder only lets its owner in, like /root.
func closedFolder(t *testing.T) string {
	t.Helper()
	closed := filepath.Join(folder(t), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	return closed
}

func TestClosedParentIsNamed(t *testing.T) {
	t.Parallel()
	base := folder(t)
	dir := filepath.Join(base, "open", "closed", "open")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	stranger := identity{uid: 4242, gid: 4242}
	if shut := shutFolder(dir, stranger); shut != "" {
		t.Errorf("%s counts as closed", shut)
	}
	closed := filepath.Join(base, "open", "closed")
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	if shut := shutFolder(dir, stranger); shut != closed {
		t.Errorf("got %q, want %q", shut, closed)
	}
}

func TestClusterOfAnotherUserNamesOwnerAndOurselves(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 { // cannot give files away; the folder /proc/1 always belongs to root
		wantError(t, ownership("/proc/1", fs.ErrPermission), "belongs to root (uid 0)", "run as the owner", "LANYARD_DATA_DIR")
		return
	}
	data := warmFolder(t)
	if out, err := exec.Command("chown", "-R", "4242", filepath.Join(data, "pgdata")).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	_, err := Start(ctx, careless(data))
	wantError(t, err, "pgdata belongs to uid 4242", "this is root (uid 0)", "LANYARD_DATA_DIR")
}

func TestGroupDecidesWhoMayEnter(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), "dir")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o710); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !canEnter(info, identity{uid: 4242, gid: groupOf(info)}) || canEnter(info, identity{uid: 4242, gid: 4242}) {
		t.Error("0710 must let in the group and nobody else")
	}
}
