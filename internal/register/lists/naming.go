package lists

import (
	"slices"
	"strings"

	"tongban/internal/record/store"
)

// Naming are the entries of a list that name an item by a code, as the list stands
// today, by their codes.
func Naming(tx *store.Tx, list, item string) ([]Entry, error) {
	k, err := KindOf(list)
	if err != nil {
		return nil, err
	}
	sql, args, err := naming(tx, list, item)
	if err != nil {
		return nil, err
	}
	all, err := store.All(tx, scan(k, false), sql, args...)
	slices.SortFunc(all, func(a, b Entry) int { return strings.Compare(a.Code, b.Code) }) // asked for the order, SQLite would read the list
	return all, err
}

// itemOf is where a version names its item, as the index list_version_item has it.
var itemOf = map[store.Engine]string{store.SQLite: `json_extract(v.content, '$.item')`, store.Postgres: `(v.content::jsonb ->> 'item')`}

func naming(tx *store.Tx, list, item string) (sql string, args []any, err error) {
	q := Query{List: list, At: Stand{Day: tx.Today()}}
	f, err := q.filter(tx, everything)
	if err != nil {
		return "", nil, err
	}
	column := itemOf[tx.Engine()]
	f.where = append(f.where, column+` is not null`)
	f.and(column+` = %s`, item)
	return q.columns() + f.text(), f.args, nil
}
