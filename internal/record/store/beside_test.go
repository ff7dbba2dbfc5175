package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// counters is a store with rows to count in, and the commands that do.
type counters struct {
	*Store
	t      *testing.T
	beside atomic.Int64 // runs of a command beside the writer
	runs   atomic.Int64
}

func openCounters(t *testing.T) *counters {
	t.Helper()
	s, err := Open(t.Context(), Options{Dir: t.TempDir(), NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := &counters{Store: s, t: t}
	c.must(s.Do(t.Context(), People, func(tx *Tx) error {
		_, err := tx.Exec(`create table counted (home integer, id integer, n integer, primary key (home, id))`)
		for id := range 4 {
			tx.Put(`insert into counted(home, id, n) values(1, $1, 0)`, id)
		}
		return err
	}))
	return c
}

func (c *counters) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func number(r Row) (n int64, err error) { err = r.Scan(&n); return n, err }

// add reads a row and writes what it makes of it, as commands do.
func (c *counters) add(id int, more func(tx *Tx, n int64) error) error {
	return c.Do(context.Background(), People, func(tx *Tx) error {
		c.runs.Add(1)
		if _, ok := tx.conn.(*keptBack); ok {
			c.beside.Add(1)
		}
		n, _, err := Held(tx, number, `select n from counted where home = $1 and id = $2`, 1, id)
		if err != nil {
			return err
		}
		if more != nil {
			if err := more(tx, n); err != nil {
				return err
			}
		}
		tx.PutOne(errors.New("nothing counted"), `update counted set n = $3 where home = $1 and id = $2`, 1, id, n+1)
		return nil
	})
}

func (c *counters) sum() (n int64) {
	c.t.Helper()
	c.must(c.Read(context.Background(), func(tx *Tx) error {
		_, err := tx.Get([]any{&n}, `select sum(n) from counted`)
		return err
	}))
	return n
}

// Many count in few rows at once; none is lost, whoever ran the command.
func TestBesideTheWriterNothingIsLost(t *testing.T) {
	t.Parallel()
	c := openCounters(t)
	const people, each = 16, 60
	var wg sync.WaitGroup
	for p := range people {
		wg.Go(func() {
			for i := range each {
				if err := c.add((p+i)%4, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := c.sum(); n != people*each {
		t.Errorf("counted %d times, %d stand", people*each, n)
	}
	if c.beside.Load() == 0 {
		t.Error("no command was run beside the writer")
	}
	t.Logf("%d runs for %d commands, %d of them beside the writer", c.runs.Load(), people*each, c.beside.Load())
}

// occupied keeps the writer busy until free is called.
func (c *counters) occupied() (free func()) {
	in, out, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		done <- c.Do(context.Background(), Background, func(*Tx) error { close(in); <-out; return nil })
	}()
	<-in
	return func() { close(out); c.must(<-done) }
}

// planned starts a command on row 0 and returns when it was run beside the writer.
func (c *counters) planned(more func(tx *Tx, n int64) error) (answer chan error) {
	answer = make(chan error, 1)
	ran := make(chan struct{}, 2)
	go func() {
		answer <- c.add(0, func(tx *Tx, n int64) error {
			defer func() { ran <- struct{}{} }()
			if more != nil {
				return more(tx, n)
			}
			return nil
		})
	}()
	<-ran
	return answer
}

// Of two that held the same row on the same view the second is run again.
func TestBesideRunsAgainWhatWasTouched(t *testing.T) {
	t.Parallel()
	c := openCounters(t)
	free := c.occupied()
	first, second := c.planned(nil), c.planned(nil)
	free()
	c.must(errors.Join(<-first, <-second))
	if n := c.sum(); n != 2 || c.runs.Load() != 3 || c.beside.Load() != 2 {
		t.Errorf("counted %d in %d runs, %d of them beside; want 2 in 3, 2 beside", n, c.runs.Load(), c.beside.Load())
	}
}

// Another process writes between the view and the writer's turn.
func TestBesideNoticesOtherProcesses(t *testing.T) {
	t.Parallel()
	c := openCounters(t)
	free := c.occupied()
	answer := c.planned(nil)
	other, err := sql.Open("sqlite", "file:"+c.engine.(*sqliteEngine).path+"?_pragma=busy_timeout(5000)")
	c.must(err)
	defer func() { _ = other.Close() }()
	wrote := make(chan error)
	go func() {
		_, err := other.Exec(`update counted set n = 10 where id = 0`)
		wrote <- err
	}()
	// The writer holds the file; the other gets it when the writer ends its group,
	// or after the command: both orders are right, but none may lose the ten.
	free()
	c.must(errors.Join(<-answer, <-wrote))
	if n := c.sum(); n != 10 && n != 11 {
		t.Errorf("%d stands; the other process wrote 10", n)
	}
}

// What a command may not do beside the writer it does with it, and from then on
// is not run beside it.
func TestBesideLeavesWritingToTheWriter(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(tx *Tx, n int64) error{
		"exec": func(tx *Tx, _ int64) error {
			_, err := tx.Exec(`update counted set n = n + 100 where id = 1`)
			return err
		},
		"returning": func(tx *Tx, _ int64) error {
			var n int64
			_, err := tx.Get([]any{&n}, `update counted set n = n + 100 where id = 1 returning n`)
			return err
		},
		"read back": func(tx *Tx, _ int64) error {
			tx.Put(`update counted set n = n + 100 where id = 1`)
			if err := tx.Flush(); err != nil {
				return err
			}
			var n int64
			if _, err := tx.Get([]any{&n}, `select n from counted where id = 1`); err != nil || n < 100 {
				return fmt.Errorf("read back %d: %w", n, err)
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := openCounters(t)
			for range 2 {
				free := c.occupied()
				answer := make(chan error, 1)
				go func() { answer <- c.add(0, write) }()
				for c.engine.(*sqliteEngine).aside.pending.Load() < 2 { // until it waits for the writer
					runtime.Gosched()
				}
				free()
				c.must(<-answer)
			}
			if n := c.sum(); n != 202 {
				t.Errorf("%d stands, want 202", n)
			}
			if c.beside.Load() != 1 {
				t.Errorf("run %d times beside the writer, want once", c.beside.Load())
			}
		})
	}
}

// A refusal found beside the writer is the answer; nothing of it is stored.
func TestBesideRefuses(t *testing.T) {
	t.Parallel()
	c := openCounters(t)
	no := errors.New("no")
	free := c.occupied()
	if err := c.add(0, func(*Tx, int64) error { return no }); !errors.Is(err, no) {
		t.Errorf("answered %v", err)
	}
	free()
	if n := c.sum(); n != 0 {
		t.Errorf("%d stands of a refused command", n)
	}
}
