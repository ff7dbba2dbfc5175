package adjust_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"tongban/internal/rules/day"
	"tongban/internal/work/adjust"
)

// After random adjustments the list is, on every effective day, what one gets by
// replaying what each entry says, by hand.
func TestTheListIsTheReplayOfTheAdjustments(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		rnd := rand.New(rand.NewPCG(7, 2026))
		state, gone, fresh := map[string]string{}, map[string]string{}, 10
		var begins []string
		for i := range 8 {
			c := fmt.Sprintf("P-%03d", i)
			state[c], begins = names[i], append(begins, c)
		}
		g.stand(t, begins...)
		want := map[day.Day]map[string]string{}
		from := later
		for round := range 6 {
			var entries []adjust.Entry
			add := func(e adjust.Entry) { e.List = "power"; entries = append(entries, e) }
			newcomer := func(does adjust.Does) string {
				fresh++
				c, name := fmt.Sprintf("P-%03d", fresh), fmt.Sprintf("%s第%d号", names[rnd.IntN(len(names))], fresh)
				add(adjust.Entry{Code: c, Does: does, Content: powerOf(c, name, []string{"scjg", "spj"}[rnd.IntN(2)])})
				state[c] = name
				return c
			}
			for c, name := range maps.Clone(state) {
				switch rnd.IntN(9) {
				case 0:
					add(adjust.Entry{Code: c, Does: adjust.Cancel})
					delete(state, c)
				case 1:
					add(adjust.Entry{Code: c, Does: adjust.Suspend})
					gone[c] = name
					delete(state, c)
				case 2:
					state[c] = fmt.Sprintf("%s改%d", name, round)
					add(adjust.Entry{Code: c, Does: adjust.Change, Content: powerOf(c, state[c], "scjg")})
				case 3:
					add(adjust.Entry{Code: c, Does: adjust.Split, Into: []string{newcomer(adjust.New), newcomer(adjust.New)}})
					delete(state, c)
				case 4:
					add(adjust.Entry{Code: c, Does: adjust.Merge, Into: []string{newcomer(adjust.TakeOver)}})
					delete(state, c)
				case 5:
					add(adjust.Entry{Code: c, Does: adjust.Filing})
				case 6:
					add(adjust.Entry{Code: c, Does: adjust.Keep})
				}
			}
			for c, name := range gone {
				if rnd.IntN(2) == 0 && !has(entries, c) {
					add(adjust.Entry{Code: c, Does: adjust.Resume})
					state[c] = name
					delete(gone, c)
				}
			}
			newcomer(adjust.New)
			b, err := g.desk.Begin(bg, g.ann, "", adjust.Head{Document: fmt.Sprintf("云政发〔2026〕%d号", round+10), Reason: "调整", From: from})
			must(t, err)
			b, err = g.desk.Edit(bg, g.ann, "", adjust.Edit{At: b.At, Put: entries})
			must(t, says(err))
			g.through(t, b.At)
			g.Pass(20 * 24 * day.Hour)
			_, err = g.desk.Apply(bg, g.ann, "", b.At)
			must(t, says(err))
			want[from] = maps.Clone(state)
			from += day.Day(25 + rnd.IntN(5))
		}
		for on, is := range want {
			if got := g.onList(t, on); !maps.Equal(got, is) {
				t.Errorf("on %s: %v, want %v", on, got, is)
			}
		}
	})
}

func has(entries []adjust.Entry, code string) bool {
	for _, e := range entries {
		if e.Code == code {
			return true
		}
	}
	return false
}
