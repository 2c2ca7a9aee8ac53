// Package config reads the settings of the program: flags and environment come in as text (Flags), are checked all together,
// and leave as values (Config).
//
// It refuses to start with a wrong value, to stop at the first one when there are several, and to print a secret.
package config

import (
	"errors"
	"net/netip"
	"net/url"
	"time"
)

// Flags are the settings as they were typed. Each is a flag and an environment variable; a flag wins. Secrets can also
// stand in a file: NAME_FILE.
type Flags struct {
	DatabaseURL     Secret `name:"database-url" env:"DATABASE_URL" placeholder:"URL" help:"PostgreSQL to use, like postgres://user:password@host/database. Without it lanyard runs its own." group:"Settings"`
	DatabaseURLFile string `name:"database-url-file" env:"DATABASE_URL_FILE" placeholder:"FILE" help:"File that holds DATABASE_URL." group:"Settings"`
	Listen          string `env:"LANYARD_LISTEN" default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Where the service listens (${default})." group:"Settings"`
	PublicURL       string `name:"public-url" env:"LANYARD_PUBLIC_URL" default:"http://localhost:8080" placeholder:"URL" help:"Where browsers reach the service (${default})." group:"Settings"`
	DataDir         string `name:"data-dir" env:"LANYARD_DATA_DIR" default:"${data_dir}" placeholder:"FOLDER" help:"Folder of the private database and its keyset (${default})." group:"Settings"`
	Keyset          Secret `env:"LANYARD_KEYSET" placeholder:"JSON" help:"Master key for secrets at rest, as 'lanyard keyset create' prints it. Better in the environment or in a file: others can see the flags of a program." group:"Settings"`
	KeysetFile      string `name:"keyset-file" env:"LANYARD_KEYSET_FILE" placeholder:"FILE" help:"File that holds the master key." group:"Settings"`
	PGBin           string `name:"pg-bin" env:"LANYARD_PG_BIN" placeholder:"FOLDER" help:"Folder of the programs initdb and postgres." group:"Settings"`
	Log             string `env:"LANYARD_LOG" default:"text" placeholder:"FORM" help:"Form of the log: text or json." group:"Settings"`
	TrustedProxies  string `name:"trusted-proxies" env:"LANYARD_TRUSTED_PROXIES" placeholder:"LIST" help:"Proxies whose X-Forwarded-For counts: addresses or networks with commas between." group:"Settings"`
	ClockSkew       string `name:"clock-skew" env:"LANYARD_CLOCK_SKEW" default:"5m" placeholder:"SPAN" help:"How far the clock of an app may be from ours (${default})." group:"Settings"`
	RequireSigned   bool   `name:"require-signed-requests" env:"LANYARD_REQUIRE_SIGNED_REQUESTS" help:"Refuse unsigned sign-on requests of every app." group:"Settings"`
	Organization    string `env:"LANYARD_ORGANIZATION" default:"Lanyard" placeholder:"NAME" help:"Name of the organisation, shown to people (${default})." group:"Settings"`
}

// Config is what the parts of the program are built from.
type Config struct {
	DatabaseURL    Secret // empty: embedded
	Listen         string // host:port
	PublicURL      *url.URL
	DataDir        string // absolute
	Keyset         Secret // JSON; empty: made and kept in DataDir
	PGBin          string
	Log            LogForm
	TrustedProxies []netip.Prefix
	ClockSkew      time.Duration
	RequireSigned  bool
	Organization   string
}

// LogForm is how log lines are written.
type LogForm string

// LogText is for people, LogJSON for programs.
const (
	LogText LogForm = "text"
	LogJSON LogForm = "json"
)

// Embedded says whether the program runs its own database.
func (c *Config) Embedded() bool { return c.DatabaseURL == "" }

// BaseURL is PublicURL as text, without a slash at the end: what all our own URLs start with.
func (c *Config) BaseURL() string { return c.PublicURL.String() }

// Read checks all settings and answers every mistake, joined, each naming its setting.
func (f *Flags) Read() (Config, error) {
	var r reader
	c := Config{
		DatabaseURL:    r.secret("DATABASE_URL", f.DatabaseURL, f.DatabaseURLFile),
		Listen:         r.listen(f.Listen),
		PublicURL:      r.publicURL(f.PublicURL),
		DataDir:        r.folder("LANYARD_DATA_DIR", f.DataDir),
		Keyset:         r.secret("LANYARD_KEYSET", f.Keyset, f.KeysetFile),
		PGBin:          f.PGBin,
		Log:            r.logForm(f.Log),
		TrustedProxies: r.networks(f.TrustedProxies),
		ClockSkew:      r.clockSkew(f.ClockSkew),
		RequireSigned:  f.RequireSigned,
		Organization:   r.organization(f.Organization),
	}
	r.databaseURL(c.DatabaseURL)
	r.keyset(c.Keyset)
	return c, errors.Join(r.mistakes...)
}
