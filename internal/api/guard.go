package api

import (
	"sync"

	"tongban/internal/record/act"
	"tongban/internal/rules/day"
)

// guards slow those who guess numbers and codes that need no login: a miss
// counts against its source, and too many of them make it wait.
type guards struct {
	now    day.Clock
	mu     *sync.Mutex
	misses map[string]miss
}

type miss struct {
	n     int
	until day.Instant // when it is forgotten
}

const (
	missesFree  = 20
	missSpan    = 10 * day.Minute
	sourcesKept = 100_000
)

func newGuards(now day.Clock) guards {
	return guards{now: now, mu: &sync.Mutex{}, misses: map[string]miss{}}
}

// pass refuses a source that missed too often lately.
func (g guards) pass(source string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	m := g.misses[source]
	if now := g.now(); m.n >= missesFree && now < m.until {
		return act.Refuse("api.slow", "seconds", int64((m.until-now+day.Second-1)/day.Second))
	}
	return nil
}

// missed counts a miss; anything else leaves the count alone.
func (g guards) missed(source string, err error) error {
	if act.KindOf(err) != act.NotFound {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.misses) >= sourcesKept {
		clear(g.misses) // a flood from everywhere: the codes themselves cannot be guessed
	}
	now := g.now()
	m := g.misses[source]
	if now >= m.until {
		m = miss{}
	}
	m.n++
	m.until = now + missSpan
	g.misses[source] = m
	return err
}
