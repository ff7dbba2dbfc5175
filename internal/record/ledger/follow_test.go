package ledger_test

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
)

// counting is a follower whose effect is a row for each entry: a second
// delivery breaks the key, a missing one leaves a gap.
func counting(t testing.TB, r *rig, name string, build int) ledger.Follower {
	t.Helper()
	r.write(t, `create table if not exists seen(name text not null, build integer not null, log bigint not null, seq bigint not null,
		stream text not null, n bigint not null, place bigint not null, primary key(name, build, log, seq))`)
	var place atomic.Int64
	return ledger.Follower{Name: name, Build: build, Handle: func(tx *store.Tx, e ledger.Entry) error {
		tx.Put(`insert into seen(name, build, log, seq, stream, n, place) values($1, $2, $3, $4, $5, $6, $7)`,
			name, build, e.Log, e.Seq, e.Leaf.Stream, e.Leaf.N, place.Add(1))
		return nil
	}}
}

// checkSeen: every entry once, in order.
func checkSeen(t *testing.T, r *rig, f ledger.Follower, want int64) {
	t.Helper()
	if n := r.count(t, `select count(*) from seen where name = $1 and build = $2`, f.Name, f.Build); n != want {
		t.Fatalf("%d entries seen of %d", n, want)
	}
	if n := r.count(t, `select count(*) from (select place, lag(place, 1, 0) over (order by log, seq) as before from seen where name = $1 and build = $2) x
		where place <= before`, f.Name, f.Build); n != 0 {
		t.Fatalf("%d entries seen before the one before them", n)
	}
	must(t, r.s.Read(bg, func(tx *store.Tx) error {
		behind, parked, err := r.Lag(tx, f)
		if behind != 0 || parked != 0 {
			return fmt.Errorf("behind %d, parked %d", behind, parked)
		}
		return err
	}))
}

// updates is how many concurrent updates a follower must stand: 10⁴ in go test,
// 10⁶ when TONGBAN_FAULTS=1 asks for the long run.
func updates() int {
	if os.Getenv("TONGBAN_FAULTS") == "1" {
		return 1_000_000
	}
	return 10_000
}

