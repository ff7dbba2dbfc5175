package store

import (
	"context"
	"errors"
	"testing"
)

// gated is a store whose flushes wait for a word each.
func gated(t *testing.T) (s *Store, asked chan struct{}, word chan error) {
	t.Helper()
	s, err := Open(t.Context(), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	asked, word = make(chan struct{}), make(chan error)
	s.engine.(*sqliteEngine).flusher.sync = func() error {
		asked <- struct{}{}
		return <-word
	}
	return s, asked, word
}

func note(s *Store, n int) chan error {
	answer := make(chan error, 1)
	go func() {
		answer <- s.Do(context.Background(), People, func(tx *Tx) error {
			tx.Put(`insert into id_block(home, next) values($1, 1)`, int64(n))
			return nil
		})
	}()
	return answer
}

func noted(s *Store, n int, seen chan<- bool) chan error {
	answer := make(chan error, 1)
	go func() {
		answer <- s.Read(context.Background(), func(tx *Tx) error {
			var next int64
			found, err := tx.Get([]any{&next}, `select next from id_block where home = $1`, int64(n))
			seen <- found
			return err
		})
	}()
	return answer
}

func pending(t *testing.T, what string, answer <-chan error) {
	t.Helper()
	select {
	case err := <-answer:
		t.Fatalf("%s was answered (%v) before its flush", what, err)
	default:
	}
}

// While a flush goes on the next command is run and stored; neither its writer
// nor a reader of the first is answered before the flush of what they saw.
func TestAnswersFollowFlushes(t *testing.T) {
	s, asked, word := gated(t)
	first := note(s, 101)
	<-asked
	seen := make(chan bool, 1)
	reader := noted(s, 101, seen)
	if !<-seen {
		t.Fatal("the reader does not see what is committed")
	}
	second := note(s, 102)
	for found := false; !found; {
		also := noted(s, 102, seen) // waits for its flush like the others
		found = <-seen
		pending(t, "a reader of what may be unflushed", also)
	}
	pending(t, "the first writer", first)
	pending(t, "the second writer", second)
	pending(t, "the reader", reader)
	word <- nil
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	<-asked
	pending(t, "the second writer", second)
	word <- nil
	if err := errors.Join(<-second, <-reader); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// After a flush that did not succeed nobody is told that anything is stored,
// nothing more is written, and what may not be on the disk is not shown.
func TestFailedFlushEndsWriting(t *testing.T) {
	s, asked, word := gated(t)
	first := note(s, 101)
	<-asked
	second := note(s, 102)
	word <- errors.New("the disk is gone")
	for _, answer := range []chan error{first, second, note(s, 103)} {
		if err := <-answer; !errors.Is(err, ErrUnavailable) {
			t.Fatalf("got %v, want ErrUnavailable", err)
		}
	}
	seen := make(chan bool, 1)
	if err := <-noted(s, 101, seen); !errors.Is(err, ErrUnavailable) {
		t.Fatalf("a reading after a failed flush: got %v, want ErrUnavailable", err)
	}
	if s.Broken() == "" {
		t.Error("the store does not say that it has stopped")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
