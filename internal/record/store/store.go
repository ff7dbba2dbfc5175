// Package store runs commands on the database, and nothing else: it knows no
// case, no person and no rule. One body of SQL serves SQLite (inside the
// binary, a county) and PostgreSQL (many machines, a province).
//
// The promises that everything above leans on:
//
//   - What Do answered with nil is committed and on disk, and the next Do or
//     Read sees it.
//   - What Do answered with an error left nothing behind, except what the
//     error itself asked to have recorded (Recorder).
//   - Isolation is READ COMMITTED. A command that touches a case begins with
//     Held on the case's row, which is its lock; across rows only constraints
//     are relied on. An expected collision is written
//     `on conflict do nothing` with PutOne; a constraint error ends the command.
//   - No context reaches below Do: a closed browser never interrupts a write.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"tongban/internal/rules/day"
)

// Engine names the database underneath.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Priority orders the commands that wait for the writer: people first.
type Priority int

// The priorities.
const (
	People Priority = iota
	Background
)

// ErrUnavailable says that nothing was stored and that the same command may be
// sent again: the disk is full, the server is stopping, the database is away.
var ErrUnavailable = errors.New("store unavailable")

// ErrConflict says that the command lost a race again and again and was given up.
var ErrConflict = errors.New("store conflict")

// Recorder is an error that wants something written after its command has been
// rolled back: the refusal itself.
type Recorder interface {
	error
	// Record writes the refusal in a transaction of its own; nil writes nothing.
	Record(tx *Tx) error
}

// Options say which database to open. The zero value of each but Dir or URL is usable.
type Options struct {
	URL   string    // postgres://…; empty means SQLite in Dir
	Dir   string    // data folder of SQLite
	Home  int64     // tenancy that keys begin with; 0 means 1
	Clock day.Clock // nil means the machine's clock
	Log   *slog.Logger

	// Confirmed demands of PostgreSQL that a second server has every commit before
	// it is acknowledged; where that does not hold nothing is stored.
	Confirmed bool

	// BeforeCommit runs once before each commit of SQLite's writer with what
	// the group's commands handed to Tx.Keep: the ledger numbers its events here.
	BeforeCommit func(tx *Tx, kept []any) error

	// Committed is told of each commit: how many commands were in it, and how long
	// the database took to put it on the disk. It must be quick.
	Committed func(commands int, took time.Duration)

	Pragmas []string // further pragmas for SQLite's connections (tests: max_page_count)
	NoSync  bool     // SQLite only: nothing is flushed while a demonstration is built
}

// Store is an open database.
type Store struct {
	opts   Options
	engine engine
	ids    ids
	broken atomic.Pointer[string]
	trace  atomic.Pointer[func(sql string)]
}

// engine is what differs between the two databases.
type engine interface {
	name() Engine
	do(ctx context.Context, p Priority, f func(*Tx) error) error
	read(ctx context.Context, f func(*Tx) error) error
	migrate(ctx context.Context) error
	close() error
}

// Open opens the database; it does not migrate it.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Clock == nil {
		o.Clock = day.System
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Home == 0 {
		o.Home = 1
	}
	s := &Store{opts: o}
	var err error
	if o.URL == "" {
		s.engine, err = openSQLite(ctx, s)
	} else {
		s.engine, err = openPostgres(ctx, s)
	}
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return s, nil
}

// Engine tells which database this is.
func (s *Store) Engine() Engine { return s.engine.name() }

// Home is the tenancy that every key of this store begins with.
func (s *Store) Home() int64 { return s.opts.Home }

// Now is the store's clock.
func (s *Store) Now() day.Instant { return s.opts.Clock() }

// Migrate brings the schema to the newest version.
func (s *Store) Migrate(ctx context.Context) error {
	if err := s.engine.migrate(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// Do runs f in a transaction that may write. f may run more than once (after a
// lost race on PostgreSQL) and must not do anything but use tx. When f returns
// an error nothing of it is stored. A nil answer means committed.
func (s *Store) Do(ctx context.Context, p Priority, f func(*Tx) error) error {
	if why := s.broken.Load(); why != nil {
		return fmt.Errorf("%w: %s", ErrUnavailable, *why)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return s.engine.do(ctx, p, f)
}

// Read runs f on one consistent view of the database. Writing in it panics.
func (s *Store) Read(ctx context.Context, f func(*Tx) error) error {
	return s.engine.read(ctx, f)
}

// Trace calls f with the text of every statement of a command or reading before
// it is sent, for counting them; nil ends it. What the engine adds (begin,
// savepoint, commit) is not told.
func (s *Store) Trace(f func(sql string)) {
	if f == nil {
		s.trace.Store(nil)
		return
	}
	s.trace.Store(&f)
}

func (s *Store) traced(sql string) {
	if f := s.trace.Load(); f != nil {
		(*f)(sql)
	}
}

func (s *Store) committed(commands int, began time.Time) {
	if s.opts.Committed != nil {
		s.opts.Committed(commands, time.Since(began))
	}
}

// Broken tells why nothing is stored: for good after a fatal storage error, or
// until PostgreSQL's server is again one that may be written to. "" when all is well.
func (s *Store) Broken() string {
	if why := s.broken.Load(); why != nil {
		return *why
	}
	if e, ok := s.engine.(*postgresEngine); ok {
		if why := e.at.barred(); why != nil {
			return why.Error()
		}
	}
	return ""
}

// Bar stops all further writing by this process: the database is not the one
// that it should be.
func (s *Store) Bar(why error) { s.fail(why.Error()) }

// Close ends the writer after the commands already taken and closes the database.
func (s *Store) Close() error { return s.engine.close() }

// fail stops all further writing: after a fatal storage error the store does
// not guess.
func (s *Store) fail(why string) {
	if s.broken.CompareAndSwap(nil, &why) {
		s.opts.Log.Error("store stopped writing", "why", why)
	}
}