func TestFollowerSeesEachUpdateOnce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		const writers, each = 32, 4
		total := updates() / (writers * each) * (writers * each)
		f := counting(t, r, "board", 1)
		var writing, watching sync.WaitGroup
		done := make(chan struct{})
		for range 2 { // two nodes run the same follower
			wake := r.Wake()
			watching.Go(func() {
				for {
					select {
					case <-done:
						return
					case <-wake:
					}
					if _, err := r.Number(bg, 500); err != nil {
						t.Error(err)
					}
					if _, err := r.CatchUp(bg, f); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for w := range writers {
			writing.Go(func() {
				for i := range total / (writers * each) {
					if err := r.s.Do(bg, store.People, func(tx *store.Tx) error {
						for k := range each {
							if _, err := r.Note(tx, nil, ledger.Event{Stream: fmt.Sprintf("case/%d/%d", w, (i+k)%5), Kind: "test.noted"}); err != nil {
								return err
							}
						}
						return nil
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		writing.Wait()
		close(done)
		watching.Wait()
		r.numberAll(t)
		_, err := r.CatchUp(bg, f)
		must(t, err)
		checkSeen(t, r, f, int64(total))
		if n := r.count(t, `select count(*) from entry`); n != int64(total) {
			t.Fatalf("%d numbers for %d updates", n, total)
		}
	})
}

func TestPoisonIsParkedWithWhatFollowsIt(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		for name, poison := range map[string]func(tx *store.Tx) error{
			"an error":      func(*store.Tx) error { return errors.New("cannot digest this") },
			"a panic":       func(*store.Tx) error { panic("cannot digest this") },
			"a refused row": func(tx *store.Tx) error { tx.Put(`insert into seen(name) values(null)`); return nil },
			"a failed read": func(tx *store.Tx) error { _, err := tx.Get(nil, `select nothing from nowhere`); return err },
		} {
			f := counting(t, r, name, 1)
			good := f.Handle
			first := len(r.entries(t))
			for i := range 30 {
				r.note(t, fmt.Sprintf("case/%d", i%3), 1)
			}
			bad := int64(first + 4) // an act of case/1, with others of it after
			f.Handle = func(tx *store.Tx, e ledger.Entry) error {
				if e.Seq == bad {
					return poison(tx)
				}
				return good(tx, e)
			}
			seen, err := r.CatchUp(bg, f)
			must(t, err)
			if seen != first+30 {
				t.Fatalf("%s: went through %d of %d", name, seen, first+30)
			}
			parkedInOrder(t, r, f, bad, 9)
			if n := r.count(t, `select count(*) from seen where name = $1`, name); n != int64(first+30-9) {
				t.Fatalf("%s: others stopped too: %d seen", name, n)
			}
			if _, err := r.Unpark(bg, f, "case/1"); err == nil {
				t.Fatalf("%s: unparked while it still fails", name)
			}
			f.Handle = good
			n, err := r.Unpark(bg, f, "case/1")
			must(t, err)
			if n != 9 {
				t.Fatalf("%s: %d unparked", name, n)
			}
			checkSeenAll(t, r, f, first+30)
		}
	})
}

// checkSeenAll: every entry once and each stream in its own order.
func checkSeenAll(t *testing.T, r *rig, f ledger.Follower, want int) {
	t.Helper()
	if n := r.count(t, `select count(*) from seen where name = $1`, f.Name); n != int64(want) {
		t.Fatalf("%d entries seen of %d", n, want)
	}
	if n := r.count(t, `select count(*) from (select place, lag(place, 1, 0) over (partition by stream order by n) as before from seen where name = $1) x
		where place <= before`, f.Name); n != 0 {
		t.Fatalf("%d pairs of one stream in the wrong order", n)
	}
}

func parkedInOrder(t *testing.T, r *rig, f ledger.Follower, first int64, want int) {
	t.Helper()
	must(t, r.s.Read(bg, func(tx *store.Tx) error {
		list, err := r.Parked(tx, f, 100)
		if err != nil {
			return err
		}
		if len(list) != want || list[0].Seq != first || list[0].Why == "" {
			return fmt.Errorf("parked %+v", list)
		}
		for i := range list {
			if list[i].Stream != "case/1" || i > 0 && list[i].Seq <= list[i-1].Seq {
				return fmt.Errorf("parked %+v", list)
			}
		}
		return nil
	}))
}

func TestPassingFaultIsNotPoison(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		f := counting(t, r, "board", 1)
		r.note(t, "case/1", 20)
		good, faults := f.Handle, 0
		f.Handle = func(tx *store.Tx, e ledger.Entry) error {
			if e.Seq == 7 && faults < 2 {
				faults++
				return errors.New("just now")
			}
			return good(tx, e)
		}
		_, err := r.CatchUp(bg, f)
		must(t, err)
		if faults != 2 {
			t.Fatalf("failed %d times", faults)
		}
		f.Handle = good
		checkSeenAll(t, r, f, 20)
	})
}

func TestStoreAwayIsNotPoison(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		f := counting(t, r, "board", 1)
		r.note(t, "case/1", 5)
		good, away := f.Handle, true
		f.Handle = func(tx *store.Tx, e ledger.Entry) error {
			if away {
				return fmt.Errorf("%w: away", store.ErrUnavailable)
			}
			return good(tx, e)
		}
		for range 5 {
			if _, err := r.CatchUp(bg, f); !errors.Is(err, store.ErrUnavailable) {
				t.Fatalf("got %v", err)
			}
		}
		away = false
		_, err := r.CatchUp(bg, f)
		must(t, err)
		checkSeen(t, r, f, 5)
	})
}

func TestLostEventDoesNotMoveTheCursorAstray(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		f := counting(t, r, "board", 1)
		r.note(t, "case/1", 3)
		r.note(t, "case/2", 5)
		list := r.entries(t)
		r.write(t, `delete from event where id = $1`, list[1].Event)
		r.write(t, `update event set leaf = $2 where id = $1`, list[4].Event, []byte("{"))
		for range 2 {
			_, err := r.CatchUp(bg, f)
			must(t, err)
		}
		// The lost one and the unreadable one are parked, and what follows the latter.
		if n := r.count(t, `select count(*) from parked`); n != 1+4 {
			t.Fatalf("%d parked", n)
		}
		if n := r.count(t, `select count(*) from seen`); n != 3 {
			t.Fatalf("%d seen", n)
		}
	})
}

func TestRebuildBesideTheOldBuild(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		old := counting(t, r, "board", 1)
		r.note(t, "case/1", 40)
		_, err := r.CatchUp(bg, old)
		must(t, err)
		fresh := counting(t, r, "board", 2)
		r.note(t, "case/2", 10)
		for _, f := range []ledger.Follower{fresh, old} {
			_, err := r.CatchUp(bg, f)
			must(t, err)
			checkSeen(t, r, f, 50)
		}
		must(t, r.s.Do(bg, store.Background, func(tx *store.Tx) error { r.Drop(tx, old); return nil }))
		if n := r.count(t, `select count(*) from follower`); n != 1 {
			t.Fatalf("%d followers after the switch", n)
		}
	})
}

func TestFollowerGoesThroughGenerations(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		f := counting(t, r, "board", 1)
		r.note(t, "case/1", 4)
		must(t, r.NextGeneration(bg, ""))
		r.note(t, "case/1", 3)
		n, err := r.CatchUp(bg, f)
		must(t, err)
		if n != 4+1+3 {
			t.Fatalf("one run read %d", n)
		}
		checkSeen(t, r, f, 8)
	})
}
