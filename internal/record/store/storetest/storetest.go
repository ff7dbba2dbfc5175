// Package storetest opens throw-away databases for tests: SQLite in a
// temporary folder, and a PostgreSQL server of the test's own. Every test of
// stored things runs on both.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that makes and drops databases

	"tongban/internal/record/store"
)

// Both runs f on a migrated, empty store of each engine.
func Both(t *testing.T, f func(t *testing.T, s *store.Store)) {
	t.Helper()
	BothWith(t, func(*store.Options) {}, f)
}

// BothWith is Both with options set by the test: its clock, its before-commit step.
func BothWith(t *testing.T, set func(*store.Options), f func(t *testing.T, s *store.Store)) {
	t.Helper()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			f(t, Open(t, e, set))
		})
	}
}

// Open opens one migrated, empty store and closes it with the test.
func Open(t testing.TB, e store.Engine, set func(*store.Options)) *store.Store {
	t.Helper()
	o := Options(t, e)
	if set != nil {
		set(&o)
	}
	s, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

// Options names a new database of the engine: a folder, or a database on the
// test's own server, dropped with the test.
func Options(t testing.TB, e store.Engine) store.Options {
	t.Helper()
	if e == store.SQLite {
		return store.Options{Dir: t.TempDir()}
	}
	return store.Options{URL: newDatabase(t, ServerURL(t))}
}

func newDatabase(t testing.TB, server string) string {
	t.Helper()
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("t%016x", rand.Uint64())
	if _, err := db.Exec(`create database ` + name + ` template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = db.Exec(`drop database if exists ` + name + ` with (force)`)
		_ = db.Close()
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}
