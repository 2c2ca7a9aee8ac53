package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// healthyCmd is for containers, which have nothing else that could ask.
type healthyCmd struct{}

// Run asks the service that listens where the settings say whether it is alive.
func (*healthyCmd) Run(ctx context.Context, p *program) error {
	host, port, err := net.SplitHostPort(p.config.Listen)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return &fault.Error{Kind: fault.Unavailable, Message: "No service answers at " + p.config.Listen, Cause: err}
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the service at %s answers %s", p.config.Listen, resp.Status)
	}
	return nil
}
