package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// written are the rows that one act of the product writes to SQLite, as
// statements that write the like of them again under other keys.
type written struct {
	file    string // a database with the same tables and indexes, in the state after the act
	inserts []insert
	rows    map[string]int // by table
}

// insert writes one row.
type insert struct {
	sql    string
	values []any // as the act wrote them
	vary   []int // of each value: 0 stays as it is; others were another in the act before, equal ones were equal
}

// told lists the rows by table.
func (w *written) told() string {
	var list []string
	n := 0
	for name, k := range w.rows {
		list = append(list, fmt.Sprintf("%s %d", name, k))
		n += k
	}
	slices.Sort(list)
	return fmt.Sprintf("%d rows (%s)", n, strings.Join(list, ", "))
}

// arguments are the values for the nth time: those that vary are replaced by
// others of the same length, the same in every row.
func (i *insert) arguments(n int64) []any {
	out := slices.Clone(i.values)
	for k, class := range i.vary {
		if class == 0 {
			continue
		}
		id := fresh(n, class)
		switch v := out[k].(type) {
		case int64:
			out[k] = id
		case string:
			out[k] = tailed(v, strconv.FormatInt(id, 10))
		case []byte:
			out[k] = append(slices.Clone(v[:max(len(v)-8, 0)]), binary.BigEndian.AppendUint64(nil, uint64(id))...)
		}
	}
	return out
}

// fresh is a number that nothing has: of the nth act, and of a value in it.
func fresh(n int64, class int) int64 { return 4_000_000_000_000_000_000 + n*1000 + int64(class) }

// tailed puts another end to a text.
func tailed(s, end string) string {
	r := []rune(s)
	return string(r[:max(len(r)-len(end), 0)]) + end
}

// tries is how often acts are compared until two wrote rows into the same tables:
// now and then one takes a block of numbers, or signs.
const tries = 6

// observe finds out which rows an act on the database in this folder writes, its
// number in the ledger with it: it compares the database before, after one act,
// and after another. What is the same in both rows of the two is kept, what
// differs will vary.
func (b *bench) observe(ctx context.Context, dir string, act func() error) (*written, error) {
	to, err := b.folder()
	if err != nil {
		return nil, err
	}
	var was string
	var first, second []changed
	for i := range tries {
		if err := act(); err != nil {
			return nil, err
		}
		now := filepath.Join(to, fmt.Sprintf("state%d.db", i))
		if err := copyOf(ctx, filepath.Join(dir, "tongban.db"), now); err != nil {
			return nil, err
		}
		first = second
		if was != "" {
			if second, err = difference(ctx, was, now); err != nil {
				return nil, err
			}
		}
		w := &written{file: now, rows: map[string]int{}}
		if first != nil {
			if err = w.compare(first, second); err == nil {
				return w, nil
			}
		}
		was = now
	}
	return nil, err
}

// copyOf copies a database, whole, into a new file.
func copyOf(ctx context.Context, from, to string) error {
	db, err := sql.Open("sqlite", "file:"+from+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `vacuum into ?`, to)
	return joined(err, db.Close)
}

// changed are the rows of a table that one state has and the one before had not.
type changed struct {
	table, sql string
	rows       [][]any
}

// difference compares two states, table by table in the order of their names.
func difference(ctx context.Context, before, after string) (list []changed, err error) {
	db, err := sql.Open("sqlite", "file:"+after)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if _, err := c.ExecContext(ctx, `attach ? as b`, before); err != nil {
		return nil, err
	}
	tables, err := texts(ctx, c, `select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite_%' order by name`)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		columns, err := texts(ctx, c, `select name from pragma_table_info(?) order by cid`, t)
		if err != nil {
			return nil, err
		}
		keys, err := texts(ctx, c, `select name from pragma_table_info(?) where pk > 0 order by pk`, t)
		if err != nil {
			return nil, err
		}
		d := changed{table: t}
		if d.rows, err = rowsOf(ctx, c, t, columns, keys); err != nil {
			return nil, fmt.Errorf("%s: %w", t, err)
		}
		marks := strings.TrimSuffix(strings.Repeat("?,", len(columns)), ",")
		d.sql = fmt.Sprintf(`insert or replace into "%s"("%s") values(%s)`, t, strings.Join(columns, `","`), marks)
		if len(d.rows) > 0 {
			list = append(list, d)
		}
	}
	return list, nil
}

// rowsOf are the rows that are new or another, in the order of their key.
func rowsOf(ctx context.Context, c *sql.Conn, table string, columns, keys []string) ([][]any, error) {
	order := `"` + strings.Join(slices.Concat(keys, columns), `","`) + `"`
	r, err := c.QueryContext(ctx, fmt.Sprintf(`select * from main."%s" except select * from b."%s" order by %s`, table, table, order))
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	var list [][]any
	for r.Next() {
		row := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := r.Scan(into...); err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, r.Err()
}

func texts(ctx context.Context, c *sql.Conn, query string, args ...any) ([]string, error) {
	r, err := c.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	var list []string
	for r.Next() {
		var s string
		if err := r.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, r.Err()
}

// compare makes the statements of the second act's rows, and marks what differs
// from the first's.
func (w *written) compare(first, second []changed) error {
	if len(second) == 0 || len(first) != len(second) {
		return errors.New("two acts wrote rows into other tables")
	}
	classes := map[string]int{}
	for i, d := range second {
		if first[i].table != d.table || len(first[i].rows) != len(d.rows) {
			return fmt.Errorf("two acts wrote rows of other shapes: %s", d.table)
		}
		for k, row := range d.rows {
			in := insert{sql: d.sql, values: row, vary: make([]int, len(row))}
			for col, v := range row {
				if equal(first[i].rows[k][col], v) {
					continue
				}
				name := fmt.Sprintf("%T %v", v, v)
				if classes[name] == 0 {
					classes[name] = len(classes) + 1
				}
				in.vary[col] = classes[name]
			}
			w.inserts = append(w.inserts, in)
			w.rows[d.table]++
		}
	}
	return nil
}

func equal(a, b any) bool {
	x, ok := a.([]byte)
	if y, too := b.([]byte); ok && too {
		return bytes.Equal(x, y)
	}
	return a == b
}
