package httpserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Limits of a connection. A person's form is small and our answers are quick; whoever needs longer is holding a place.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 15 * time.Second
	workTimeout   = 20 * time.Second // for reading the body and answering
	writeTimeout  = 30 * time.Second
	idleTimeout   = 2 * time.Minute
	headerBytes   = 32 << 10 // the redirect binding puts a whole message into the URL
	defaultGrace  = 10 * time.Second
)

// Run answers on l until ctx ends; then it says that it is not ready, finishes what it is doing, and returns nil. After
// Grace it cuts what is still open.
func (s *Server) Run(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    headerBytes,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.stopping.Store(true)
	time.Sleep(s.Drain)
	return s.stop(server)
}

func (s *Server) stop(server *http.Server) error {
	grace := s.Grace
	if grace == 0 {
		grace = defaultGrace
	}
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		s.Log.Warn("requests were cut off at the end", "grace", grace)
		return server.Close()
	}
	return err
}
