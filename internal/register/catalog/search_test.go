package catalog_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
)

// plain is the oracle's own idea of what people take for the same: full-width
// marks as ordinary ones, small letters; bare drops everything but letters and digits.
func plain(s string, bare bool) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r > 0xFF00 && r < 0xFF5F:
			r -= 0xFEE0
		case strings.ContainsRune("《〈「『【〔［", r):
			r = '('
		case strings.ContainsRune("》〉」』】〕］", r):
			r = ')'
		case r == '“' || r == '”':
			r = '"'
		case r == '—' || r == '–' || r == '―':
			r = '-'
		}
		if unicode.IsSpace(r) || bare && !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			continue
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// holds is the oracle: the name, or the name without marks, or an alias holds what is looked for.
func holds(d *catalog.Draft, q string) bool {
	q = plain(q, false)
	for _, s := range append([]string{d.Name}, d.Aliases...) {
		if strings.Contains(plain(s, false), q) || strings.Contains(plain(s, true), q) {
			return true
		}
	}
	return false
}

// everything reads all pages of a search.
func everything(t testing.TB, tx *store.Tx, q catalog.Query) (names []string) {
	t.Helper()
	for {
		h, err := catalog.Search(tx, q)
		must(t, err)
		for _, x := range h.List {
			names = append(names, x.Code)
		}
		if q.After = h.Next; q.After == "" {
			return names
		}
	}
}

func countyRig(t *testing.T, g *rig) []*catalog.Draft {
	t.Helper()
	var drafts []*catalog.Draft
	for _, s := range slugs(t) {
		drafts = append(drafts, good(t, s))
	}
	drafts = append(drafts, list(t)...)
	g.bring(t, drafts...)
	return drafts
}

// Whatever one or two characters of a real name are looked for, the search
// finds exactly the items that hold them, brackets and all, each once.
func TestSearchEqualsABruteForceSubstringOracle(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		drafts := countyRig(t, g)
		rnd := rand.New(rand.NewPCG(1, 2))
		asked := map[string]bool{"（": true, "）": true, "(": true, "》": true, "“": true, "级)": true}
		for i := 0; len(asked) < 260; i++ {
			d := drafts[rnd.IntN(len(drafts))]
			r := []rune(d.Name)
			n := 1 + i%3
			if i%20 == 0 {
				n = len(r)
			}
			from := rnd.IntN(max(1, len(r)-n+1))
			asked[string(r[from:min(from+n, len(r))])] = true
		}
		g.read(t, func(tx *store.Tx) error {
			for q := range asked {
				if strings.TrimSpace(q) == "" {
					continue
				}
				var want []string
				for _, d := range drafts {
					if holds(d, q) {
						want = append(want, d.Code)
					}
				}
				got := everything(t, tx, catalog.Query{Words: q, Limit: 1 + rnd.IntN(90)})
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("%q found %d, the oracle %d", q, len(got), len(want))
				}
			}
			return nil
		})
	})
}

func TestSearchAnswersWhatPeopleType(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		countyRig(t, g)
		food := good(t, "food-workshop")
		first := func(q catalog.Query) (h catalog.Hit) {
			t.Helper()
			g.read(t, func(tx *store.Tx) error {
				hits, err := catalog.Search(tx, q)
				if len(hits.List) > 0 {
					h = hits.List[0]
				}
				return err
			})
			return h
		}
		for _, q := range []string{food.Name, "食品作坊经营许可(示范)", " 食品　作坊 经营", "食品作坊", "豆腐坊", food.Code, strings.ToLower(food.Code)} {
			if h := first(catalog.Query{Words: q}); h.Code != food.Code {
				t.Errorf("%q shows %q first", q, h.Name)
			}
		}
		if h := first(catalog.Query{Words: "豆腐坊"}); !strings.Contains(h.Why.Error(), "豆腐坊") {
			t.Errorf("no word on why it is found: %q", h.Why.Error())
		}
		if h := first(catalog.Query{Words: "食品作坊"}); !h.Why.IsZero() || !h.Complete || !h.Online {
			t.Errorf("%+v", h)
		}
		g.read(t, func(tx *store.Tx) error {
			for name, q := range map[string]catalog.Query{
				"quotes":         {Words: `" OR "x`},
				"wild cards":     {Words: "%_\\"},
				"a long text":    {Words: strings.Repeat("食品", 500)},
				"nothing seen":   {Words: "\u200b\ufeff"},
				"another agency": {Words: "食品作坊", Agency: `swj" OR "kfull`},
				"no such kind":   {Words: "食品作坊", Who: "%"},
			} {
				h, err := catalog.Search(tx, q)
				if err != nil || name != "nothing seen" && len(h.List) > 0 {
					t.Errorf("%s: %d found, %v", name, len(h.List), err)
				}
			}
			if _, err := catalog.Search(tx, catalog.Query{After: "x"}); act.KindOf(err) != act.Invalid {
				t.Errorf("a cursor that is none: %v", err)
			}
			return nil
		})
	})
}

