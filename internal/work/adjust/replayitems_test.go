package adjust_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/work/adjust"
)

// service is what a day's catalogue tells of an item.
type service struct{ name, kind, agency string }

// services are the items of a day.
func (g *rig) services(t *testing.T, on day.Day) map[string]service {
	t.Helper()
	all := map[string]service{}
	g.read(t, func(tx *store.Tx) error {
		page, err := catalog.Listed(tx, lists.Query{At: lists.Stand{Day: on}, Limit: lists.MaxPage})
		for _, e := range page {
			all[e.Code] = service{e.Name, e.Type, e.Agency}
		}
		return err
	})
	return all
}

// rewrite proposes another name for an item from a day on.
func (g *rig) rewrite(t *testing.T, code string, s service, from day.Day) {
	t.Helper()
	drafts, problems := catalog.ReadCSV([]byte(fmt.Sprintf("事项编码,事项名称,事项类型,主管部门,起办日期\n%s,%s,%s,%s,%s\n", code, s.name, s.kind, s.agency, from)))
	if len(problems) > 0 {
		t.Fatal(catalog.Problems(problems))
	}
	must(t, says(g.Command("item.propose", func(c *act.Call) error {
		item, err := g.desk.Items.ByCode(c.Tx, code)
		if err == nil {
			_, err = catalog.Propose(c, item, drafts[0], "换名称")
		}
		return err
	})))
}

// After random adjustments of items the catalogue is, on every effective day and the
// day before, what one gets by replaying what each entry says, by hand.
func TestTheCatalogueIsTheReplayOfTheAdjustments(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		rnd := rand.New(rand.NewPCG(15, 2026))
		words := []string{"养老补助领取", "图书借阅证领取", "公园年票领取", "健身场馆预约", "残疾人车辆登记", "幼儿园学位预约"}
		state, gone, fresh := map[string]service{}, map[string]service{}, 0
		before, want := map[string]service{}, map[day.Day]map[string]service{}
		done := map[adjust.Does]int{}
		from := later
		for round := range 7 {
			var entries []adjust.Entry
			add := func(e adjust.Entry) {
				e.List = adjust.OnItems
				entries = append(entries, e)
				done[e.Does]++
			}
			newcomer := func(does adjust.Does) string {
				fresh++
				c, s := fmt.Sprintf("X-%03d", fresh), service{fmt.Sprintf("%s第%d号", words[rnd.IntN(len(words))], fresh), "20", []string{"scjg", "spj"}[rnd.IntN(2)]}
				add(adjust.Entry{Code: c, Does: does, Giver: "省里", Content: named(c, s.name, s.kind, s.agency)})
				state[c] = s
				return c
			}
			for _, c := range slices.Sorted(maps.Keys(state)) {
				s := state[c]
				e := adjust.Entry{Code: c}
				switch rnd.IntN(10) {
				case 0:
					e.Does = []adjust.Does{adjust.Cancel, adjust.Internal}[rnd.IntN(2)]
				case 1:
					e.Does, gone[c] = adjust.Suspend, s
				case 2:
					e.Does, s.name = adjust.Change, fmt.Sprintf("%s改%d", s.name, round)
					g.rewrite(t, c, s, from)
				case 3:
					e.Does, e.Into = adjust.Split, []string{newcomer(adjust.New), newcomer(adjust.New)}
				case 4:
					e.Does, e.Into = adjust.Merge, []string{newcomer(adjust.TakeOver)}
				case 5, 6:
					if e.Does, s.kind = adjust.Filing, "10"; state[c] == s {
						e.Does = adjust.Keep
					}
				default:
					continue
				}
				add(e)
				switch e.Does {
				case adjust.Change, adjust.Filing, adjust.Keep:
					state[c] = s
				default:
					delete(state, c)
				}
			}
			for _, c := range slices.Sorted(maps.Keys(gone)) {
				s := gone[c]
				switch rnd.IntN(4) {
				case 0, 1:
					if !has(entries, c) {
						add(adjust.Entry{Code: c, Does: adjust.Resume})
						state[c] = s
						delete(gone, c)
					}
				case 2:
					if !has(entries, c) {
						add(adjust.Entry{Code: c, Does: adjust.Cancel}) // for good
						delete(gone, c)
					}
				}
			}
			newcomer(adjust.New)
			newcomer(adjust.TakeOver)
			g.carried(t, fmt.Sprintf("云政发〔2026〕%d号", round+10), from, entries...)
			want[from-1], want[from] = before, maps.Clone(state)
			before = want[from]
			from += day.Day(25 + rnd.IntN(5))
		}
		for on, is := range want {
			if got := g.services(t, on); !maps.Equal(got, is) {
				t.Errorf("on %s: %v, want %v", on, got, is)
			}
		}
		for _, does := range []adjust.Does{adjust.New, adjust.TakeOver, adjust.Change, adjust.Split, adjust.Merge, adjust.Suspend, adjust.Resume, adjust.Cancel, adjust.Filing} {
			if done[does] == 0 {
				t.Errorf("no entry is %s", does)
			}
		}
	})
}
