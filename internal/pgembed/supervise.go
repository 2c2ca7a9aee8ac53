package pgembed

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// A server that dies this often in a window will not get better by itself.
const (
	crashLimit  = 5
	crashWindow = time.Minute
	firstPause  = 100 * time.Millisecond
)

// supervise starts the server again whenever it ends, until ctx is cancelled or
// it has died too often. It owns s and stops it.
func (c *Cluster) supervise(ctx context.Context, s *server) {
	defer close(c.supervised)
	var crashes []time.Time
	for {
		select {
		case <-ctx.Done():
			c.stopErr = s.stop()
			return
		case <-s.exited:
		}
		c.log.Error("the database server ended by itself", "reason", fmt.Sprint(s.err), "log", c.paths.log)
		for s = nil; s == nil; {
			crashes = recent(append(crashes, time.Now()))
			if len(crashes) >= crashLimit {
				c.done <- fmt.Errorf("the database server ended %d times in a minute and is not started again: see %s", len(crashes), c.paths.log)
				return
			}
			if s = c.restart(ctx, pause(len(crashes))); ctx.Err() != nil && s == nil {
				return
			}
		}
	}
}

// restart answers nil when that failed, which counts as another crash.
func (c *Cluster) restart(ctx context.Context, after time.Duration) *server {
	if sleep(ctx, after) != nil {
		return nil
	}
	s, err := c.serve(ctx)
	if err != nil {
		if ctx.Err() == nil {
			c.log.Error("the database server could not be started again", "error", err)
		}
		return nil
	}
	c.log.Info("the database server runs again", "pid", s.process.Pid)
	return s
}

// pause doubles with each crash: 100, 200, 400, 800 ms.
func pause(crashes int) time.Duration { return firstPause << (crashes - 1) }

func recent(crashes []time.Time) []time.Time {
	for len(crashes) > 0 && time.Since(crashes[0]) > crashWindow {
		crashes = crashes[1:]
	}
	return crashes
}

// Stop ends the server (fast, then immediate) and gives the folder free. Close
// connections first. Further calls answer the same.
func (c *Cluster) Stop() error {
	c.stopOnce.Do(func() {
		c.cancel()
		<-c.supervised
		if filepath.Dir(c.paths.run) != c.paths.data {
			_ = os.Remove(c.paths.run) // empty now, unless the server was killed
		}
		if err := c.lock.release(); c.stopErr == nil {
			c.stopErr = err
		}
	})
	return c.stopErr
}
