package law

import (
	"tongban/internal/record/store"
	"tongban/internal/rules/citation"
)

// PageSQL is the statement by which a page of a search is read, for tests of its plan.
func PageSQL(tx *store.Tx, q Query) (string, []any, error) {
	return q.page(tx, -1, "", citation.Article{})
}
