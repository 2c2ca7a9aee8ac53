package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/metadata"
	"github.com/lanyard-idp/lanyard/internal/outgoing"
)

// readMetadata fetches from everywhere: whoever has a shell on this machine could fetch it with any other program.
func (c *appAddCmd) readMetadata(ctx context.Context, p *program) (metadata.Imported, error) {
	o := metadata.Options{EntityID: c.EntityID, Now: p.now(), AllowHTTP: c.AllowHTTP}
	if strings.HasPrefix(c.Metadata, "https://") || strings.HasPrefix(c.Metadata, "http://") {
		return metadata.Fetch(ctx, &outgoing.Client{AllowLoopback: true, InsecureAllowPrivate: true}, c.Metadata, o)
	}
	text, err := readDocument(p, c.Metadata)
	if err != nil {
		return metadata.Imported{}, err
	}
	return metadata.Import(text, o)
}

// readDocument reads a file, or standard input for "-", up to one byte more than any document may have.
func readDocument(p *program, name string) ([]byte, error) {
	in := p.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("metadata: %w", err)
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, outgoing.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("metadata: %w", err)
	}
	if len(text) > outgoing.MaxBytes {
		return nil, fault.New(fault.Invalid, "The document is larger than %d MB.", outgoing.MaxBytes>>20)
	}
	return text, nil
}
