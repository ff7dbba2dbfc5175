package store

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

// Whoever asks sees what was acknowledged before they asked, however many share
// the reading.
func TestTogetherSeesWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	c := openCounters(t)
	var together Together[int64]
	var readings atomic.Int64
	read := func(tx *Tx) (n int64, err error) {
		readings.Add(1)
		_, err = tx.Get([]any{&n}, `select sum(n) from counted`)
		return n, err
	}
	const people, each = 16, 50
	var acknowledged atomic.Int64
	var wg sync.WaitGroup
	for p := range people {
		wg.Go(func() {
			for range each {
				if p%4 == 0 {
					if err := c.add(p/4, nil); err != nil {
						t.Error(err)
					}
					acknowledged.Add(1)
				}
				before := acknowledged.Load()
				n, err := together.Read(t.Context(), c.Store, read)
				if err != nil || n < before {
					t.Errorf("%d seen, %d were acknowledged before: %v", n, before, err)
				}
			}
		})
	}
	wg.Wait()
	if readings.Load() >= people*each {
		t.Errorf("%d readings for %d who asked: nobody shared one", readings.Load(), people*each)
	}
	t.Logf("%d readings for %d who asked", readings.Load(), people*each)
}

// Those who wait for a reading that goes on share the next, which begins after
// they asked; whoever gives up waiting takes nothing from the others.
func TestTogetherJoinsTheNext(t *testing.T) {
	t.Parallel()
	c := openCounters(t)
	var together Together[int64]
	in, out := make(chan struct{}), make(chan struct{})
	var readings atomic.Int64
	read := func(tx *Tx) (n int64, err error) {
		if readings.Add(1) == 1 {
			close(in)
			<-out
		}
		_, err = tx.Get([]any{&n}, `select sum(n) from counted`)
		return n, err
	}
	ask := func(ctx context.Context) chan int64 {
		answer := make(chan int64, 1)
		go func() {
			n, err := together.Read(ctx, c.Store, read)
			if err != nil {
				n = -1
			}
			answer <- n
		}()
		return answer
	}
	first := ask(t.Context())
	<-in
	c.must(c.add(0, nil))
	second := ask(t.Context())
	for { // until the second is the one to carry the next out
		together.mu.Lock()
		joined := together.next != nil
		together.mu.Unlock()
		if joined {
			break
		}
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	third, fourth := ask(gone), ask(t.Context())
	if n := <-third; n != -1 {
		t.Errorf("who gave up got %d", n)
	}
	close(out)
	if <-first; <-second != 1 || <-fourth != 1 {
		t.Error("a reading that began after a command does not see it")
	}
	if n := readings.Load(); n > 3 {
		t.Errorf("%d readings, at most three were needed", n)
	}
}

// A reading that breaks off is no answer to anybody.
func TestTogetherBreaksOff(t *testing.T) {
	t.Parallel()
	c := openCounters(t)
	var together Together[int64]
	r, first := together.join()
	if !first {
		t.Fatal("somebody else asked")
	}
	func() {
		defer func() { _ = recover() }()
		together.carryOut(t.Context(), c.Store, r, func(*Tx) (int64, error) { panic("broken") })
	}()
	if <-r.done; !errors.Is(r.err, ErrUnavailable) {
		t.Errorf("the others were told %v", r.err)
	}
	if n, err := together.Read(t.Context(), c.Store, func(*Tx) (int64, error) { return 7, nil }); n != 7 || err != nil {
		t.Errorf("the next reading: %d, %v", n, err)
	}
}
