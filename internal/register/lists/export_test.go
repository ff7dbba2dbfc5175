package lists

import "tongban/internal/record/store"

// PageSQL is the statement by which a page is read, for tests of its plan.
func PageSQL(tx *store.Tx, q Query) (string, []any, error) { return q.page(tx) }

// PointBatch is how many versions a change points at articles by itself.
const PointBatch = pointBatch
