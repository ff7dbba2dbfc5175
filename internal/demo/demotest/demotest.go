// Package demotest opens the demonstration county for tests. Each wants a county of
// its own, and founding one takes seconds: it is founded once in a process for each
// engine, and copied for every test.
package demotest

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"tongban/internal/demo"
	"tongban/internal/house"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/register/identity"
)

// founded is a county that was founded and closed: its database, where that is
// PostgreSQL, and its data folder.
type founded struct {
	once     sync.Once
	database store.Options
	files    map[string][]byte
}

var counties = map[store.Engine]*founded{store.SQLite: {}, store.Postgres: {}}

// Open opens a county of the test's own, founded and at the start of its year. o
// may bring a log, randomness and whatever else is not where the house lies.
func Open(t testing.TB, e store.Engine, o house.Options) (*house.House, *demo.County, *demo.Clock) {
	t.Helper()
	f := counties[e]
	f.once.Do(func() { f.found(t, e) })
	if f.files == nil {
		t.Fatal("the county was not founded: see the test that asked for it first")
	}
	clock := demo.NewClock(demo.Start)
	o = settled(o)
	o.Dir, o.Clock = f.folder(t), clock.Now
	if e == store.Postgres {
		o.Database = storetest.Copy(t, f.database).URL
	}
	h, err := house.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	c, err := demo.Find(context.Background(), h)
	if err != nil {
		t.Fatal(err)
	}
	return h, c, clock
}

// settled are the options of every county here. Passwords cost little: signing in
// is not what is tested.
func settled(o house.Options) house.Options {
	o.Region, o.Remedies, o.Sample, o.NoSync = demo.Region, demo.Remedies(), true, true
	o.Hash = identity.Argon{MemoryKiB: 64, Passes: 1, Lanes: 1}
	return o
}

// found founds the county and closes it.
func (f *founded) found(t testing.TB, e store.Engine) {
	t.Helper()
	o := settled(house.Options{Dir: t.TempDir(), Clock: demo.NewClock(demo.Founded).Now})
	if e == store.Postgres {
		f.database = storetest.Kept(t)
		o.Database = f.database.URL
	}
	h, err := house.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	_, err = demo.Found(context.Background(), h, nil)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	err = filepath.WalkDir(o.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(o.Dir, path)
		if err == nil {
			files[name], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	f.files = files
}

// folder is a copy of the data folder.
func (f *founded) folder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range f.files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
