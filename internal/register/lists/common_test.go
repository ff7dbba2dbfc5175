package lists_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/register/lists"
)

// A page of words that many entries hold is the page that looking them all up gives,
// wherever in the list they stand: a few steps on, or together at its end.
func TestPagesOfCommonWords(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.many(t, rand.New(rand.NewPCG(2, 6)), 120)
		var last []lists.Change
		for i := range 30 {
			last = append(last, put(power(fmt.Sprintf("X-%04d", i), "末段食品事项", "spj", 1)))
		}
		r.change(t, batch("power", last...))
		r.read(t, func(tx *store.Tx) error {
			for _, text := range []string{"食品", "末段", "许可", "X-0007", "登记", "无人写过"} {
				for _, q := range []lists.Query{{}, {Agency: "spj"}, {After: "P-0100"}, {After: "X-0003"}, {At: lists.Stand{Day: today, Seq: 1}}} {
					q.List, q.Text, q.Limit, q.Bare = "power", text, 7, true
					want, err := lists.Page(tx, q)
					must(t, err)
					for _, few := range []int{0, 5, 25, 100} {
						got, err := lists.PageOfCommon(tx, q, few)
						must(t, err)
						same := func(a, b lists.Entry) bool { return a.Code == b.Code && a.N == b.N }
						if !slices.EqualFunc(got, want, same) {
							t.Errorf("%q after %q, %d are few: %d found, want %d", text, q.After, few, len(got), len(want))
						}
					}
				}
			}
			return nil
		})
	})
}

// A list is counted from its index alone, and the entries that name an item are read
// by it: nothing goes through a list of a province for that.
func TestCountsAndItemsGoByTheIndex(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.many(t, rand.New(rand.NewPCG(1, 1)), 60)
		must(t, r.Store.Do(bg, store.Background, func(tx *store.Tx) error {
			if tx.Engine() == store.Postgres { // it decides by how many rows there are, and of what width
				for _, sql := range []string{`insert into list_version select home, -i * 1000 - row_number() over (partition by i), -i * 1000 - row_number() over (partition by i), n, list, code || i, agency, region, type,
						from_day, until_day, ended, seq, part1, part2, part3, part4, part5, part6, digest, name, name_key, content from list_version, generate_series(100000, 100100) i where n = 1`,
					`analyze list_version`} {
					_, err := tx.Exec(sql)
					must(t, err)
				}
			}
			sql, args, err := lists.CountSQL(tx, lists.Query{List: "power", At: lists.Stand{Day: today}})
			must(t, err)
			// PostgreSQL reads an index alone only of what was vacuumed.
			if plan := storetest.Plan(t, tx, sql, args...); tx.Engine() == store.SQLite && !strings.Contains(plan, "COVERING INDEX list_version_counted") {
				t.Errorf("plan of a count:\n%s", plan)
			}
			sql, args, err = lists.NamingSQL(tx, "power", "511A0012600001-990124000000-000-11990124MB00000000-1-00")
			must(t, err)
			if plan := storetest.Plan(t, tx, sql, args...); !strings.Contains(plan, "list_version_item") {
				t.Errorf("plan of the entries of an item:\n%s", plan)
			}
			return nil
		}))
	})
}
