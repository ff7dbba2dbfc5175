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
	"tongban/internal/rules/day"
)

var nameParts = []string{"食品", "作坊", "许可", "生产", "经营", "（示范）", "Ａb", "给付", "第3号", "𠮷", "登记", "的", "许 可"}

// many fills a list with names in which everything is found many times, edits
// some of them and ends some.
func (r *rig) many(t *testing.T, rnd *rand.Rand, n int) (names map[string]string) {
	t.Helper()
	name := func() string {
		var b strings.Builder
		for range 2 + rnd.IntN(4) {
			b.WriteString(nameParts[rnd.IntN(len(nameParts))])
		}
		return b.String()
	}
	names = map[string]string{}
	var first, edited []lists.Change
	for i := range n {
		code := fmt.Sprintf("P-%04d", i)
		c := power(code, name(), []string{"scjg", "spj"}[i%2], 1)
		names[code] = c.Columns.Text("name")
		first = append(first, put(c))
		switch {
		case i%7 == 3:
			c = power(code, name(), "scjg", 1)
			names[code] = c.Columns.Text("name")
			edited = append(edited, put(c))
		case i%7 == 5:
			delete(names, code)
			edited = append(edited, lists.Change{Op: lists.End, Code: code})
		}
	}
	r.change(t, batch("power", first...))
	r.Pass(24 * day.Hour)
	r.change(t, batch("power", edited...))
	return names
}

// folded is a name as its reader compares it.
func folded(s string) string {
	return strings.NewReplacer("（", "", "）", "", " ", "", "Ａ", "a", "B", "b").Replace(s)
}

// forget empties the index of words, as if it were not there yet.
func (r *rig) forget(t *testing.T) {
	t.Helper()
	must(t, r.Store.Do(bg, store.Background, func(tx *store.Tx) error {
		if tx.Engine() == store.SQLite {
			tx.Put(`insert into list_gram(list_gram) values('delete-all')`)
		} else {
			tx.Put(`delete from list_gram where home = $1`, tx.Home())
		}
		tx.Put(`delete from list_gram_mark where home = $1`, tx.Home())
		return nil
	}))
}

// Whatever stands in the names that are in force is found, and nothing else: with
// the index, without it, and when it was made anew.
func TestWordsEqualABruteForceOracle(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		rnd := rand.New(rand.NewPCG(4, 2))
		names := r.many(t, rnd, 300)
		compare := func(how string) {
			t.Helper()
			for range 60 {
				s := []rune(nameParts[rnd.IntN(len(nameParts))] + nameParts[rnd.IntN(len(nameParts))])
				from := rnd.IntN(len(s))
				text := string(s[from : from+1+rnd.IntN(len(s)-from)])
				var want []string
				for code, name := range names {
					if key := folded(text); key != "" && strings.Contains(folded(name), key) || text == code {
						want = append(want, code)
					}
				}
				slices.Sort(want)
				if got := r.found(t, text); strings.TrimSpace(text) != "" && !slices.Equal(got, want) {
					t.Errorf("%s: %q finds %d, the oracle %d", how, text, len(got), len(want))
				}
			}
			if got := r.found(t, "P-0001"); !slices.Equal(got, []string{"P-0001"}) {
				t.Errorf("%s: by code %v", how, got)
			}
		}
		compare("as it was written")
		r.forget(t)
		compare("without an index")
		must(t, r.lists.IndexWords(bg))
		compare("made anew")
		r.change(t, batch("power", put(power("P-9999", "全新事项", "spj", 1))))
		if got := r.found(t, "新事"); !slices.Equal(got, []string{"P-9999"}) {
			t.Errorf("added later: %v", got)
		}
	})
}

// found are the codes of entries that hold a text, over all pages; it asks
// whether as many are counted.
func (r *rig) found(t *testing.T, text string) (codes []string) {
	t.Helper()
	r.read(t, func(tx *store.Tx) error {
		q := lists.Query{List: "power", Text: text, Limit: 37, Bare: true}
		for {
			page, err := lists.Page(tx, q)
			if err != nil {
				return err
			}
			for _, e := range page {
				codes = append(codes, e.Code)
			}
			if len(page) < q.Limit {
				break
			}
			q.After = codes[len(codes)-1]
		}
		counted, err := lists.Count(tx, q)
		if n := lists.Total(counted).Entries; n != len(codes) && strings.TrimSpace(text) != "" {
			t.Errorf("%q: %d counted, %d listed", text, n, len(codes))
		}
		return err
	})
	return codes
}

// A search goes by the index of words, and reads no other version of the list.
func TestWordsGoByTheIndex(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.many(t, rand.New(rand.NewPCG(1, 1)), 60)
		must(t, r.Store.Do(bg, store.Background, func(tx *store.Tx) error {
			if tx.Engine() == store.Postgres { // it decides by how many rows there are
				for _, sql := range []string{`insert into list_gram select 1, 1000 + i, array[i::text] from generate_series(1, 20000) i`,
					`insert into list_version select home, -i * 1000 - row_number() over (partition by i), -i * 1000 - row_number() over (partition by i), n, list, code || i, agency, region, type, from_day, until_day, ended, seq,
						part1, part2, part3, part4, part5, part6, digest, name, name_key, content from list_version, generate_series(100000, 100300) i where n = 1`,
					`analyze list_gram`, `analyze list_version`} {
					_, err := tx.Exec(sql)
					must(t, err)
				}
			}
			sql, args, err := lists.PageSQL(tx, lists.Query{List: "power", Text: "食品许可", Agency: "spj", Limit: 5, At: lists.Stand{Day: today}})
			must(t, err)
			plan := storetest.Plan(t, tx, sql, args...)
			wholes := map[store.Engine][]string{store.SQLite: {"SCAN v"}, store.Postgres: {"Seq Scan on list_version", "Seq Scan on list_gram"}}[tx.Engine()]
			uses := map[store.Engine]string{store.SQLite: "VIRTUAL TABLE INDEX", store.Postgres: "list_gram_tokens"}[tx.Engine()]
			if !strings.Contains(plan, uses) || slices.ContainsFunc(wholes, func(s string) bool { return strings.Contains(plan, s) }) {
				t.Errorf("plan of a search:\n%s", plan)
			}
			return nil
		}))
	})
}
