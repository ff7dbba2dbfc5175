package ledger_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/rules/day"
)

func TestConcurrentAppendsAreNumberedInTheOrderOfCause(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		const writers, each, streams = 16, 40, 12
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					err := r.s.Do(bg, store.People, func(tx *store.Tx) error {
						_, err := r.Note(tx, nil, ledger.Event{Stream: fmt.Sprintf("case/%d", (w+i)%streams), Kind: "test.noted"})
						return err
					})
					if err != nil {
						t.Error(err)
					}
					if i%10 == 0 { // several number at once
						if _, err := r.Number(bg, 7); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		wg.Wait()
		r.numberAll(t)
		checkOrder(t, r.entries(t), writers*each)
		checkTree(t, r)
	})
}

// checkOrder: numbers without a gap, each event once, every stream from 1 on.
func checkOrder(t *testing.T, list []ledger.Entry, want int) {
	t.Helper()
	if len(list) != want {
		t.Fatalf("%d entries for %d events", len(list), want)
	}
	versions, events := map[string]int64{}, map[int64]bool{}
	for i, e := range list {
		if e.Seq != int64(i) {
			t.Fatalf("entry %d has number %d", i, e.Seq)
		}
		if events[e.Event] {
			t.Fatalf("event %d is numbered twice", e.Event)
		}
		events[e.Event] = true
		if versions[e.Leaf.Stream]++; versions[e.Leaf.Stream] != e.Leaf.N {
			t.Fatalf("%s: version %d stands where %d belongs", e.Leaf.Stream, e.Leaf.N, versions[e.Leaf.Stream])
		}
		if tlog.RecordHash(e.Bytes) != e.Hash {
			t.Fatalf("entry %d: hash is not that of its leaf", i)
		}
	}
}

// checkTree compares the signed root with tlog's and with the definition.
func checkTree(t *testing.T, r *rig) {
	t.Helper()
	var hashes []tlog.Hash
	for _, e := range r.entries(t) {
		hashes = append(hashes, e.Hash)
	}
	c, err := r.Sign(bg)
	must(t, err)
	if c.Size != int64(len(hashes)) || c.Root != treeByTlog(t, hashes) || c.Root != treeByDefinition(hashes) {
		t.Fatalf("root of %d acts is %v", c.Size, c.Root)
	}
}

// treeByTlog lets golang.org/x/mod compute the root.
func treeByTlog(t *testing.T, leaves []tlog.Hash) tlog.Hash {
	t.Helper()
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, x := range at {
			out[i] = stored[x]
		}
		return out, nil
	})
	for i, h := range leaves {
		more, err := tlog.StoredHashesForRecordHash(int64(i), h, read)
		must(t, err)
		stored = append(stored, more...)
	}
	root, err := tlog.TreeHash(int64(len(leaves)), read)
	must(t, err)
	return root
}

func TestEdgesOfTheTree(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		var leaves []tlog.Hash
		for _, size := range []int{1, 2, 255, 256, 257, 511, 513, 65535, 65536, 65537} {
			more, err := r.Fill(bg, size-len(leaves))
			must(t, err)
			leaves = append(leaves, more...)
			c, err := r.Sign(bg)
			must(t, err)
			if c.Size != int64(size) || c.Root != treeByDefinition(leaves) {
				t.Fatalf("root of %d leaves is %v", size, c.Root)
			}
			must(t, r.s.Read(bg, func(tx *store.Tx) error {
				for _, seq := range []int{0, size / 2, size - 1, size - size%256, (size - 1) / 256 * 256} {
					if seq >= size {
						continue
					}
					path, err := r.Path(tx, int64(seq))
					if err != nil {
						return err
					}
					if !provedByDefinition(path, int64(size), int64(seq), leaves[seq], c.Root) {
						return fmt.Errorf("the path of leaf %d of %d does not lead to the root", seq, size)
					}
				}
				return nil
			}))
		}
		if got := r.count(t, `select count(*) from tile`); got != 256+1 {
			t.Fatalf("65537 leaves fill %d tiles", got)
		}
		tilesAreServed(t, r, leaves)
	})
}

