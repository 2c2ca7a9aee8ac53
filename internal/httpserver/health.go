package httpserver

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// checkLimit bounds how long /readyz waits for all checks.
const checkLimit = 2 * time.Second

// healthz says that the process answers; whether it can work is readyz's matter.
func healthz(w http.ResponseWriter, _ *http.Request) { plainText(w, http.StatusOK, "ok\n") }

// readyz says whether requests should be sent here. It names what is not ready; why is in the log.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if s.stopping.Load() {
		plainText(w, http.StatusServiceUnavailable, "stopping\n")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), checkLimit)
	defer cancel()
	var failed []string
	for _, c := range s.Checks {
		if err := c.Run(ctx); err != nil {
			Note(ctx, slog.String(c.Name, err.Error()))
			failed = append(failed, c.Name)
		}
	}
	if failed != nil {
		plainText(w, http.StatusServiceUnavailable, "not ready: "+strings.Join(failed, ", ")+"\n")
		return
	}
	plainText(w, http.StatusOK, "ready\n")
}

func plainText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	io.WriteString(w, text)
}
