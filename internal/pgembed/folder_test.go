package pgembed

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFolderOpenToAllIsClosed(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	for _, dir := range []string{data, filepath.Join(data, "pgdata")} {
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	mustStart(t, careless(data))
	if m := mode(t, data); m&0o027 != 0 {
		t.Errorf("the data folder has mode %o", m)
	}
	if m := mode(t, filepath.Join(data, "pgdata")); m != 0o700 {
		t.Errorf("pgdata has mode %o", m)
	}
}

func TestFolderSharedByAllUsersIsRefusedUnchanged(t *testing.T) {
	t.Parallel()
	data := folder(t)
	if err := os.Chmod(data, 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	_, err := Start(ctx, careless(data))
	wantError(t, err, data, "shared by all users", "LANYARD_DATA_DIR")
	if m := mode(t, data); m != 0o777 {
		t.Errorf("the mode was changed to %o", m)
	}
}

func TestDataFolderThatIsAFileIsRefused(t *testing.T) {
	t.Parallel()
	data := filepath.Join(folder(t), "file")
	if err := os.WriteFile(data, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(ctx, careless(data))
	wantError(t, err, data, "not a folder")
}

func TestFilesThatAreNoClusterAreLeftAlone(t *testing.T) {
	t.Parallel()
	data := filepath.Join(folder(t), "data")
	file := filepath.Join(data, "pgdata", "holiday.jpg")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 { // else it counts as a cluster of root
		id, err := postgresUser()
		if err != nil {
			t.Fatal(err)
		}
		if err := id.give(filepath.Dir(file)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(ctx, careless(data))
	wantError(t, err, "no PG_VERSION", "move it away")
	if _, err := os.Stat(file); err != nil {
		t.Fatal(err)
	}
}

func TestLittleFreeSpaceIsSaidBeforeTheWork(t *testing.T) {
	t.Parallel()
	wantError(t, enough("/d", 199<<20), "/d", "199 MB", "200 MB")
	if err := enough("/d", 200<<20); err != nil {
		t.Error(err)
	}
	if err := checkSpace(os.TempDir()); err != nil {
		t.Error(err)
	}
}

// In /tmp anybody may have made the name before us.
func TestSocketFolderThatIsNoneOfOursIsRefused(t *testing.T) {
	t.Parallel()
	base := folder(t)
	self := identity{uid: os.Geteuid(), gid: os.Getegid()}
	file, link := filepath.Join(base, "file"), filepath.Join(base, "link")
	if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Symlink(base, link)); err != nil {
		t.Fatal(err)
	}
	wantError(t, makeSocketFolder(file, self), file, "in the way")
	wantError(t, makeSocketFolder(link, self), link, "in the way")
	if os.Geteuid() == 0 {
		base = filepath.Join(base, "theirs")
		if err := errors.Join(os.Mkdir(base, 0o700), os.Chown(base, 4242, 4242)); err != nil {
			t.Fatal(err)
		}
		wantError(t, makeSocketFolder(base, self), base, "belongs to uid 4242")
	}
}

func TestAdviceIsGivenForKnownCauses(t *testing.T) {
	t.Parallel()
	got := explain("FATAL: could not resize shared memory segment \"/PostgreSQL.1\" to 1048576 bytes: No space left on device\n")
	if !strings.Contains(got, "--shm-size") || !strings.Contains(got, "could not resize") {
		t.Errorf("got %q", got)
	}
	if got := explain(""); got != "" {
		t.Errorf("got %q for nothing", got)
	}
}

func TestBigLogIsSetAside(t *testing.T) {
	t.Parallel()
	log := filepath.Join(folder(t), "postgres.log")
	if err := os.WriteFile(log, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(log, 11<<20); err != nil {
		t.Fatal(err)
	}
	f, offset, err := openLog(log)
	if err != nil || offset != 0 {
		t.Fatalf("offset %d, %v", offset, err)
	}
	defer f.Close()
	if _, err := os.Stat(log + ".1"); err != nil {
		t.Error(err)
	}
}
