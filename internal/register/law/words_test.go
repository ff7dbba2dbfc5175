package law_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/register/law"
	"tongban/internal/rules/day"
)

// library is a law of many articles with what each says, and a former version of
// it that is not in force.
func (g *rig) library() (texts []string) {
	g.T.Helper()
	rnd := rand.New(rand.NewPCG(3, 5))
	parts := []string{"申请人应当", "提交材料", "县级人民政府", "GB标准", "不得", "收费", "（一）", "𠮷", "许可", "的"}
	article := func() string {
		var b strings.Builder
		for range 2 + rnd.IntN(6) {
			b.WriteString(parts[rnd.IntN(len(parts))])
		}
		return "应" + b.String() + "。"
	}
	var old []string
	for range 120 {
		old, texts = append(old, article()), append(texts, article())
	}
	_, err := g.bring(bakery("2025-01-01", old...), bakery("2026-01-01", texts...))
	must(g.T, err)
	return texts
}

// found are the numbers of articles that hold words, over all pages.
func (g *rig) found(words string) (list []int) {
	g.T.Helper()
	g.Read(func(tx *store.Tx) error {
		q := law.Query{Words: words, On: day.MustParse("2026-03-09"), Limit: 13}
		for {
			hits, next, err := law.Search(tx, q)
			if err != nil {
				return err
			}
			for _, h := range hits {
				list = append(list, h.N)
			}
			if q.After = next; next == "" {
				return nil
			}
		}
	})
	return list
}

// Whatever stands in the articles in force is found, and nothing else: with the
// index, without it, and when it was made anew.
func TestWordsEqualABruteForceOracle(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		texts := g.library()
		rnd := rand.New(rand.NewPCG(8, 8))
		compare := func(how string) {
			t.Helper()
			for range 50 {
				s := []rune(texts[rnd.IntN(len(texts))])
				from := rnd.IntN(len(s))
				words := string(s[from:min(len(s), from+1+rnd.IntN(4))])
				var want []int
				for i, text := range texts {
					if strings.Contains(strings.ToLower(text), strings.ToLower(words)) {
						want = append(want, i+1)
					}
				}
				if got := g.found(strings.ToLower(words)); !slices.Equal(got, want) {
					t.Errorf("%s: %q finds %d, the oracle %d", how, words, len(got), len(want))
				}
			}
		}
		compare("as it was brought in")
		must(t, g.Runner.Store.Do(bg, store.Background, func(tx *store.Tx) error {
			if tx.Engine() == store.SQLite {
				tx.Put(`insert into law_gram(law_gram) values('delete-all')`)
			} else {
				tx.Put(`delete from law_gram where home = $1`, tx.Home())
			}
			tx.Put(`delete from law_gram_version where home = $1`, tx.Home())
			tx.Put(`delete from law_gram_place where home = $1`, tx.Home())
			return nil
		}))
		compare("without an index")
		must(t, g.laws.IndexWords(bg))
		compare("made anew")
	})
}

// A search goes by the index of words, in one law and in all.
func TestWordsGoByTheIndex(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.library()
		must(t, g.Runner.Store.Do(bg, store.Background, func(tx *store.Tx) error {
			if tx.Engine() == store.Postgres { // it decides by how many rows there are
				_, err := tx.Exec(`insert into law_gram select 1, 1000 + i, array[i::text] from generate_series(1, 20000) i`)
				must(t, err)
				_, err = tx.Exec(`analyze law_gram`)
				must(t, err)
			}
			for _, one := range []int64{0, 7} {
				sql, args, err := law.PageSQL(tx, law.Query{Words: "收费许可", Law: one, On: day.MustParse("2026-03-09"), Limit: 5})
				must(t, err)
				plan := storetest.Plan(t, tx, sql, args...)
				uses := map[store.Engine]string{store.SQLite: "VIRTUAL TABLE INDEX", store.Postgres: "law_gram_tokens"}[tx.Engine()]
				if !strings.Contains(plan, uses) || strings.Contains(plan, "SCAN a") || strings.Contains(plan, "Seq Scan on law_article") {
					t.Errorf("plan of a search in %s:\n%s", fmt.Sprint(one), plan)
				}
			}
			return nil
		}))
	})
}
