package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
)

// The server of the tests has no standby: asked to confirm, it is refused, and
// nothing is written to it, not even the schema.
func TestAServerThatDoesNotConfirmIsRefused(t *testing.T) {
	t.Parallel()
	o := storetest.Options(t, store.Postgres)
	o.Confirmed = true
	s, err := store.Open(bg, o)
	if !errors.Is(err, store.ErrUnconfirmed) || !strings.Contains(err.Error(), "synchronous_standby_names") {
		t.Fatalf("opened with %v", err)
	}
	if s != nil {
		t.Error("a store came with the refusal")
	}
}

// While the comparison says no nothing is stored, but read; once it says yes
// commands are taken again.
func TestNothingIsStoredOnADatabaseThatLacksSomething(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, store.Postgres, nil)
	table(t, s)
	var lacks atomic.Bool
	lacks.Store(true)
	ctx, stop := context.WithCancel(bg)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Watch(ctx, func(context.Context) error {
			if lacks.Load() {
				return errors.New("it lacks an act")
			}
			return nil
		})
	}()
	defer func() { stop(); <-done }()
	add := func(word string) error {
		return s.Do(bg, store.People, func(tx *store.Tx) error {
			tx.Put(`insert into note(id, word) values($1, $2)`, tx.NewID(), word)
			return nil
		})
	}
	eventually(t, func() bool { return strings.Contains(s.Broken(), "lacks an act") })
	if err := add("甲"); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("stored although the database lacks something: %v", err)
	}
	must(t, s.DoAnyway(bg, func(tx *store.Tx) error {
		tx.Put(`insert into note(id, word) values($1, '证据')`, tx.NewID())
		return nil
	}))
	if got := words(t, s); len(got) != 1 || got[0] != "证据" {
		t.Fatalf("stored %v", got)
	}
	lacks.Store(false)
	eventually(t, func() bool { return s.Broken() == "" })
	must(t, add("乙"))
}

// eventually waits for what another goroutine is about to do.
func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	for range 1000 {
		if holds() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it did not happen in ten seconds")
}

// A session that was ended between two commands costs nobody a failure, and a
// command whose session was ended in its midst is run again.
func TestASessionThatWasEndedCostsNothing(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, store.Postgres, nil)
	other := storetest.Open(t, store.Postgres, nil)
	table(t, s)
	pid := func(tx *store.Tx) (n int64) {
		_, err := tx.Get([]any{&n}, `select pg_backend_pid()`)
		must(t, err)
		return n
	}
	end := func(n int64) {
		must(t, other.Read(bg, func(tx *store.Tx) error {
			var ended bool
			_, err := tx.Get([]any{&ended}, `select pg_terminate_backend($1, 5000)`, n)
			return err
		}))
	}
	runs := 0
	for range 3 {
		var kept int64
		must(t, s.Do(bg, store.People, func(tx *store.Tx) error {
			runs++
			kept = pid(tx)
			if runs == 1 {
				end(kept)
			}
			tx.Put(`insert into note(id, word) values($1, $2)`, tx.NewID(), fmt.Sprint(runs))
			return nil
		}))
		end(kept)
	}
	if got := len(words(t, s)); got != 3 || runs != 4 {
		t.Fatalf("%d rows after %d runs, want 3 after 4", got, runs)
	}
}

// Settle changes nothing, on either engine.
func TestSettleOnlyWaits(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		table(t, s)
		must(t, s.Settled(bg))
		if got := words(t, s); len(got) != 0 {
			t.Fatalf("stored %v", got)
		}
	})
}
