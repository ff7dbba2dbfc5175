package store

import "sync"

// pool holds connections that read. The one given back last is taken first: if
// nothing was committed since, its cache still holds, while SQLite empties that
// of a connection that finds the database changed.
type pool struct {
	turn chan struct{} // one for each free connection
	mu   sync.Mutex
	free []*session
}

func newPool(size int) *pool { return &pool{turn: make(chan struct{}, size)} }

// put gives a connection back, or in.
func (p *pool) put(s *session) {
	p.mu.Lock()
	p.free = append(p.free, s)
	p.mu.Unlock()
	p.turn <- struct{}{}
}

// take takes a connection; whoever calls it has received from turn.
func (p *pool) take() *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.free) - 1
	s := p.free[last]
	p.free = p.free[:last]
	return s
}

// close waits for every connection to come back and closes it.
func (p *pool) close() {
	for range cap(p.turn) {
		<-p.turn
		p.take().close()
	}
}
