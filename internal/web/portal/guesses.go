package portal

import (
	"sync"

	"tongban/internal/record/act"
	"tongban/internal/rules/day"
)

// Guessing at codes is slowed for each source: a whole hall may sit behind one,
// so many wrong ones are free, and then each waits.
const (
	guessesFree = 20
	guessSpan   = 10 * day.Minute
	sourcesKept = 10_000
)

// guesses counts wrong codes by source, in memory: it slows, it locks nobody out.
type guesses struct {
	mu   sync.Mutex
	seen map[string]guess
}

type guess struct {
	since day.Instant
	n     int
}

func newGuesses() *guesses { return &guesses{seen: map[string]guess{}} }

// allow refuses a source that has guessed too often, until its span is over.
func (g *guesses) allow(source string, now day.Instant) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	s, ok := g.seen[source]
	if !ok || now >= s.since+guessSpan || s.n < guessesFree {
		return nil
	}
	wait := (s.since + guessSpan - now + day.Minute - 1) / day.Minute
	return act.Refuse("portal.slow", "minutes", int64(wait)).Then("portal.slow.next")
}

// wrong counts a code that was none.
func (g *guesses) wrong(source string, now day.Instant) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s, ok := g.seen[source]
	if !ok || now >= s.since+guessSpan {
		s = guess{since: now}
	}
	s.n++
	if !ok && len(g.seen) >= sourcesKept {
		clear(g.seen)
	}
	g.seen[source] = s
}
