package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/rules/day"
)

// Tx is one transaction. Reads happen at once; writes are put into a batch that
// is sent when the command ends (in turn on SQLite, pipelined on PostgreSQL), so
// a command reads first, decides, and then writes. Flush sends them earlier
// for the rare command that must read what it wrote.
//
// A Tx belongs to one goroutine and dies with its command.
type Tx struct {
	s        *Store
	conn     conn
	readOnly bool
	now      day.Instant
	puts     []put
	kept     []any
	held     []row
	after    []func()
	once     map[any]any
}

// conn is the engine's side of a transaction.
type conn interface {
	query(sql string, args []any) (rows, error)
	exec(sql string, args []any) (int64, error)
	batch(puts []put) error
}

type rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
}

// Row is the current row of a query.
type Row interface {
	Scan(dest ...any) error
}

type put struct {
	sql       string
	args      []any
	otherwise error
}

// Now is the one instant of this transaction.
func (tx *Tx) Now() day.Instant { return tx.now }

// Today is the legal day of Now.
func (tx *Tx) Today() day.Day { return tx.now.Day() }

// Home is the tenancy that keys begin with.
func (tx *Tx) Home() int64 { return tx.s.opts.Home }

// Engine tells which database this is; only the ledger and full-text search ask.
func (tx *Tx) Engine() Engine { return tx.s.engine.name() }

// NewID returns an id that no other row of this home has or will have. Ids grow,
// but nothing may be ordered by them.
func (tx *Tx) NewID() int64 { return tx.s.ids.next() }

// Each calls f for every row of the query, in order.
func (tx *Tx) Each(f func(Row) error, sql string, args ...any) error {
	tx.s.traced(sql)
	r, err := tx.conn.query(sql, args)
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	defer func() { _ = r.Close() }()
	for r.Next() {
		if err := f(r); err != nil {
			return err
		}
	}
	return r.Err()
}

// Get scans the first row into dest and tells whether there was one.
func (tx *Tx) Get(dest []any, sql string, args ...any) (found bool, err error) {
	err = tx.Each(func(r Row) error {
		if found {
			return nil
		}
		found = true
		return r.Scan(dest...)
	}, sql, args...)
	return found, err
}

// All collects every row of a query that is known to be bounded.
func All[T any](tx *Tx, scan func(Row) (T, error), sql string, args ...any) ([]T, error) {
	var list []T
	err := tx.Each(func(r Row) error {
		v, err := scan(r)
		if err == nil {
			list = append(list, v)
		}
		return err
	}, sql, args...)
	return list, err
}

// Find returns the first row of a query and whether there was one.
func Find[T any](tx *Tx, scan func(Row) (T, error), sql string, args ...any) (v T, found bool, err error) {
	err = tx.Each(func(r Row) error {
		if found {
			return nil
		}
		found = true
		v, err = scan(r)
		return err
	}, sql, args...)
	return v, found, err
}

// Held is Find of a row by its key, whose first two parts are the first two
// arguments, that nobody else may touch until the transaction ends: the first
// statement of a command on that row. On SQLite it is only remembered: the one
// writer holds everything anyway, and a command that was run beside it is run
// again if somebody else held the row meanwhile.
func Held[T any](tx *Tx, scan func(Row) (T, error), sql string, args ...any) (v T, found bool, err error) {
	if tx.readOnly {
		panic("store: a row held in a read transaction: " + sql)
	}
	if tx.Engine() == Postgres {
		sql += ` for update`
	} else {
		tx.held = append(tx.held, heldRow(sql, args))
	}
	return Find(tx, scan, sql, args...)
}

// Exec writes at once and returns the number of rows touched. It is for the
// statements whose outcome decides what follows.
func (tx *Tx) Exec(sql string, args ...any) (int64, error) {
	if err := tx.Flush(); err != nil {
		return 0, err
	}
	tx.s.traced(sql)
	n, err := tx.conn.exec(sql, args)
	if err != nil {
		return 0, fmt.Errorf("exec: %w", err)
	}
	return n, nil
}

// Put adds a write to the command's batch.
func (tx *Tx) Put(sql string, args ...any) { tx.put(put{sql, args, nil}) }

// PutOne adds a write that must touch exactly one row; when it does not, the
// command ends with otherwise and nothing of it is stored.
func (tx *Tx) PutOne(otherwise error, sql string, args ...any) {
	tx.put(put{sql, args, otherwise})
}

func (tx *Tx) put(p put) {
	if tx.readOnly {
		panic("store: write in a read transaction: " + p.sql)
	}
	tx.puts = append(tx.puts, p)
}

// Flush sends the writes put so far.
func (tx *Tx) Flush() error {
	if len(tx.puts) == 0 {
		return nil
	}
	puts := tx.puts
	tx.puts = nil
	for _, p := range puts {
		tx.s.traced(p.sql)
	}
	return tx.conn.batch(puts)
}

// PutRows adds one insert of several rows to the command's batch: insert is the
// statement up to its values, each row has the same number of them. It costs
// little more than the insert of one row.
func (tx *Tx) PutRows(insert string, rows [][]any) {
	for chunk := range slices.Chunk(rows, rowsAtOnce) {
		var text strings.Builder
		text.WriteString(insert)
		args := make([]any, 0, len(chunk)*len(chunk[0]))
		for i, row := range chunk {
			if i == 0 {
				text.WriteString(" values(")
			} else {
				text.WriteString(", (")
			}
			for j, v := range row {
				if j > 0 {
					text.WriteString(", ")
				}
				args = append(args, v)
				text.WriteByte('$')
				text.WriteString(strconv.Itoa(len(args)))
			}
			text.WriteByte(')')
		}
		tx.Put(text.String(), args...)
	}
}

// rowsAtOnce bounds the rows of one insert, and with them the number of
// statements that are kept prepared.
const rowsAtOnce = 32

// PlanAnew lets PostgreSQL plan the statements of this transaction for the values
// at hand: where words are looked for, whether it is better to go by the index of
// characters or through all rows hangs on how common they are.
func (tx *Tx) PlanAnew() error {
	if tx.Engine() != Postgres {
		return nil
	}
	var set string
	_, err := tx.Get([]any{&set}, `select set_config('plan_cache_mode', 'force_custom_plan', true)`)
	return err
}

// Once returns what read returned the first time that key was asked for in this
// transaction: for small facts that a command needs in several places. What the
// command itself changes must be dropped with Forget. The key's type belongs to
// the package that asks.
func Once[T any](tx *Tx, key any, read func() (T, error)) (T, error) {
	if v, ok := tx.once[key]; ok {
		return v.(T), nil
	}
	v, err := read()
	if err != nil {
		return v, err
	}
	if tx.once == nil {
		tx.once = map[any]any{}
	}
	tx.once[key] = v
	return v, nil
}

// Forget drops what Once remembers under a key.
func (tx *Tx) Forget(key any) { delete(tx.once, key) }

// Keep hands v to the store's before-commit step if this command succeeds.
func (tx *Tx) Keep(v any) { tx.kept = append(tx.kept, v) }

// After runs f once the command is committed: to wake a follower, to drop what
// was remembered. It must be quick and cannot fail.
func (tx *Tx) After(f func()) { tx.after = append(tx.after, f) }

// checkPut tells whether a put touched what it had to.
func checkPut(p put, n int64) error {
	if p.otherwise != nil && n != 1 {
		return p.otherwise
	}
	return nil
}
