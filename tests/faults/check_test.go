package faults_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"tongban/internal/record/store"
	"tongban/tests/drive"
)

// long tells whether the long trials are run: make faults.
func long() bool { return os.Getenv("TONGBAN_FAULTS") != "" }

var built struct {
	sync.Once
	dir, path string
	err       error
}

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == careless {
		fmt.Fprintln(os.Stderr, serveCarelessly(os.Args[2]))
		os.Exit(1)
	}
	code := m.Run()
	clearSettlements()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// binary builds the real binary once for all tests, unless TONGBAN_BINARY names one.
func binary(t *testing.T) string {
	t.Helper()
	built.Do(func() {
		if built.path = os.Getenv("TONGBAN_BINARY"); built.path != "" {
			return
		}
		if built.dir, built.err = os.MkdirTemp("", "tongban-faults-"); built.err == nil {
			built.path, built.err = drive.Build(built.dir)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

// repeatUnanswered sends again, with the same key, what nobody answered. The
// act of a case may have been done before the kill; the key makes it one.
func (g *group) repeatUnanswered() {
	g.t.Helper()
	for _, e := range g.book {
		switch {
		case !e.acked:
			g.repeated++
			if !g.apply(e) {
				g.t.Fatalf("%s was not taken after the restart", e.key)
			}
			first := e.done
			if !g.apply(e) || e.done.Case != first.Case || e.done.Number != first.Number {
				g.t.Errorf("%s repeated: case %d %s, then %d %s", e.key, first.Case, first.Number, e.done.Case, e.done.Number)
			}
		case e.asked:
			g.repeated++
			g.repeatStep(e)
		}
	}
}

// repeatStep sends an unanswered act again. An act on a task that was in fact
// done before the kill is found by its key, although its task is no longer open.
func (g *group) repeatStep(e *entry) {
	g.t.Helper()
	way := g.staff[e.n%len(g.staff)].Way()
	s := way[e.step]
	done, err := s.Do(g.ctx, fmt.Sprintf("%s-%s", e.key, s.Name), e.on)
	if err != nil {
		g.t.Fatalf("%s %s repeated: %v", e.key, s.Name, err)
	}
	e.asked, e.news, e.status = false, true, done.Status
	e.step++
	g.acts++
}

// compare reads every case of the book as its applicant does.
func (g *group) compare() {
	g.t.Helper()
	g.compareIf(func(*entry) bool { return true })
}

// compareNew reads the cases of which something was acknowledged since they were
// last read.
func (g *group) compareNew() {
	g.t.Helper()
	g.compareIf(func(e *entry) bool { return e.news })
}

func (g *group) compareIf(worth func(*entry) bool) {
	g.t.Helper()
	for _, e := range g.book {
		if !worth(e) {
			continue
		}
		e.news = false
		c, err := g.persons[e.who].Look(g.ctx, e.done.Case)
		if err != nil {
			g.t.Errorf("%s was acknowledged as %s: %v", e.key, e.done.Number, err)
			continue
		}
		if c.Number != e.done.Number || c.Status != e.status || len(c.Papers) == 0 {
			g.t.Errorf("%s: acknowledged %s %s, there is %s %s with %d papers", e.key, e.done.Number, e.status, c.Number, c.Status, len(c.Papers))
		}
	}
}

// verify opens the stopped house and checks the whole record; it also counts:
// no case that nobody applied for.
func (g *group) verify() {
	g.t.Helper()
	var cases, files int
	g.reopened(func(c *drive.County) error {
		return c.House.Store.Read(g.ctx, func(tx *store.Tx) error {
			for id := range g.files {
				if err := g.keepsFile(tx, c, id); err != nil {
					g.t.Errorf("acknowledged: %v", err)
				}
			}
			_, err := tx.Get([]any{&cases, &files}, `select (select count(*) from proceeding), (select count(*) from casefile)`)
			return err
		})
	})
	if cases != len(g.book) || files != cases {
		g.t.Errorf("%d cases and %d files are stored, %d were applied for", cases, files, len(g.book))
	}
}

// reopened verifies the record of the stopped house and then asks f.
func (g *group) reopened(f func(*drive.County) error) {
	g.t.Helper()
	c, err := drive.Reopen(g.ctx, drive.Options(g.dir, g.db))
	g.must(err)
	defer func() { g.must(c.House.Close()) }()
	g.must(drive.Verify(g.ctx, c.House))
	g.must(f(c))
}

// copyFolder copies a folder with its permissions: keys that others may read are
// not taken.
func copyFolder(to, from string) error {
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		at := filepath.Join(to, path[len(from):])
		if e.IsDir() {
			return os.MkdirAll(at, info.Mode())
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(at, b, info.Mode())
	})
}
