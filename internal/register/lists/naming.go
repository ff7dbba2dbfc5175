package lists

import "tongban/internal/record/store"

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
	return store.All(tx, scan(k, false), sql, args...)
}

// itemOf is where a version names its item, as the index list_version_item has it.
var itemOf = map[store.Engine]string{store.SQLite: `json_extract(v.content, '$.item')`, store.Postgres: `(v.content::jsonb ->> 'item')`}

func naming(tx *store.Tx, list, item string) (sql string, args []any, err error) {
	q := Query{List: list, At: Stand{Day: tx.Today()}}
	f, err := q.filter(tx, true)
	if err != nil {
		return "", nil, err
	}
	column := itemOf[tx.Engine()]
	f.where = append(f.where, column+` is not null`)
	f.and(column+` = %s`, item)
	return q.columns() + f.text() + ` order by v.code`, f.args, nil
}
