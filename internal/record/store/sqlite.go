package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/maphash"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	sqlitedriver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	groupMax        = 64   // commands committed together
	flightsMax      = 16   // groups that are committed and not yet flushed
	groupBackground = 8    // of them, not from people
	readerCount     = 8    // connections that only read
	statementsKept  = 400  // prepared statements kept for each connection
	walRestart      = 8192 // pages in the WAL after which the writer starts it anew
	busyMillis      = 5000 // how long to wait for another process's write
)

// sqliteEngine is a file with one writer goroutine and a pool of readers.
type sqliteEngine struct {
	s       *Store
	path    string
	db      *sql.DB
	people  chan *job
	others  chan *job
	readers *pool
	flusher *flusher
	aside   aside
	stop    chan struct{}
	done    chan struct{} // closed when the writer has ended and everybody is answered
	end     func() error
}

// job is a command that waits for the writer.
type job struct {
	f      func(*Tx) error
	plan   *plan // what running it beside the writer came to, nil when it was not
	answer chan error
	err    error
	after  []func()
}

func openSQLite(ctx context.Context, s *Store) (engine, error) {
	if err := os.MkdirAll(s.opts.Dir, 0o700); err != nil {
		return nil, err
	}
	e := &sqliteEngine{
		s: s, path: filepath.Join(s.opts.Dir, "tongban.db"),
		people: make(chan *job, groupMax), others: make(chan *job, groupMax),
		readers: newPool(readerCount),
		stop:    make(chan struct{}), done: make(chan struct{}),
	}
	db, err := sql.Open("sqlite", e.dsn())
	if err != nil {
		return nil, err
	}
	e.db, e.end = db, sync.OnceValue(e.finish)
	writer, err := e.session(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	for range readerCount {
		r, err := e.session(ctx)
		if err == nil {
			_, err = r.exec("pragma query_only(1)", nil)
		}
		if err != nil {
			return nil, errors.Join(err, db.Close())
		}
		e.readers.put(r)
	}
	e.aside.seed, e.aside.touched = maphash.MakeSeed(), map[uint64]int64{}
	if e.flusher, err = newFlusher(e.path+"-wal", s.opts.NoSync); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	go e.write(writer)
	go func() {
		defer close(e.done)
		e.flusher.run()
	}()
	return e, nil
}

func (e *sqliteEngine) dsn() string {
	sync := "NORMAL" // and the flusher for each commit
	if e.s.opts.NoSync {
		sync = "OFF"
	}
	q := url.Values{}
	for _, p := range append([]string{
		fmt.Sprintf("busy_timeout(%d)", busyMillis), "journal_mode(WAL)", "synchronous(" + sync + ")",
		"foreign_keys(ON)", "wal_autocheckpoint(0)", "journal_size_limit(67108864)",
		"temp_store(MEMORY)", "cache_size(-16000)", "mmap_size(0)",
	}, e.s.opts.Pragmas...) {
		q.Add("_pragma", p)
	}
	return "file:" + e.path + "?" + q.Encode()
}

func (e *sqliteEngine) session(ctx context.Context) (*session, error) {
	c, err := e.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &session{conn: c, kept: map[string]*sql.Stmt{}}, nil
}

func (e *sqliteEngine) name() Engine { return SQLite }

func (e *sqliteEngine) migrate(ctx context.Context) error {
	return migrate(ctx, e.db, SQLite)
}

func (e *sqliteEngine) do(ctx context.Context, p Priority, f func(*Tx) error) error {
	j := &job{f: f, answer: make(chan error, 1)}
	queue := e.people
	if p == Background {
		queue = e.others
	} else if done, err := e.beside(j); done {
		return err
	}
	e.aside.pending.Add(1)
	select {
	case queue <- j:
	case <-ctx.Done():
		e.aside.pending.Add(-1)
		return fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	case <-e.done:
		return fmt.Errorf("%w: the store is closed", ErrUnavailable)
	}
	// Once queued the command runs whatever becomes of ctx, and the answer is waited for:
	// it is the only way to know what is stored.
	select {
	case err := <-j.answer:
		return err
	case <-e.done:
		select {
		case err := <-j.answer:
			return err
		default:
			return fmt.Errorf("%w: the store is closed", ErrUnavailable)
		}
	}
}

func (e *sqliteEngine) read(ctx context.Context, f func(*Tx) error) error {
	select {
	case <-e.readers.turn:
	case <-e.done:
		return fmt.Errorf("%w: the store is closed", ErrUnavailable)
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	}
	err := e.view(func(r *session) error {
		return f(&Tx{s: e.s, conn: r, readOnly: true, now: e.s.opts.Clock()})
	})
	if err != nil {
		return err
	}
	return e.flusher.wait()
}

// view calls f with a connection that sees one state of the database; the turn
// of the pool has been taken.
func (e *sqliteEngine) view(f func(*session) error) error {
	r := e.readers.take()
	defer e.readers.put(r)
	if _, err := r.exec("begin", nil); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer func() { _, _ = r.exec("rollback", nil) }()
	return f(r)
}

func (e *sqliteEngine) close() error { return e.end() }

// finish ends the writer and then gives every connection back: one that is held
// would keep its files open, and the last to close writes the WAL back.
func (e *sqliteEngine) finish() error {
	close(e.stop)
	<-e.done
	e.readers.close() // a reading that goes on is waited for
	return e.db.Close()
}

// write is the one goroutine that writes. It takes the commands that wait,
// people's first, and commits them together; the flusher puts them on the disk
// and answers.
func (e *sqliteEngine) write(w *session) {
	defer close(e.flusher.flights)
	defer w.close()
	checked := time.Now()
	for {
		group := e.take()
		if len(group) == 0 {
			return
		}
		e.commit(w, group)
		if time.Since(checked) > 200*time.Millisecond {
			e.restartWAL(w)
			checked = time.Now()
		}
	}
}

// take waits for a command and returns it with those that wait behind it; none
// means that the store is closing and nothing waits any more.
func (e *sqliteEngine) take() []*job {
	var group []*job
	select {
	case j := <-e.people:
		group = append(group, j)
	default:
		select {
		case j := <-e.people:
			group = append(group, j)
		case j := <-e.others:
			group = append(group, j)
		case <-e.stop:
			select {
			case j := <-e.people:
				group = append(group, j)
			case j := <-e.others:
				group = append(group, j)
			default:
				return nil
			}
		}
	}
	group = drain(group, e.people, groupMax-groupBackground)
	return drain(group, e.others, min(len(group)+groupBackground, groupMax))
}

func drain(group []*job, from chan *job, upTo int) []*job {
	for len(group) < upTo {
		select {
		case j := <-from:
			group = append(group, j)
		default:
			return group
		}
	}
	return group
}

// commit runs a group and hands it to the flusher to be answered. When the group
// dies everybody in it is told the same: nothing was stored.
func (e *sqliteEngine) commit(w *session, group []*job) {
	began, err := e.run(w, group)
	if err != nil {
		_, _ = w.exec("rollback", nil) // SQLite may have rolled back already
		e.s.ids.drop()
		if !errors.Is(err, ErrUnavailable) {
			err = fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		e.s.opts.Log.Error("group of commands not stored", "commands", len(group), "err", err)
		if fatal(err) {
			e.s.fail(err.Error())
		}
	} else {
		e.aside.visible.Add(1)
		followUp(group)
	}
	e.aside.pending.Add(-int64(len(group)))
	e.flusher.flights <- flight{commit: e.flusher.begun.Load(), err: err, answer: func(err error) { e.answer(group, began, err) }}
}

// followUp runs what the stored commands of a group asked for.
func followUp(group []*job) {
	for _, j := range group {
		if j.err != nil {
			continue
		}
		for _, f := range j.after {
			f()
		}
	}
}

// answer tells everybody in a group what became of it.
func (e *sqliteEngine) answer(group []*job, began time.Time, err error) {
	if err == nil {
		e.s.committed(len(group), began)
	} else if e.flusher.failure() != nil {
		e.s.fail(err.Error())
	}
	for _, j := range group {
		if err != nil {
			j.answer <- err
			continue
		}
		j.answer <- j.err
	}
}

// run runs a group up to its commit, and tells when that began.
func (e *sqliteEngine) run(w *session, group []*job) (committing time.Time, err error) {
	if why := e.s.Broken(); why != "" {
		return committing, fmt.Errorf("%w: %s", ErrUnavailable, why)
	}
	if _, err := w.exec("begin immediate", nil); err != nil {
		return committing, err
	}
	if err := e.aside.others(w, e.aside.visible.Load()+1); err != nil {
		return committing, err
	}
	if e.s.ids.low() {
		if err := e.reserve(w); err != nil {
			return committing, err
		}
	}
	var kept []any
	for _, j := range group {
		k, err := e.runOne(w, j)
		if err != nil {
			return committing, err
		}
		kept = append(kept, k...)
	}
	if e.s.opts.BeforeCommit != nil && len(kept) > 0 {
		tx := &Tx{s: e.s, conn: w, now: e.s.opts.Clock()}

		if err := e.s.opts.BeforeCommit(tx, kept); err != nil {
			return committing, fmt.Errorf("before commit: %w", err)
		}
		if err := tx.Flush(); err != nil {
			return committing, fmt.Errorf("before commit: %w", err)
		}
	}
	e.flusher.begun.Add(1) // before anybody can see it
	committing = time.Now()
	_, err = w.exec("commit", nil)
	return committing, err
}

func (e *sqliteEngine) reserve(w *session) error {
	tx := &Tx{s: e.s, conn: w}
	var next int64
	found, err := tx.Get([]any{&next}, reserveSQL, e.s.opts.Home, int64(idBlock))
	if err != nil && strings.Contains(err.Error(), "no such table") {
		return nil // not migrated yet: only the migration itself runs now
	}
	if err == nil && !found {
		next = idBlock
		_, err = tx.Exec(`insert into id_block(home, next) values($1, $2)`, e.s.opts.Home, next)
	}
	if err == nil {
		e.s.ids.use(next)
	}
	return err
}

// runOne runs one command in its own savepoint. Its own failure is kept in
// j.err; the returned error is the death of the whole group.
func (e *sqliteEngine) runOne(w *session, j *job) (kept []any, err error) {
	if j.plan != nil && e.aside.stands(j.plan, e.s.ids.drawn()) {
		if kept, j.after, j.err = e.attempt(w, j.plan.tx, j.plan.send); j.err == nil {
			return kept, nil
		}
		if err := undo(w, j.err); err != nil {
			return nil, err
		}
	}
	kept, j.after, j.err = e.attempt(w, e.tx(w), j.f)
	if j.err == nil {
		return kept, nil
	}
	if err := undo(w, j.err); err != nil {
		return nil, err
	}
	var r Recorder
	if !errors.As(j.err, &r) {
		return nil, nil
	}
	var recErr error
	kept, _, recErr = e.attempt(w, e.tx(w), r.Record)
	if recErr != nil {
		e.s.opts.Log.Error("refusal not recorded", "err", recErr)
		return nil, undo(w, recErr)
	}
	return kept, nil
}

func (e *sqliteEngine) tx(w *session) *Tx { return &Tx{s: e.s, conn: w, now: e.s.opts.Clock()} }

// undo rolls the current savepoint back. After SQLITE_FULL or an interrupted
// write SQLite has silently rolled back the whole transaction: then there is no
// savepoint any more and the group is dead, because the next statement would
// open, and its release commit, a transaction of its own.
func undo(w *session, cause error) error {
	if fatal(cause) {
		return cause
	}
	if _, err := w.exec("rollback to c", nil); err != nil {
		return fmt.Errorf("savepoint lost (%w) after: %w", err, cause)
	}
	_, err := w.exec("release c", nil)
	return err
}

// attempt runs a command, or sends what it came to beside, in a savepoint.
func (e *sqliteEngine) attempt(w *session, tx *Tx, f func(*Tx) error) (kept []any, after []func(), err error) {
	if _, err := w.exec("savepoint c", nil); err != nil {
		return nil, nil, err
	}
	tx.conn = w
	if err := guard(tx, f); err != nil {
		return nil, nil, err
	}
	if err := tx.Flush(); err != nil {
		return nil, nil, err
	}
	if _, err := w.exec("release c", nil); err != nil {
		return nil, nil, err
	}
	e.aside.touch(tx.held, e.aside.visible.Load()+1)
	return tx.kept, tx.after, nil
}

// guard turns a panic of the command into its error, so that one faulty command
// cannot take down the group or the server.
func guard(tx *Tx, f func(*Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a command: %v", p)
			tx.s.opts.Log.Error("panic in a command", "panic", p, "stack", stack())
		}
	}()
	return f(tx)
}

// restartWAL keeps the WAL from growing without bound: a passive checkpointer
// beside a busy writer never resets it. The file keeps its size, so what counts
// are the pages in it that are not yet in the database.
func (e *sqliteEngine) restartWAL(w *session) {
	pages, err := w.unsaved()
	if err != nil {
		e.s.opts.Log.Warn("WAL not measured", "err", err)
	}
	if err != nil || pages < walRestart {
		return
	}
	if _, err := w.exec("pragma wal_checkpoint(RESTART)", nil); err != nil {
		e.s.opts.Log.Warn("WAL not restarted", "err", err)
	}
}

// fatal tells the errors after which the file cannot be trusted with more writes.
func fatal(err error) bool {
	var se *sqlitedriver.Error
	if !errors.As(err, &se) {
		return false
	}
	switch se.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CANTOPEN:
		return true
	}
	return false
}
