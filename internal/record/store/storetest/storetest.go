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
	"strings"
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
	return store.Options{URL: passing(t, "template0")}
}

// Kept names a new database of PostgreSQL that stays as long as the server, to be
// copied.
func Kept(t testing.TB) store.Options {
	t.Helper()
	db, u, _ := newDatabase(t, "template0")
	_ = db.Close()
	return store.Options{URL: u}
}

// Copy names a database that begins as a copy of another on the test's server, to
// which nobody may be connected; it is dropped with the test.
func Copy(t testing.TB, of store.Options) store.Options {
	t.Helper()
	u, err := url.Parse(of.URL)
	if err != nil {
		t.Fatal(err)
	}
	return store.Options{URL: passing(t, strings.TrimPrefix(u.Path, "/"))}
}

// passing makes a database that is dropped with the test.
func passing(t testing.TB, template string) string {
	t.Helper()
	db, u, name := newDatabase(t, template)
	t.Cleanup(func() {
		_, _ = db.Exec(`drop database if exists ` + name + ` with (force)`)
		_ = db.Close()
	})
	return u
}

func newDatabase(t testing.TB, template string) (server *sql.DB, address, name string) {
	t.Helper()
	u, err := url.Parse(ServerURL(t))
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("pgx", u.String())
	if err != nil {
		t.Fatal(err)
	}
	name = fmt.Sprintf("t%016x", rand.Uint64())
	if _, err := db.Exec(`create database ` + name + ` template ` + template + ` encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`); err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return db, u.String(), name
}
