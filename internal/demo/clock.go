package demo

import (
	"sync"
	"time"

	"tongban/internal/rules/day"
)

// Clock is the clock of a demonstration: it stands still until it is set
// forward, and once started it goes with the machine's from where it stands. It
// never goes back. It is safe for concurrent use.
type Clock struct {
	mu    sync.Mutex
	at    day.Instant
	began time.Time // zero while it stands still
}

// NewClock makes a clock that stands still.
func NewClock(at day.Instant) *Clock { return &Clock{at: at} }

// ClockFrom is a clock that starts at a moment and runs.
func ClockFrom(start day.Instant) day.Clock {
	c := NewClock(start)
	c.Run()
	return c.Now
}

// Now is a day.Clock.
func (c *Clock) Now() day.Instant {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() day.Instant {
	if c.began.IsZero() {
		return c.at
	}
	return c.at + day.Instant(time.Since(c.began).Microseconds())
}

// Set puts the clock forward; a moment that has passed leaves it as it is.
func (c *Clock) Set(at day.Instant) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at <= c.now() {
		return
	}
	c.at = at
	if !c.began.IsZero() {
		c.began = time.Now()
	}
}

// Run lets the clock go on with the machine's.
func (c *Clock) Run() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.began.IsZero() {
		c.began = time.Now()
	}
}