func tilesAreServed(t *testing.T, r *rig, leaves []tlog.Hash) {
	t.Helper()
	must(t, r.s.Read(bg, func(tx *store.Tx) error {
		logs, err := r.Logs(tx)
		if err != nil {
			return err
		}
		for _, c := range []struct {
			level int
			n     int64
			width int
			want  []tlog.Hash
		}{
			{0, 3, 256, leaves[3*256 : 4*256]},
			{0, 256, 1, leaves[65536:]},
			{0, 2, 9, leaves[512 : 512+9]},
			{1, 0, 2, []tlog.Hash{treeByDefinition(leaves[:256]), treeByDefinition(leaves[256:512])}},
			{2, 0, 1, []tlog.Hash{treeByDefinition(leaves[:65536])}},
		} {
			b, err := r.Tile(tx, logs[0].ID, c.level, c.n, c.width)
			if err != nil {
				return err
			}
			for i, h := range c.want {
				if string(b[i*32:i*32+32]) != string(h[:]) {
					return fmt.Errorf("tile %s: hash %d is another", ledger.TilePath(c.level, c.n, c.width), i)
				}
			}
			if len(b) != 32*c.width {
				return fmt.Errorf("tile %s has %d bytes", ledger.TilePath(c.level, c.n, c.width), len(b))
			}
		}
		for _, c := range [][3]int{{0, 256, 2}, {0, 257, 1}, {1, 1, 1}, {2, 0, 2}, {3, 0, 1}, {-1, 0, 1}, {0, -1, 1}, {0, 0, 0}, {0, 0, 257}, {99, 0, 1}} {
			if _, err := r.Tile(tx, logs[0].ID, c[0], int64(c[1]), c[2]); !errors.Is(err, ledger.ErrNoTile) {
				return fmt.Errorf("tile %v: %v", c, err)
			}
		}
		return nil
	}))
}

func TestTwoNumberersOfOneDatabase(t *testing.T) {
	t.Parallel()
	a := newRig(t, store.Postgres, nil)
	b := ledger.New(a.options) // another node on the same database
	must(t, b.Attach(bg, a.s))
	const writers, each = 8, 50
	var writing, numbering sync.WaitGroup
	var stop atomic.Bool
	for _, l := range []*ledger.Ledger{a.Ledger, b} {
		numbering.Go(func() {
			for !stop.Load() {
				if _, err := l.Number(bg, 5); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for w := range writers {
		writing.Go(func() {
			for range each {
				if err := a.s.Do(bg, store.People, func(tx *store.Tx) error {
					_, err := a.Note(tx, nil, ledger.Event{Stream: fmt.Sprint("case/", w), Kind: "test.noted"})
					return err
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	stop.Store(true)
	numbering.Wait()
	a.numberAll(t)
	checkOrder(t, a.entries(t), writers*each)
	checkTree(t, a)
}

func TestPausedLeaseholderCannotFork(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.note(t, "case/1", 3)
		err := r.StaleExtend(bg, func() error { r.note(t, "case/2", 3); return nil })
		if !errors.Is(err, ledger.ErrNumberedElsewhere) {
			t.Fatalf("the stale numberer got %v", err)
		}
		checkOrder(t, r.entries(t), 6)
		checkTree(t, r)
	})
}

func TestLeaseGoesOnWhenItsHolderFallsSilent(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			var now atomic.Int64
			now.Store(int64(day.Of(2026, 11, 20).Start()))
			r := newRig(t, e, func(o *store.Options) { o.Clock = func() day.Instant { return day.Instant(now.Load()) } })
			for i, step := range []struct {
				holder string
				wait   day.Instant
				want   bool
			}{{"a", 0, true}, {"b", 0, false}, {"a", 4 * day.Second, true}, {"b", 4 * day.Second, false}, {"b", 2 * day.Second, true}, {"a", 0, false}} {
				now.Add(int64(step.wait))
				if got, err := r.Hold(bg, "number", step.holder); err != nil || got != step.want {
					t.Fatalf("step %d: %s holds the lease: %v %v", i, step.holder, got, err)
				}
			}
		})
	}
}

func TestFailureBeforeCommitStoresNothing(t *testing.T) {
	t.Parallel()
	var fail atomic.Bool
	var l *ledger.Ledger
	r := newRig(t, store.SQLite, func(o *store.Options) {
		before := o.BeforeCommit
		o.BeforeCommit = func(tx *store.Tx, kept []any) error {
			err := before(tx, kept)
			if fail.Load() {
				return errors.New("injected")
			}
			return err
		}
	})
	l = r.Ledger
	r.note(t, "case/1", 2)
	fail.Store(true)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			err := r.s.Do(bg, store.People, func(tx *store.Tx) error {
				_, err := l.Note(tx, nil, ledger.Event{Stream: fmt.Sprint("case/", i), Kind: "test.noted"})
				return err
			})
			if !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("answered %v", err)
			}
		})
	}
	wg.Wait()
	fail.Store(false)
	if n := r.count(t, `select count(*) from event`) + r.count(t, `select count(*) from entry`); n != 4 {
		t.Fatalf("%d rows of 4 after the injected failure", n)
	}
	r.note(t, "case/1", 1)
	checkOrder(t, r.entries(t), 3)
	checkTree(t, r)
}

func TestNodesThatStartTogetherOpenOneLog(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			s := storetest.Open(t, e, nil)
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					if err := ledger.New(ledger.Options{Origin: "yunhe.example/log"}).Attach(bg, s); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			l := ledger.New(ledger.Options{Origin: "yunhe.example/log"})
			must(t, l.Attach(bg, s))
			must(t, s.Read(bg, func(tx *store.Tx) error {
				logs, err := l.Logs(tx)
				if len(logs) != 1 {
					return fmt.Errorf("%d logs: %w", len(logs), err)
				}
				return err
			}))
		})
	}
}
