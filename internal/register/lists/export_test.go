package lists

import "tongban/internal/record/store"

// PageSQL is the statement by which a page is read, for tests of its plan.
func PageSQL(tx *store.Tx, q Query) (string, []any, error) {
	f, err := q.filter(tx, fewFound)
	if err != nil {
		return "", nil, err
	}
	f.and(`v.code > %s`, q.After)
	sql, args := q.sql(f)
	return sql, args, nil
}

// PageOfCommon reads a page as if words that more than few versions hold were common,
// and says by which statements.
func PageOfCommon(tx *store.Tx, q Query, few int) ([]Entry, error) {
	if q.At.Day == 0 {
		q.At.Day = tx.Today()
	}
	k, err := KindOf(q.List)
	if err != nil {
		return nil, err
	}
	return q.page(tx, k, few)
}

// NamingSQL is the statement of Naming.
func NamingSQL(tx *store.Tx, list, item string) (string, []any, error) { return naming(tx, list, item) }

// CountSQL is the statement of Count.
func CountSQL(tx *store.Tx, q Query) (string, []any, error) {
	f, err := q.filter(tx, everything)
	return countSQL(f), f.args, err
}

// PointBatch is how many versions a change points at articles by itself.
const PointBatch = pointBatch
