package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
)

// A full disk in the middle of a group: SQLite rolls the whole transaction back
// by itself. Everybody in the group must be told "unavailable", what was
// acknowledged before must be there, and nothing else.
func TestFullDiskLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	o := storetest.Options(t, store.SQLite)
	first := storetest.Open(t, store.SQLite, func(x *store.Options) { *x = o })
	table(t, first)
	var pages int
	must(t, first.Read(bg, func(tx *store.Tx) error {
		_, err := tx.Get([]any{&pages}, `pragma page_count`)
		return err
	}))
	must(t, first.Close())
	small := fmt.Sprintf("max_page_count(%d)", pages+40)
	s := storetest.Open(t, store.SQLite, func(x *store.Options) { *x = o; x.Pragmas = []string{small} })
	var acked sync.Map
	var refused atomic.Int64
	var wg sync.WaitGroup
	big := strings.Repeat("满", 1500)
	for i := range 300 {
		wg.Go(func() {
			word := fmt.Sprintf("%03d%s", i, big)
			err := s.Do(bg, store.People, func(tx *store.Tx) error {
				tx.Put(`insert into note(id, word) values($1, $2)`, i, word)
				return nil
			})
			switch {
			case err == nil:
				acked.Store(word, true)
			case errors.Is(err, store.ErrUnavailable):
				refused.Add(1)
			default:
				t.Errorf("command %d answered %v", i, err)
			}
		})
	}
	wg.Wait()
	if refused.Load() == 0 || s.Broken() == "" {
		t.Fatal("the disk was never full")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := storetest.Open(t, store.SQLite, func(x *store.Options) { *x = o })
	there := words(t, again)
	n := 0
	acked.Range(func(k, _ any) bool { n++; return true })
	if len(there) != n {
		t.Fatalf("%d rows are there, %d were acknowledged", len(there), n)
	}
	for _, w := range there {
		if _, ok := acked.Load(w); !ok {
			t.Fatalf("row %.3s is there and was not acknowledged", w)
		}
	}
}

func TestSchemaHasNoDeferredConstraints(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, store.SQLite, nil)
	must(t, s.Read(bg, func(tx *store.Tx) error {
		n := 0
		err := tx.Each(func(r store.Row) error {
			var sql string
			if err := r.Scan(&sql); err != nil {
				return err
			}
			n++
			if strings.Contains(strings.ToLower(sql), "deferr") {
				t.Errorf("deferred constraint in %s", sql)
			}
			return nil
		}, `select coalesce(sql, '') from sqlite_master`)
		if n == 0 {
			t.Error("no schema")
		}
		return err
	}))
}

func BenchmarkGroupedInserts(b *testing.B) {
	s := storetest.Open(b, store.SQLite, nil)
	if err := s.Do(bg, store.People, func(tx *store.Tx) error {
		_, err := tx.Exec(`create table note(id bigint primary key, word text not null)`)
		return err
	}); err != nil {
		b.Fatal(err)
	}
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := s.Do(bg, store.People, func(tx *store.Tx) error {
				tx.Put(`insert into note(id, word) values($1, $2)`, tx.NewID(), "一行")
				return nil
			}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A closed store has given its files back: the last connection writes the WAL
// back and removes it, and nothing is answered any more.
func TestClosedStoreHoldsNoFile(t *testing.T) {
	t.Parallel()
	o := storetest.Options(t, store.SQLite)
	s := storetest.Open(t, store.SQLite, func(x *store.Options) { *x = o })
	table(t, s)
	must(t, s.Close())
	if _, err := os.Stat(filepath.Join(o.Dir, "tongban.db-wal")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the WAL is still there: %v", err)
	}
	if err := s.Read(bg, func(*store.Tx) error { return nil }); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a closed store read: %v", err)
	}
	if err := s.Do(bg, store.People, func(*store.Tx) error { return nil }); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a closed store wrote: %v", err)
	}
	must(t, s.Close())
}
