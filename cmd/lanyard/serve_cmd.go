package main

import "context"

// serveCmd runs the service in the foreground.
type serveCmd struct {
	Demo bool `help:"In an empty database, make a demo organisation with a test app; serve the test app."`
}

// Run writes the log to standard error; what people have to read goes to standard output.
func (c *serveCmd) Run(ctx context.Context, p *program) error {
	return serve(ctx, p.config, c.Demo, newLogger(p.config.Log, p.errs), p.out)
}
