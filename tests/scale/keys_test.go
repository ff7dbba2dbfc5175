package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
)

// A distributed PostgreSQL enforces a key only where it holds the column by
// which the rows are distributed. Every key begins with home; these do not, and
// docs/scale.md says what becomes of each.
var otherKeys = map[string]string{
	"ledger_log(log)":               "a log is one home's; the table is small and goes everywhere",
	"entry(log,seq)":                "by log, which is one home's",
	"tile(log,level,n)":             "by log",
	"checkpoint(log,size)":          "by log",
	"cosignature(log,size,witness)": "by log",
	"unnumbered(pos)":               "a waiting list: emptied within a second, one for each home's node",
	"goose_db_version(id)":          "the list of migrations",
}

// keysOf lists the unique keys of a database as table(columns).
func keysOf(t *testing.T, s *store.Store) (list []string) {
	t.Helper()
	if err := s.Read(t.Context(), func(tx *store.Tx) (err error) {
		list, err = store.All(tx, func(r store.Row) (k string, err error) { return k, r.Scan(&k) },
			`select t.relname || '(' || string_agg(a.attname, ',' order by k.n) || ')'
			from pg_index x join pg_class t on t.oid = x.indrelid, unnest(x.indkey::int2[]) with ordinality as k(col, n), pg_attribute a
			where x.indisunique and t.relnamespace = 'public'::regnamespace and a.attrelid = t.oid and a.attnum = k.col
			group by t.relname, x.indexrelid order by 1`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestKeysBeginWithHome(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, store.Postgres, nil)
	others := map[string]bool{}
	for _, k := range keysOf(t, s) {
		if _, columns, _ := strings.Cut(k, "("); columns == "home)" || strings.HasPrefix(columns, "home,") {
			continue
		}
		others[k] = true
	}
	if got, want := fmt.Sprint(slices.Sorted(maps.Keys(others))), fmt.Sprint(slices.Sorted(maps.Keys(otherKeys))); got != want {
		t.Errorf("keys that do not begin with home:\n%s\nnamed in docs/scale.md:\n%s", got, want)
	}
}
