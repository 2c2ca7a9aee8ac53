package pgembed

import (
	"io"
	"os"
	"strings"
)

// advice adds what to do to what the programs say.
var advice = []struct{ said, do string }{
	{"could not resize shared memory segment", "/dev/shm is too small: 2 MB are needed; start the container with --shm-size=64m"},
	{"No space left on device", "the disk is full: free some space or set LANYARD_DATA_DIR to a folder on another disk"},
	{"could not create shared memory segment", "the limit of shared memory is reached: end other programs or raise kernel.shmmni"},
	{"Read-only file system", "the data folder is on a read-only disk: set LANYARD_DATA_DIR"},
	{"could not look up effective user ID", "this user id has no line in /etc/passwd, which initdb needs: add one, or set DATABASE_URL"},
	{"root execution of the PostgreSQL server is not permitted", `run as an ordinary user, or add the user "postgres"`},
	{"database files are incompatible with server", "install the PostgreSQL that made the data, or name its programs with LANYARD_PG_BIN"},
}

// explain is the end of an error message: advice when we know the cause, and
// the last lines of the output always.
func explain(output string) string {
	text := ""
	for _, a := range advice {
		if strings.Contains(output, a.said) {
			text = ": " + a.do
			break
		}
	}
	if tail := lastLines(output, 12); tail != "" {
		text += "; PostgreSQL said:\n" + tail
	}
	return text
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// since reads what was appended to the log after offset bytes, 64 kB at most.
func since(log string, offset int64) string {
	f, err := os.Open(log)
	if err != nil {
		return ""
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		offset = max(offset, info.Size()-64<<10)
	}
	text, _ := io.ReadAll(io.NewSectionReader(f, offset, 64<<10))
	return string(text)
}
