package pgembed

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// oldestMajor is the PostgreSQL of Debian 12; 14 gets no more fixes.
const oldestMajor = 15

// binPatterns are where distributions put server programs side by side.
var binPatterns = []string{
	"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
	"/usr/pgsql-*/bin",                                   // Red Hat family, from postgresql.org
	"/usr/libexec/postgresql*",                           // Alpine
	"/opt/homebrew/opt/postgresql@*/bin",                 // Homebrew on Apple silicon
	"/usr/local/opt/postgresql@*/bin",                    // Homebrew on Intel
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",    // Homebrew on Linux
	"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
}

// programs is one folder with initdb and postgres of the same release.
type programs struct {
	dir   string
	major int
}

func (p programs) initdb() string   { return filepath.Join(p.dir, "initdb") }
func (p programs) postgres() string { return filepath.Join(p.dir, "postgres") }

// findPrograms answers the newest programs, or those of the given major version
// when made is not 0: a data folder is only readable by the major version that
// made it.
func findPrograms(ctx context.Context, binDir string, made int) (programs, error) {
	found, err := installed(ctx, binDir)
	if err != nil {
		return programs{}, err
	}
	return choose(found, made)
}

func installed(ctx context.Context, binDir string) ([]programs, error) {
	if binDir != "" {
		p, err := inspect(ctx, binDir)
		if err != nil {
			return nil, fmt.Errorf("LANYARD_PG_BIN=%s: no PostgreSQL server programs there (initdb and postgres are needed): %w", binDir, err)
		}
		return []programs{p}, nil
	}
	var found []programs
	for _, dir := range candidates() {
		if p, err := inspect(ctx, dir); err == nil {
			found = append(found, p)
		}
	}
	return found, nil
}

func candidates() []string {
	var dirs []string
	for _, pattern := range binPatterns {
		matches, _ := filepath.Glob(pattern)
		dirs = append(dirs, matches...)
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	return dirs
}

// choose picks among what is installed; the error says what to install.
func choose(found []programs, made int) (programs, error) {
	slices.SortStableFunc(found, func(a, b programs) int { return b.major - a.major })
	for _, p := range found {
		if made == p.major || made == 0 && p.major >= oldestMajor {
			return p, nil
		}
	}
	switch {
	case made != 0:
		return programs{}, fmt.Errorf("the data was made by PostgreSQL %d, found %s: install PostgreSQL %d (Debian: postgresql-%d) or name its programs with LANYARD_PG_BIN; moving to another major version takes pg_dump of version %d and a new data folder",
			made, describe(found), made, made, made)
	case len(found) > 0:
		return programs{}, fmt.Errorf("PostgreSQL %d or newer is needed, found %s: install a newer one (Debian: apt-get install postgresql) or set DATABASE_URL",
			oldestMajor, describe(found))
	}
	return programs{}, fmt.Errorf("no PostgreSQL server programs found: install them (Debian: apt-get install postgresql; macOS: brew install postgresql@17), name their folder with LANYARD_PG_BIN, or set DATABASE_URL")
}

func describe(found []programs) string {
	if len(found) == 0 {
		return "none"
	}
	names := make([]string, len(found))
	for i, p := range found {
		names[i] = fmt.Sprintf("%d (%s)", p.major, p.dir)
	}
	return strings.Join(names, ", ")
}

var versionNumber = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// inspect asks the programs themselves: folder names lie.
func inspect(ctx context.Context, dir string) (programs, error) {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return programs{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return programs{}, err
	}
	match := versionNumber.FindSubmatch(out)
	if match == nil {
		return programs{}, fmt.Errorf("postgres --version said %q", out)
	}
	major, err := strconv.Atoi(string(match[1]))
	return programs{dir: dir, major: major}, err
}

// madeBy reads the major version of a cluster; 0 means there is none yet.
func madeBy(pgdata string) (int, error) {
	text, err := os.ReadFile(filepath.Join(pgdata, "PG_VERSION"))
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("%s/PG_VERSION is damaged (%q): restore the data folder from a backup", pgdata, text)
	}
	return major, nil
}

// Installed describes the programs that a new cluster would be made with, ""
// when there are none. Two equal answers mean equal programs.
func Installed(binDir string) string {
	p, err := findPrograms(context.Background(), binDir, 0)
	if err != nil {
		return ""
	}
	return describe([]programs{p})
}
