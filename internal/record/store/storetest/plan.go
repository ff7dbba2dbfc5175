package storetest

import (
	"strings"
	"testing"

	"tongban/internal/record/store"
)

// Plan is how the engine goes about a statement, a step on each line. PostgreSQL
// decides by how many rows there are: a test puts in as many as it means.
func Plan(t testing.TB, tx *store.Tx, sql string, args ...any) string {
	t.Helper()
	how := map[store.Engine]string{store.Postgres: `explain `, store.SQLite: `explain query plan `}[tx.Engine()]
	steps, err := store.All(tx, func(r store.Row) (step string, err error) {
		if tx.Engine() == store.Postgres {
			return step, r.Scan(&step)
		}
		var id, parent, unused int
		return step, r.Scan(&id, &parent, &unused, &step)
	}, how+sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, "\n")
}
