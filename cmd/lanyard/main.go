// Lanyard is a SAML 2.0 identity provider. This command is the service and everything that is done to it from a shell: each
// subcommand is one small struct with a Run method, in a file named for its noun.
//
// It refuses rules of its own: what a command changes passes the same checks, and leaves the same record, as from a page.
//
// Exit codes: 0 done, 1 failed, 2 used wrongly (flags, arguments, environment).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/config"
	"github.com/lanyard-idp/lanyard/internal/pgembed"
)

// Exit codes.
const (
	exitFailed = 1
	exitUsage  = 2
)

// commands is the whole command line.
type commands struct {
	Serve    serveCmd    `cmd:"" help:"Run the service."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database schema up to date."`
	Admin    adminCmd    `cmd:"" help:"Administrators."`
	User     userCmd     `cmd:"" help:"People."`
	Group    groupCmd    `cmd:"" help:"Groups of people and groups."`
	App      appCmd      `cmd:"" help:"Apps (service providers)."`
	Metadata metadataCmd `cmd:"" help:"Print the metadata that apps read of us."`
	Cert     certCmd     `cmd:"" help:"Signing certificates."`
	Keyset   keysetCmd   `cmd:"" help:"The master key for secrets at rest."`
	Doctor   doctorCmd   `cmd:"" help:"Check configuration, database, keys, certificates and clock; say what to do."`
	Healthy  healthyCmd  `cmd:"" help:"Say by the exit code whether the service at LANYARD_LISTEN is alive; for containers."`

	config.Flags `embed:""`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run parses the command line, runs the command and answers the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	var c commands
	parser, err := kong.New(&c, kong.Name("lanyard"), kong.Description("A SAML 2.0 identity provider."), kong.Writers(out, errs),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
		kong.Vars{"data_dir": pgembed.DefaultDataDir(), "settings": apps.SettingsHelp()})
	if err != nil {
		panic(err) // a mistake in the tags above
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if err != nil {
		return complain(errs, usage(fmt.Errorf("%w (lanyard --help tells what there is)", err)))
	}
	p := &program{flags: &c.Flags, in: in, out: out, errs: errs, now: time.Now}
	if err := p.configure(command.Command()); err != nil {
		return complain(errs, usage(err))
	}
	command.BindTo(ctx, (*context.Context)(nil))
	if err := command.Run(p); err != nil {
		return complain(errs, err)
	}
	return 0
}

// usageError is a command that was used wrongly.
type usageError struct{ error }

func usage(err error) error { return usageError{err} }

func (e usageError) Unwrap() error { return e.error }

// errSilent fails without a word: the command said all there is to say.
var errSilent = errors.New("failed")
