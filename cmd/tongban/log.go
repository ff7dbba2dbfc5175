package main

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"tongban/internal/house/asked"
)

const (
	logFlushEvery = 100 * time.Millisecond
	logFlushBytes = 32 << 10
)

// log writes structured lines to the error channel, each with the id of its
// request. No command logs what identifies a person; a test greps for it. The
// function that it returns writes what is left.
func (s *shell) log(level string) (*slog.Logger, func()) {
	var l slog.Level
	_ = l.UnmarshalText([]byte(level)) // the command line knows the four names
	w := &lines{to: s.err, end: make(chan struct{})}
	w.running.Go(w.flushes)
	return slog.New(asked.Log(pressing{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: l}), w})), w.close
}

// plainLog is the log of a command that does one thing and ends.
func (s *shell) plainLog() *slog.Logger {
	return slog.New(slog.NewJSONHandler(s.err, &slog.HandlerOptions{Level: slog.LevelInfo}))
}

// lines gathers lines for a moment: a line for each request would else be a
// write to the system for each.
type lines struct {
	to      io.Writer
	end     chan struct{}
	running sync.WaitGroup

	mu  sync.Mutex
	buf []byte
}

// Write takes one line.
func (w *lines) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf = append(w.buf, b...)
	if len(w.buf) >= logFlushBytes {
		w.write()
	}
	return len(b), nil
}

func (w *lines) write() {
	if len(w.buf) > 0 {
		_, _ = w.to.Write(w.buf) // nobody is left to be told
		w.buf = w.buf[:0]
	}
}

func (w *lines) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.write()
}

func (w *lines) flushes() {
	tick := time.NewTicker(logFlushEvery)
	defer tick.Stop()
	for {
		select {
		case <-w.end:
			w.flush()
			return
		case <-tick.C:
			w.flush()
		}
	}
}

func (w *lines) close() {
	close(w.end)
	w.running.Wait()
}

// pressing writes a warning or worse at once: it may be the last thing told.
type pressing struct {
	slog.Handler
	w *lines
}

// Handle writes the line.
func (p pressing) Handle(ctx context.Context, r slog.Record) error {
	err := p.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelWarn {
		p.w.flush()
	}
	return err
}

// WithAttrs goes on writing at once.
func (p pressing) WithAttrs(attrs []slog.Attr) slog.Handler {
	return pressing{p.Handler.WithAttrs(attrs), p.w}
}

// WithGroup goes on writing at once.
func (p pressing) WithGroup(name string) slog.Handler {
	return pressing{p.Handler.WithGroup(name), p.w}
}