// Every filter leaves exactly what it says, whether or not words are given.
func TestFilters(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		drafts := countyRig(t, g)
		has := func(list []string, x string) bool { return x == "" || slices.Contains(list, x) }
		g.read(t, func(tx *store.Tx) error {
			for _, words := range []string{"", "许可", "登记", "食品 许可"} {
				for _, q := range []catalog.Query{{}, {Agency: "scjg"}, {Who: "legal"}, {Who: "agency"}, {Online: true}, {Complete: true}, {Agency: "gaj", Who: "legal", Online: true}} {
					q.Words, q.Limit = words, 70
					var want []string
					for _, d := range drafts {
						all := true
						for _, w := range strings.Fields(words) {
							all = all && holds(d, w)
						}
						if all && (q.Agency == "" || d.Agency == q.Agency) && has(d.Applicants, q.Who) && (!(q.Online || q.Complete) || !d.NameOnly()) {
							want = append(want, d.Code)
						}
					}
					got := everything(t, tx, q)
					n, more, err := catalog.Count(tx, q)
					if err != nil || !more && n != len(want) || more != (len(want) > 500) {
						t.Errorf("%+v counts %d (more %t) of %d, %v", q, n, more, len(want), err)
					}
					slices.Sort(got)
					slices.Sort(want)
					if !slices.Equal(got, want) {
						t.Errorf("%+v: found %d, want %d", q, len(got), len(want))
					}
				}
			}
			return nil
		})
	})
}

func TestReindexFindsTheSame(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		countyRig(t, g)
		var before, after []string
		g.read(t, func(tx *store.Tx) error {
			before = everything(t, tx, catalog.Query{Words: "食品", Limit: 50})
			return nil
		})
		g.do(t, catalog.Reindex)
		g.read(t, func(tx *store.Tx) error {
			after = everything(t, tx, catalog.Query{Words: "食品", Limit: 50})
			return nil
		})
		if len(before) < 10 || !slices.Equal(before, after) {
			t.Fatalf("%d before, %d after", len(before), len(after))
		}
	})
}

func TestWordsThatFoundNothingAreKeptForTheEditor(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		for _, w := range []string{"小饭桌", "小饭桌", " 小饭 桌", "饭店执照", "身份证110101199003071233", strings.Repeat("长", 30), ""} {
			must(t, catalog.Missed(bg, g.s, w))
		}
		g.read(t, func(tx *store.Tx) error {
			list, err := catalog.Misses(tx, tx.Today(), 10)
			if len(list) != 2 || list[0].Words != "小饭桌" || list[0].N != 3 || list[1].N != 1 {
				t.Errorf("%+v", list)
			}
			return err
		})
	})
}

// thousands fills a store with 50,000 made-up names, as the index holds them.
func thousands(b testing.TB, g *rig) {
	b.Helper()
	names := list(b)
	rnd := rand.New(rand.NewPCG(7, 7))
	agencies := strings.Fields("spj scjg xfjy sthj rsj jtj swj zjj")
	for from := 0; from < 50_000; from += 5_000 {
		var drafts []*catalog.Draft
		var csv strings.Builder
		csv.WriteString("name,code,type,agency\n")
		for i := range 5_000 {
			a, c := []rune(names[rnd.IntN(len(names))].Name), []rune(names[rnd.IntN(len(names))].Name)
			fmt.Fprintf(&csv, "\"%s%s\",N-%06d,20,%s\n", string(a[:1+rnd.IntN(len(a))]), string(c[rnd.IntN(len(c)):]), from+i, agencies[rnd.IntN(len(agencies))])
		}
		drafts, problems := catalog.ReadCSV([]byte(strings.ReplaceAll(csv.String(), "\n\"\"", "\n\"名\"")))
		if len(problems) > 0 {
			b.Fatal(catalog.Problems(problems[:1]))
		}
		g.bring(b, drafts...)
	}
}

// BenchmarkSearch50000 prints what a page of twenty takes at 50,000 items, for
// common and rare words of every length.
func BenchmarkSearch50000(b *testing.B) {
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			g := newRig(b, e)
			thousands(b, g)
			for _, w := range []string{"", "办", "许可", "食品", "公积金", "（市", "备案（技术", "老 年", "食品经营许可", "没有这个词", "鲟"} {
				for _, q := range []catalog.Query{{Words: w}, {Words: w, Agency: "scjg"}} {
					b.Run(fmt.Sprintf("%s %s", w, q.Agency), func(b *testing.B) {
						for b.Loop() {
							if err := g.s.Read(context.Background(), func(tx *store.Tx) error { _, err := catalog.Search(tx, q); return err }); err != nil {
								b.Fatal(err)
							}
						}
						b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "ms/page")
					})
				}
			}
		})
	}
}
