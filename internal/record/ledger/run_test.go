package ledger_test

import (
	"context"
	"errors"
	"testing"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
)

// Run and Follow are driven by what happens, so the test only waits for it.
func TestRunAndFollow(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		ctx, stop := context.WithCancel(bg)
		ended := make(chan struct{}, 2)
		seen := make(chan int64, 100)
		go func() { r.Run(ctx, "node-1"); ended <- struct{}{} }()
		go func() {
			r.Follow(ctx, ledger.Follower{Name: "watch", Build: 1, Handle: func(_ *store.Tx, e ledger.Entry) error {
				seen <- e.Seq
				return nil
			}})
			ended <- struct{}{}
		}()
		must(t, r.s.Do(bg, store.People, func(tx *store.Tx) error {
			for range 3 {
				if _, err := r.Note(tx, nil, ledger.Event{Stream: "case/1", Kind: "test.noted"}); err != nil {
					return err
				}
			}
			return nil
		}))
		for want := range int64(3) {
			if got := <-seen; got != want {
				t.Fatalf("saw %d, not %d", got, want)
			}
		}
		stop()
		<-ended
		<-ended
		if n := r.count(t, `select coalesce(max(size), 0) from checkpoint`); n != 3 {
			t.Fatalf("signed up to %d of 3 at the end", n)
		}
	})
}

func TestPersonalValueTwiceIsRefused(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		for name, e := range map[string]ledger.Event{
			"twice":  {Personal: []ledger.Personal{{Field: "person.name", Value: "a"}, {Field: "person.name", Value: "b"}}},
			"no key": {Personal: []ledger.Personal{{Field: "person.name", Value: "a"}}},
		} {
			var key ledger.Key = fakeKey(1)
			if name == "no key" {
				key = nil
			}
			e.Stream, e.Kind = "case/1", "test.noted"
			err := r.s.Do(bg, store.People, func(tx *store.Tx) error { _, err := r.Note(tx, key, e); return err })
			if err == nil || errors.Is(err, store.ErrUnavailable) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := r.count(t, `select count(*) from event`); n != 0 {
			t.Fatalf("%d events stored", n)
		}
	})
}
