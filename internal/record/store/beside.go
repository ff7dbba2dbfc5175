package store

import (
	"errors"
	"hash/maphash"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
)

// While SQLite's one writer is busy, the commands that would wait for it are run
// beside it: on a view of what is committed, with their writes kept back. The
// writer then only looks whether a row that the command held was touched since
// that view, and sends the writes. If one was, or a write meets what it does not
// expect, the command is run again by the writer itself. So a command that is
// right on PostgreSQL, where others are committed while it runs and only the
// rows that it holds stand still, is right here.

// heldMax bounds what is remembered of rows held; after that many everything
// counts as touched once.
const heldMax = 1 << 16

// aside is what commands need that run beside the writer.
type aside struct {
	unfit   sync.Map     // code of a command that must be run by the writer → true
	pending atomic.Int64 // commands that wait for the writer or are with it
	visible atomic.Int64 // commits that any view begun from now on sees

	// The writer's own.
	seed    maphash.Seed
	touched map[uint64]int64 // row held → the commit that last held it
	floor   int64            // everything was touched by this commit
	foreign int64            // SQLite's counter of others' commits
}

// plan is a command that was run beside the writer.
type plan struct {
	tx   *Tx
	puts []put
	seen int64 // commits that its view had for certain
	ids  int   // generation of the block of ids that it drew from
}

// send hands the writes that were kept back to the writer's transaction.
func (p *plan) send(tx *Tx) error {
	tx.puts = p.puts
	return nil
}

// keptBack is the connection of a plan: it reads, and keeps writes back.
type keptBack struct {
	*session
	puts  []put
	unfit bool // the command must be run by the writer
}

var errUnfit = errors.New("to be run by the writer")

func (k *keptBack) query(text string, args []any) (rows, error) {
	if len(k.puts) > 0 { // it may want to read what it wrote
		k.unfit = true
		return nil, errUnfit
	}
	r, err := k.session.query(text, args)
	if err != nil {
		k.unfit = true
	}
	return r, err
}

func (k *keptBack) exec(string, []any) (int64, error) {
	k.unfit = true
	return 0, errUnfit
}

func (k *keptBack) batch(puts []put) error {
	k.puts = append(k.puts, puts...)
	return nil
}

// beside runs a command beside the writer if that is busy. done means that the
// command has ended: it was refused, or had nothing to write.
func (e *sqliteEngine) beside(j *job) (done bool, err error) {
	if e.aside.pending.Load() == 0 || e.s.ids.low() {
		return false, nil
	}
	code := reflect.ValueOf(j.f).Pointer()
	if _, unfit := e.aside.unfit.Load(code); unfit {
		return false, nil
	}
	select {
	case <-e.readers.turn:
	case <-e.done:
		return false, nil
	}
	k := &keptBack{}
	p := &plan{ids: e.s.ids.drawn(), seen: e.aside.visible.Load()}
	p.tx = &Tx{s: e.s, conn: k, now: e.s.opts.Clock()}
	err = e.view(func(r *session) error {
		k.session = r
		return guard(p.tx, j.f)
	})
	var refusal Recorder
	switch {
	case k.unfit:
		e.aside.unfit.Store(code, true)
		return false, nil
	case errors.As(err, &refusal):
		return false, nil
	case err != nil:
		if unflushed := e.flusher.wait(); unflushed != nil {
			err = unflushed
		}
		return true, err
	}
	p.puts = append(k.puts, p.tx.puts...)
	j.plan = p
	return false, nil
}

// stands tells whether what a plan held is as it was.
func (a *aside) stands(p *plan, ids int) bool {
	if p.seen < a.floor || p.ids != ids {
		return false
	}
	for _, row := range p.tx.held {
		if a.touched[a.key(row)] > p.seen {
			return false
		}
	}
	return true
}

// touch remembers that a command of this commit held these rows.
func (a *aside) touch(held []row, commit int64) {
	if len(a.touched)+len(held) > heldMax {
		clear(a.touched)
		a.floor = commit
	}
	for _, row := range held {
		a.touched[a.key(row)] = commit
	}
}

// others notices commits of other connections: of another process, or of the
// migration. Nobody told what they touched.
func (a *aside) others(w *session, commit int64) error {
	r, err := w.query("pragma data_version", nil)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	var n int64
	if !r.Next() {
		return r.Err()
	}
	if err := r.Scan(&n); err != nil {
		return err
	}
	if n != a.foreign {
		a.foreign, a.floor = n, commit
	}
	return nil
}

// row names a row that a command holds: the table and the arguments that are its key.
type row struct {
	table    string
	home, id any
}

// heldRow reads it from the statement that holds it.
func heldRow(sql string, args []any) row {
	_, from, _ := strings.Cut(sql, " from ")
	table, _, _ := strings.Cut(from, " ")
	return row{table, args[0], args[1]}
}

func (a *aside) key(r row) uint64 { return maphash.Comparable(a.seed, r) }
