package pgembed

import (
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
)

// Config names the data folder and the server programs.
type Config struct {
	DataDir string       // made when missing; "" means DefaultDataDir
	BinDir  string       // folder of initdb and postgres (LANYARD_PG_BIN); "" searches
	Logger  *slog.Logger // nil discards

	// InsecureSettings are further "name=value" server settings and
	// InsecureInitdb further initdb flags. Tests use them to trade durability
	// for speed; a service must leave both empty.
	InsecureSettings []string
	InsecureInitdb   []string
}

// DefaultDataDir is /var/lib/lanyard for root and $XDG_DATA_HOME/lanyard
// (~/.local/share/lanyard) for everybody else.
func DefaultDataDir() string {
	if os.Geteuid() == 0 {
		return "/var/lib/lanyard"
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "lanyard")
	}
	return filepath.Join(home(), ".local", "share", "lanyard")
}

// home also answers where HOME is unset, as under some init systems.
func home() string {
	if dir, err := os.UserHomeDir(); err == nil {
		return dir
	}
	if u, err := user.Current(); err == nil {
		return u.HomeDir
	}
	return "."
}

func (cfg Config) logger() *slog.Logger {
	if cfg.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return cfg.Logger
}

// paths are the names inside one data folder.
type paths struct {
	data, pgdata, initing, run, lock, log string
}

func pathsIn(data string) paths {
	return paths{
		data:    data,
		pgdata:  filepath.Join(data, "pgdata"),
		initing: filepath.Join(data, "pgdata.init"),
		run:     filepath.Join(data, "run"),
		lock:    filepath.Join(data, "service.lock"),
		log:     filepath.Join(data, "postgres.log"),
	}
}
