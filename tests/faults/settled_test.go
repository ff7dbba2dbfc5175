package faults_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/tests/drive"
)

// The engines, by their names for people.
const (
	onSQLite   = "SQLite"
	onPostgres = "PostgreSQL"
)

var engines = []string{onSQLite, onPostgres}

// settlement is a county that was founded, with everybody signed in, and then
// stopped. Every trial begins on a copy of it.
type settlement struct {
	once    sync.Once
	dir, db string
	county  *drive.County
	persons []*drive.Session
	staff   []*drive.Staff
	signed  time.Time // when everybody signed in
	filed   filed
}

// signedFor is how long the sessions of a stopped house are relied on: officials'
// end after half an hour without a request.
const signedFor = 10 * time.Minute

// filed is an item that files are handed in for.
type filed struct {
	item     int64
	material string
}

// foodWorkshop is the county's item that asks for a plan.
const foodWorkshop = "11990124YH0000034J4990131901000"

var settlements = map[string]*settlement{onSQLite: {}, onPostgres: {}}

// settled is a group on a copy of the county that is founded once for each engine.
func settled(t *testing.T, engine string) *group {
	t.Helper()
	s := settlements[engine]
	s.once.Do(func() { s.settle(t, engine) })
	if s.persons == nil {
		t.Fatal("the county could not be founded")
	}
	g := &group{t: t, ctx: t.Context(), dir: t.TempDir(), book: map[string]*entry{}, log: serverLog(t), county: s.county, filed: s.filed}
	g.persons, g.staff = append(g.persons, s.persons...), append(g.staff, s.staff...)
	g.must(copyFolder(g.dir, s.dir))
	g.db = copied(t, s.db)
	g.killedAtEnd()
	if time.Since(s.signed) > signedFor {
		g.signInAgain()
	}
	return g
}

func (s *settlement) settle(t *testing.T, engine string) {
	t.Helper()
	var err error
	if s.dir, err = os.MkdirTemp("", "tongban-settled-"); err != nil {
		t.Fatal(err)
	}
	if engine == onPostgres {
		s.db = onServer(t, storetest.ServerURL(t), fmt.Sprintf("settled%016x", rand.Uint64()), "template0")
	}
	g := found(t, s.dir, s.db)
	g.start()
	g.signIn()
	g.stop()
	s.filed.material = "plan"
	g.reopened(func(c *drive.County) error {
		return c.House.Store.Read(g.ctx, func(tx *store.Tx) (err error) {
			s.filed.item, err = c.House.Items.ByCode(tx, foodWorkshop)
			return err
		})
	})
	s.county, s.persons, s.staff, s.signed = g.county, g.persons, g.staff, time.Now()
}

// signInAgain starts a stopped house only for everybody to sign in.
func (g *group) signInAgain() {
	g.t.Helper()
	g.persons, g.staff = nil, nil
	g.start()
	g.signIn()
	g.stop()
}

// clearSettlements takes away what the settlements left.
func clearSettlements() {
	for _, s := range settlements {
		if s.dir != "" {
			_ = os.RemoveAll(s.dir)
		}
		if s.db != "" {
			drop(s.db)
		}
	}
}

// copied makes a copy of a database that nobody is connected to, and drops it
// with the test; "" stays "".
func copied(t *testing.T, database string) string {
	t.Helper()
	if database == "" {
		return ""
	}
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	made := onServer(t, database, fmt.Sprintf("copy%016x", rand.Uint64()), u.Path[1:])
	t.Cleanup(func() { drop(made) })
	return made
}

// onServer makes a database on the server of a URL from another of it.
func onServer(t *testing.T, server, name, template string) string {
	t.Helper()
	db, err := pgx.Connect(t.Context(), elsewhere(server, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(context.Background()) }()
	for try := 0; ; try++ {
		// A program that was killed may still be leaving, and of one template only one copy is made at a time.
		if _, err = db.Exec(t.Context(), `create database `+name+` template `+template); err == nil {
			return elsewhere(server, name)
		}
		if try == 200 {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// drop drops a database, also after the test is over.
func drop(database string) {
	u, _ := url.Parse(database)
	ctx := context.Background()
	db, err := pgx.Connect(ctx, elsewhere(database, "postgres"))
	if err != nil {
		return // the server is gone, and the database with it
	}
	_, _ = db.Exec(ctx, `drop database if exists `+u.Path[1:]+` with (force)`)
	_ = db.Close(ctx)
}

// elsewhere is another database of the same server.
func elsewhere(database, name string) string {
	u, _ := url.Parse(database)
	u.Path = "/" + name
	return u.String()
}
