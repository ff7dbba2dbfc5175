// Package bulk loads many cases at once: a hundred times faster than the
// commands, and with the rows that the commands write.
//
// Pieces of work are done once through the commands (Record): a resident is
// registered and goes through some cases. What that left in the tables is taken
// apart: which values are ids, instants, running numbers, names; which bytes are
// sealed values, signatures, commitments, digests, leaves. From then on the same
// rows are written for other people (Load): ids and instants are moved, every
// value is sealed under data keys of its own, every paper signed, every act
// frozen with commitments, salts and digests of its own, chained, numbered and
// put into the tree. "tongban verify" holds for the result, or it was not loaded
// right; a value that is not understood ends the recording.
//
// What commands write beside and is not loaded: answers kept against repetition
// (they go after a few days), and sessions.
package bulk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/internal/record/store"
)

// Person is whom a piece of work is about. Name has two to four characters.
type Person struct{ Name, IDNo, Phone, Birth, Login string }

// table is a table with its columns in order.
type table struct {
	name    string
	columns []string
}

// row is one row as the database gave it.
type row struct {
	table  *table
	values []any
}

// value is the value of a column.
func (r row) value(column string) any { return r.values[slices.Index(r.table.columns, column)] }

func (r row) number(column string) int64 { return whole(r.value(column)) }
func (r row) text(column string) string  { s, _ := r.value(column).(string); return s }
func (r row) bytes(column string) []byte { b, _ := r.value(column).([]byte); return b }

// whole reads an integer of any width.
func whole(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case int32:
		return int64(v)
	}
	return 0
}

// apart are the tables whose rows are not copied: counters and places that Load
// moves itself, and what says nothing of a case, above all the large tables of items.
var apart = []string{
	"item", "item_version", "item_search", "item_gram", "id_block", "ledger_log", "tile", "checkpoint", "follower", "reading", "number_counter", "lease", "unnumbered", "register_epoch", "goose_db_version",
}

// tablesOf lists the tables that cases may write.
func tablesOf(tx *store.Tx) ([]*table, error) {
	sql := `select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c
		where m.type = 'table' and m.name not like 'sqlite_%' and m.name not like 'item_gram%' order by m.name, c.cid`
	if tx.Engine() == store.Postgres {
		sql = `select table_name::text, column_name::text from information_schema.columns where table_schema = 'public' order by table_name, ordinal_position`
	}
	var list []*table
	return list, tx.Each(func(r store.Row) error {
		var name, column string
		if err := r.Scan(&name, &column); err != nil || slices.Contains(apart, name) {
			return err
		}
		if len(list) == 0 || list[len(list)-1].name != name {
			list = append(list, &table{name: name})
		}
		t := list[len(list)-1]
		t.columns = append(t.columns, column)
		return nil
	}, sql)
}

// all reads rows of a table; more narrows them.
func (t *table) all(tx *store.Tx, more string, args ...any) (list []row, err error) {
	err = tx.Each(func(r store.Row) error {
		x := row{t, make([]any, len(t.columns))}
		into := make([]any, len(t.columns))
		for i := range into {
			into[i] = &x.values[i]
		}
		list = append(list, x)
		return r.Scan(into...)
	}, `select `+strings.Join(t.columns, ", ")+` from `+t.name+` `+more, args...)
	return list, err
}

// everything is each row of the tables of cases, by its content.
func everything(ctx context.Context, s *store.Store) (map[string]row, error) {
	found := map[string]row{}
	return found, s.Read(ctx, func(tx *store.Tx) error {
		list, err := tablesOf(tx)
		if err != nil {
			return err
		}
		for _, t := range list {
			rows, err := t.all(tx, "")
			if err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			for _, r := range rows {
				found[fmt.Sprint(t.name, r.values)] = r
			}
		}
		return nil
	})
}
