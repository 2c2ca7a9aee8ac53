package pgembed

import (
	"os"
	"path/filepath"
	"testing"
)

func TestProgramsAreChosenByTheDataTheyMustRead(t *testing.T) {
	t.Parallel()
	found := []programs{{"/15", 15}, {"/18", 18}, {"/14", 14}, {"/17", 17}}
	for made, want := range map[int]string{0: "/18", 15: "/15", 17: "/17", 14: "/14"} {
		got, err := choose(append([]programs{}, found...), made)
		if err != nil || got.dir != want {
			t.Errorf("data of %d: got %s, %v; want %s", made, got.dir, err, want)
		}
	}
}

func TestMissingProgramsAreNamedWithTheWayToGetThem(t *testing.T) {
	t.Parallel()
	_, err := choose([]programs{{"/pg17", 17}}, 15)
	wantError(t, err, "made by PostgreSQL 15", "found 17 (/pg17)", "postgresql-15", "LANYARD_PG_BIN")
	_, err = choose([]programs{{"/pg14", 14}}, 0)
	wantError(t, err, "PostgreSQL 15 or newer", "found 14 (/pg14)", "DATABASE_URL")
	_, err = choose(nil, 0)
	wantError(t, err, "apt-get install postgresql", "brew install", "LANYARD_PG_BIN", "DATABASE_URL")
}

func TestNamedFolderWithoutProgramsIsAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := findPrograms(ctx, dir, 0)
	wantError(t, err, "LANYARD_PG_BIN="+dir, "initdb and postgres")
}

func TestVersionComesFromTheProgram(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]int{
		"postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)": 15,
		"postgres (PostgreSQL) 18beta1":                        18,
		"postgres (PostgreSQL) 19devel":                        19,
	} {
		dir := t.TempDir()
		script(t, dir, "initdb", "")
		script(t, dir, "postgres", "echo '"+said+"'")
		got, err := inspect(ctx, dir)
		if err != nil || got.major != want {
			t.Errorf("%s: got %d, %v", said, got.major, err)
		}
	}
}

func TestDataOfAnotherMajorVersionIsRefusedUntouched(t *testing.T) {
	t.Parallel()
	data := warmFolder(t)
	version := filepath.Join(data, "pgdata", "PG_VERSION")
	if err := os.WriteFile(version, []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(ctx, careless(data))
	wantError(t, err, "made by PostgreSQL 9", "install PostgreSQL 9")
	if text, _ := os.ReadFile(version); string(text) != "9\n" {
		t.Fatalf("PG_VERSION is now %q", text)
	}
	if err := os.WriteFile(version, []byte("?"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Start(ctx, careless(data))
	wantError(t, err, "damaged")
}

// script writes a shell program that everybody may run.
func script(t *testing.T, dir, name, body string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}
