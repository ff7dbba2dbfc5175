package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
)

// board is a read table: how many acts each stream has. It is what a dashboard
// would read.
func board(t testing.TB, r *rig, name string) ledger.Reading {
	t.Helper()
	r.write(t, `create table if not exists board(name text not null, build integer not null, stream text not null, n bigint not null,
		primary key(name, build, stream))`)
	return ledger.Reading{
		Name: name,
		Fill: func(tx *store.Tx, build int, e ledger.Entry) error {
			tx.Put(`insert into board(name, build, stream, n) values($1, $2, $3, 1) on conflict (name, build, stream) do update set n = board.n + 1`,
				name, build, e.Leaf.Stream)
			return nil
		},
		Clear: func(tx *store.Tx, build, limit int) (int64, error) {
			return tx.Exec(`delete from board where name = $1 and build = $2 and stream in (
				select stream from board where name = $1 and build = $2 limit $3)`, name, build, limit)
		},
	}
}

// look reads the board as a page does: which build, and what it says.
func look(ctx context.Context, r *rig, name string) (build int, acts, place int64, err error) {
	err = r.s.Read(ctx, func(tx *store.Tx) error {
		if build, err = r.Build(tx, name); err != nil {
			return err
		}
		if _, err := tx.Get([]any{&acts}, `select coalesce(sum(n), 0) from board where name = $1 and build = $2`, name, build); err != nil {
			return err
		}
		_, err := tx.Get([]any{&place}, `select seq from follower where name = $1 and build = $2`, name, build)
		return err
	})
	return build, acts, place, err
}

// While people write, two nodes follow and pages read, the board is built anew:
// the pages never see it half filled, never see it go back, and find in the new
// build what the old one would hold.
func TestRebuildUnderLoad(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		shown, control := board(t, r, "shown"), board(t, r, "control")
		for i := range 20 {
			r.note(t, fmt.Sprintf("case/%d", i%7), 150)
		}
		_, err := r.CatchUp(bg, shown.Follower())
		must(t, err)

		ctx, stop := context.WithCancel(bg)
		var all sync.WaitGroup
		var looks, written atomic.Int64
		first, after := make(chan struct{}), make(chan struct{})
		for w := range 4 { // people
			all.Go(func() {
				pace := time.NewTicker(5 * time.Millisecond)
				defer pace.Stop()
				for i := 0; ctx.Err() == nil; i++ {
					<-pace.C
					if err := r.s.Do(bg, store.People, func(tx *store.Tx) error {
						_, err := r.Note(tx, nil, ledger.Event{Stream: fmt.Sprintf("case/%d/%d", w, i%11), Kind: "test.noted"})
						return err
					}); err != nil {
						t.Error(err)
					}
					written.Add(1)
				}
			})
		}
		for range 2 { // nodes
			wake := r.Wake()
			all.Go(func() {
				for ctx.Err() == nil {
					select {
					case <-ctx.Done():
					case <-wake:
					}
					if _, err := r.Number(bg, 500); err != nil {
						t.Error(err)
					}
					if _, err := r.CatchUp(bg, shown.Follower()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Go(func() { // pages
			lastBuild, lastActs := 0, int64(0)
			for ctx.Err() == nil {
				build, acts, place, err := look(bg, r, "shown")
				if err != nil {
					t.Error(err)
					return
				}
				if acts != place || build < lastBuild || acts < lastActs {
					t.Errorf("build %d shows %d acts of %d, after build %d with %d", build, acts, place, lastBuild, lastActs)
					return
				}
				lastBuild, lastActs = build, acts
				if looks.Add(1) == 3 {
					close(first)
				}
				if build == 2 {
					select {
					case <-after:
					default:
						close(after)
					}
				}
			}
		})
		<-first
		began := written.Load()
		build, err := r.Rebuild(bg, shown, nil)
		must(t, err)
		if build != 2 {
			t.Fatalf("built %d", build)
		}
		<-after
		during := written.Load() - began
		stop()
		all.Wait()
		if t.Failed() {
			return
		}
		if during == 0 {
			t.Fatal("nobody wrote while it was built")
		}
		t.Logf("%d looks, %d acts written while it was built", looks.Load(), during)

		r.numberAll(t)
		for _, f := range []ledger.Reading{shown, control} {
			_, err := r.CatchUp(bg, f.Follower())
			must(t, err)
		}
		if n := r.count(t, `select count(*) from (select stream, n from board where name = 'control' and build = 1
			except select stream, n from board where name = 'shown' and build = 2) d`); n != 0 {
			t.Fatalf("%d streams are not what they would have been", n)
		}
		if a, b := r.count(t, `select sum(n) from board where name = 'shown'`), r.count(t, `select count(*) from entry`); a != b {
			t.Fatalf("%d acts on the board of %d: the old build is not cleared away", a, b)
		}
		if n := r.count(t, `select count(*) from follower where name = 'shown'`); n != 1 {
			t.Fatalf("%d builds follow", n)
		}
	})
}

func TestRebuildBrokenOffGoesOn(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		shown := board(t, r, "shown")
		r.note(t, "case/1", 1200)
		_, err := r.CatchUp(bg, shown.Follower())
		must(t, err)
		ctx, stop := context.WithCancel(bg)
		fill, seen := shown.Fill, 0
		broken := shown
		broken.Fill = func(tx *store.Tx, build int, e ledger.Entry) error {
			if seen++; seen == 700 {
				stop()
			}
			return fill(tx, build, e)
		}
		if _, err := r.Rebuild(ctx, broken, nil); !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
		if build, acts, _, err := look(bg, r, "shown"); err != nil || build != 1 || acts != 1200 {
			t.Fatalf("build %d with %d acts is read, %v", build, acts, err)
		}
		seen = 1000 // does not break off again
		build, err := r.Rebuild(bg, broken, nil)
		must(t, err)
		if build != 2 || seen >= 1000+1200 {
			t.Fatalf("build %d, %d acts read again", build, seen-1000)
		}
		if build, acts, _, err := look(bg, r, "shown"); err != nil || build != 2 || acts != 1200 {
			t.Fatalf("build %d with %d acts is read, %v", build, acts, err)
		}
	})
}

func TestRebuildThatParksIsNotRead(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		shown := board(t, r, "shown")
		r.note(t, "case/1", 20)
		r.note(t, "case/2", 20)
		_, err := r.CatchUp(bg, shown.Follower())
		must(t, err)
		good := shown.Fill
		worse := shown
		worse.Fill = func(tx *store.Tx, build int, e ledger.Entry) error {
			if e.Seq == 30 {
				return errors.New("cannot digest this any more")
			}
			return good(tx, build, e)
		}
		if _, err := r.Rebuild(bg, worse, nil); !errors.Is(err, ledger.ErrParkedAnew) {
			t.Fatalf("got %v", err)
		}
		if build, acts, _, err := look(bg, r, "shown"); err != nil || build != 1 || acts != 40 {
			t.Fatalf("build %d with %d acts is read, %v", build, acts, err)
		}
	})
}

// A follower that acts towards people has no second build.
func TestFollowerThatTellsPeopleIsNoReading(t *testing.T) {
	t.Parallel()
	if _, ok := (ledger.Follower{Name: "notice", Build: 1}).Reading(); ok {
		t.Fatal("it would be built again, and tell everybody again")
	}
	if r, ok := (ledger.Reading{Name: "board"}).Follower().Reading(); !ok || r.Name != "board" {
		t.Fatal("a reading is not known by its follower")
	}
}
