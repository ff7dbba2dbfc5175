package store

import (
	"context"
	"fmt"
	"runtime"
	"sync"
)

// Together is a reading that those share who ask for it at the same time: each
// gets what was read after it asked, so that nobody sees less than what was
// acknowledged before. It is for the small reading that stands before what is
// remembered: many who ask at once then cost what one costs. The zero value is
// ready; it is safe for concurrent use.
type Together[T any] struct {
	turn sync.Mutex // of the reading that goes on
	mu   sync.Mutex
	next *shared[T] // the reading that has not begun
}

// shared is one reading and what came of it.
type shared[T any] struct {
	done chan struct{}
	v    T
	err  error
}

// Read returns what f reads. Only the first who asks for a reading carries it
// out; the context of the others ends their waiting alone.
func (t *Together[T]) Read(ctx context.Context, s *Store, f func(*Tx) (T, error)) (T, error) {
	r, first := t.join()
	if first {
		t.carryOut(context.WithoutCancel(ctx), s, r, f)
	}
	select {
	case <-r.done:
		return r.v, r.err
	case <-ctx.Done():
		var none T
		return none, fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	}
}

// join returns the reading that has not begun, and whether nobody else asked for
// it yet.
func (t *Together[T]) join() (r *shared[T], first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next == nil {
		t.next = &shared[T]{done: make(chan struct{})}
		return t.next, true
	}
	return t.next, false
}

func (t *Together[T]) carryOut(ctx context.Context, s *Store, r *shared[T], f func(*Tx) (T, error)) {
	t.turn.Lock()
	defer t.turn.Unlock()
	runtime.Gosched() // whoever is about to ask joins
	t.mu.Lock()
	t.next = nil
	t.mu.Unlock()
	defer close(r.done)
	r.err = fmt.Errorf("%w: the reading broke off", ErrUnavailable) // what the others get if f panics
	r.err = s.Read(ctx, func(tx *Tx) (err error) {
		r.v, err = f(tx)
		return err
	})
}
