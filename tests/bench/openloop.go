package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// waiting bounds how many operations of an open loop are under way: who comes
// when so many wait is turned away, which counts as failed.
const waiting = 5000

// stream is what an open loop measured.
type stream struct {
	sample           // of the operations that ended well, from the time they were due
	came, failed int // operations
	most         int // under way at once
	first        error
}

// arriving runs an open loop: operations come at their times whether or not those
// before them have ended, so many a second in the mean, at random (a Poisson
// process of a fixed seed, so that each run has the same bursts). What one takes
// is measured from when it was due: that the generator or the server was late is
// in it.
func arriving(ctx context.Context, rate float64, d time.Duration, do func(ctx context.Context, n int, due time.Time) error) stream {
	var s stream
	var mu sync.Mutex
	var all sync.WaitGroup
	gaps := rand.New(rand.NewPCG(45, 6))
	began, before := time.Now(), usage()
	under := 0
	for due := began; due.Before(began.Add(d)) && ctx.Err() == nil; due = due.Add(time.Duration(gaps.ExpFloat64() / rate * float64(time.Second))) {
		pause(ctx, time.Until(due))
		n := s.came
		s.came++
		mu.Lock()
		if under == waiting {
			s.fail(errors.New("turned away: too many are under way"))
			mu.Unlock()
			continue
		}
		under++
		s.most = max(s.most, under)
		mu.Unlock()
		all.Go(func() {
			err := do(ctx, n, due)
			took := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			under--
			if err != nil {
				s.fail(err)
				return
			}
			s.took = append(s.took, took)
		})
	}
	all.Wait()
	s.elapsed, s.ops = time.Since(began), len(s.took)
	s.sample.others = usage().others(before)
	slices.Sort(s.took)
	return s
}

func (s *stream) fail(err error) {
	s.failed++
	if s.first == nil {
		s.first = err
	}
}

// String writes what became of the operations.
func (s *stream) String() string {
	return fmt.Sprintf("%s came, %s ended, %d failed, at most %d at once", thousands(s.came), thousands(s.ops), s.failed, s.most)
}
