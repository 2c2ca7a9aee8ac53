package httpserver

import "net/http"

// writer remembers what went out, for the log line and so that nobody writes a second answer.
type writer struct {
	http.ResponseWriter
	status int // 0: nothing yet
	bytes  int64
}

func (w *writer) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *writer) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// started says whether a part of the answer is out.
func started(w http.ResponseWriter) bool {
	for {
		switch v := w.(type) {
		case *writer:
			return v.status != 0
		case interface{ Unwrap() http.ResponseWriter }:
			w = v.Unwrap()
		default:
			return false
		}
	}
}
