package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/rules/day"
)

var bg = context.Background()

func table(t *testing.T, s *store.Store) {
	t.Helper()
	must(t, s.Do(bg, store.People, func(tx *store.Tx) error {
		_, err := tx.Exec(`create table note(id bigint primary key, word text not null unique, d integer not null default 0, raw bytea)`)
		return err
	}))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func words(t *testing.T, s *store.Store) []string {
	t.Helper()
	var list []string
	must(t, s.Read(bg, func(tx *store.Tx) (err error) {
		list, err = store.All(tx, func(r store.Row) (w string, err error) { return w, r.Scan(&w) }, `select word from note order by word`)
		return err
	}))
	return list
}

func TestWhatIsAcknowledgedIsVisible(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		table(t, s)
		d := day.MustParse("2026-11-20")
		must(t, s.Do(bg, store.People, func(tx *store.Tx) error {
			tx.Put(`insert into note(id, word, d, raw) values($1, $2, $3, $4)`, tx.NewID(), "甲", d, []byte{1, 0, 2})
			return nil
		}))
		var got day.Day
		var raw []byte
		must(t, s.Read(bg, func(tx *store.Tx) error {
			found, err := tx.Get([]any{&got, &raw}, `select d, raw from note where word = $1`, "甲")
			if !found {
				return errors.New("row not there")
			}
			return err
		}))
		if got != d || len(raw) != 3 {
			t.Fatalf("read back %v %v", got, raw)
		}
	})
}

func TestRefusedCommandLeavesOnlyItsRecord(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		table(t, s)
		err := s.Do(bg, store.People, func(tx *store.Tx) error {
			tx.Put(`insert into note(id, word) values(1, '做了一半')`)
			must(t, tx.Flush())
			return refusal{}
		})
		if !errors.As(err, new(refusal)) {
			t.Fatalf("got %v", err)
		}
		if got := fmt.Sprint(words(t, s)); got != "[拒绝记录]" {
			t.Fatalf("stored %s", got)
		}
	})
}

type refusal struct{}

func (refusal) Error() string { return "refused" }
func (refusal) Record(tx *store.Tx) error {
	tx.Put(`insert into note(id, word) values(2, '拒绝记录')`)
	return nil
}

func TestOneCommandsFailureIsItsOwn(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		table(t, s)
		var wg sync.WaitGroup
		var stored, failed atomic.Int64
		for i := range 400 {
			wg.Go(func() {
				err := s.Do(bg, store.People, func(tx *store.Tx) error {
					tx.Put(`insert into note(id, word) values($1, $2)`, tx.NewID(), fmt.Sprintf("w%03d", i))
					switch i % 4 {
					case 1:
						return errors.New("changed its mind")
					case 2:
						panic("faulty command")
					case 3:
						tx.Put(`insert into note(id, word) values($1, $2)`, tx.NewID(), fmt.Sprintf("w%03d", i))
					}
					return nil
				})
				if err == nil {
					stored.Add(1)
				} else {
					failed.Add(1)
				}
			})
		}
		wg.Wait()
		if got := len(words(t, s)); got != 100 || stored.Load() != 100 || failed.Load() != 300 {
			t.Fatalf("%d rows, %d acknowledged, %d failed; want 100, 100, 300", got, stored.Load(), failed.Load())
		}
	})
}

func TestPutOneEndsTheCommandWhenNothingWasTouched(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		table(t, s)
		taken := errors.New("word is taken")
		add := func() error {
			return s.Do(bg, store.People, func(tx *store.Tx) error {
				tx.PutOne(taken, `insert into note(id, word) values($1, '乙') on conflict do nothing`, tx.NewID())
				return nil
			})
		}
		must(t, add())
		if err := add(); !errors.Is(err, taken) {
			t.Fatalf("second insert answered %v", err)
		}
	})
}

func TestIdsAreNeverGivenTwice(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		var mu sync.Mutex
		seen := map[int64]bool{}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				_ = s.Do(bg, store.People, func(tx *store.Tx) error {
					mu.Lock()
					defer mu.Unlock()
					for range 1000 {
						id := tx.NewID()
						if seen[id] {
							t.Errorf("id %d given twice", id)
						}
						seen[id] = true
					}
					return errors.New("rolled back: its ids are not given again")
				})
			})
		}
		wg.Wait()
		if len(seen) < 20000 {
			t.Fatalf("only %d ids", len(seen))
		}
	})
}

func TestClosedBrowserDoesNotInterruptTheWriter(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		table(t, s)
		ctx, cancel := context.WithCancel(bg)
		err := s.Do(ctx, store.People, func(tx *store.Tx) error {
			cancel() // the browser is closed in mid-command
			tx.Put(`insert into note(id, word) values(1, '丙')`)
			return nil
		})
		must(t, err)
		if got := fmt.Sprint(words(t, s)); got != "[丙]" {
			t.Fatalf("stored %s", got)
		}
	})
}

func TestWritingInAReadPanics(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		defer func() {
			if recover() == nil {
				t.Error("a read wrote")
			}
		}()
		_ = s.Read(bg, func(tx *store.Tx) error {
			tx.Put(`insert into id_block(home, next) values(99, 1)`)
			return nil
		})
	})
}

func TestTraceTellsEveryStatement(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		table(t, s)
		var told []string
		s.Trace(func(sql string) { told = append(told, sql[:6]) })
		must(t, s.Do(bg, store.People, func(tx *store.Tx) error {
			tx.Put(`insert into note(id, word) values($1, '丁')`, tx.NewID())
			_, err := tx.Exec(`update note set d = 1`)
			return err
		}))
		words(t, s)
		s.Trace(nil)
		words(t, s)
		if got := fmt.Sprint(told); got != "[insert update select]" {
			t.Errorf("told %s", got)
		}
	})
}

func TestRowsArePutTogether(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		table(t, s)
		statements := 0
		s.Trace(func(string) { statements++ })
		must(t, s.Do(bg, store.People, func(tx *store.Tx) error {
			var rows [][]any
			for i := range 70 {
				rows = append(rows, []any{tx.NewID(), fmt.Sprintf("%02d", i), []byte{byte(i)}})
			}
			tx.PutRows(`insert into note(id, word, raw)`, rows)
			tx.PutRows(`insert into note(id, word, raw)`, nil)
			return nil
		}))
		s.Trace(nil)
		got := words(t, s)
		if len(got) != 70 || got[0] != "00" || got[69] != "69" || statements != 3 {
			t.Errorf("%d rows in %d statements: %v", len(got), statements, got)
		}
	})
}

func TestOnceReadsOnceInATransaction(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		reads := 0
		ask := func(tx *store.Tx) int {
			n, err := store.Once(tx, "k", func() (int, error) { reads++; return reads, nil })
			must(t, err)
			return n
		}
		for want := 1; want < 4; want += 2 {
			must(t, s.Do(bg, store.People, func(tx *store.Tx) error {
				if a, b := ask(tx), ask(tx); a != want || b != want {
					t.Errorf("asked twice: %d and %d, want %d", a, b, want)
				}
				tx.Forget("k")
				if got := ask(tx); got != want+1 {
					t.Errorf("after it was dropped: %d", got)
				}
				return nil
			}))
		}
	})
}
