package main

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// pace is how slowly a client may send its request and read its answer. Time in
// which we work does not count, only time in which we wait for the client; so an
// honest slow line has all the time that its bytes need, and a client that sends
// a byte now and then, or never reads, is let go after a moment.
type pace struct {
	patience time.Duration // waiting for one client in all, beside what its bytes need
	slowest  int           // bytes a second
}

// publicPace suits a line of 64 kbit/s.
var publicPace = pace{patience: 30 * time.Second, slowest: 8 << 10}

// bound bounds the requests of a handler.
func (p pace) bound(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		// Neither error is told: a connection that knows no deadlines has none.
		_ = c.SetWriteDeadline(time.Now().Add(p.patience))
		if r.Body != http.NoBody {
			_ = c.SetReadDeadline(time.Now().Add(p.patience)) // also for a body that nobody reads
			r.Body = &slowBody{r.Body.Close, r.Body.Read, c, p.begin()}
		}
		next.ServeHTTP(&slowWriter{w, c, p.begin()}, r)
	})
}

// waiting is how long one client may still be waited for in one direction: its
// bytes earn time, up to a bound, since what the kernel has taken for a client
// may not have reached it.
type waiting struct {
	pace
	left time.Duration
}

// earned bounds what a client may have in store, in multiples of the patience.
const earned = 3

func (p pace) begin() waiting { return waiting{p, p.patience} }

// with is the time left when n bytes more have come or gone.
func (x *waiting) with(n int) time.Duration {
	need := time.Duration(n) * time.Second / time.Duration(x.slowest)
	return min(x.left+need, earned*x.patience)
}

func (x *waiting) done(began time.Time, n int) { x.left = x.with(n) - time.Since(began) }

// slowBody is the body of a request.
type slowBody struct {
	close func() error
	read  func([]byte) (int, error)
	c     *http.ResponseController
	waiting
}

// Read reads on while the client keeps up.
func (b *slowBody) Read(p []byte) (int, error) {
	began := time.Now()
	_ = b.c.SetReadDeadline(began.Add(b.left))
	n, err := b.read(p)
	b.done(began, n)
	if errors.Is(err, io.EOF) {
		// Behind its end the connection is only watched for the client leaving; a
		// deadline would look like that. After any other error the deadline stands,
		// so that the rest of the body is not waited for either.
		_ = b.c.SetReadDeadline(time.Time{})
	}
	return n, err
}

// Close closes the body.
func (b *slowBody) Close() error { return b.close() }

// slowWriter is the answer.
type slowWriter struct {
	http.ResponseWriter
	c *http.ResponseController
	waiting
}

// WriteHeader begins the answer.
func (w *slowWriter) WriteHeader(status int) {
	_ = w.c.SetWriteDeadline(time.Now().Add(w.left))
	w.ResponseWriter.WriteHeader(status)
}

// Write writes on while the client keeps up.
func (w *slowWriter) Write(p []byte) (int, error) {
	began := time.Now()
	_ = w.c.SetWriteDeadline(began.Add(w.with(len(p))))
	n, err := w.ResponseWriter.Write(p)
	w.done(began, n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *slowWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
