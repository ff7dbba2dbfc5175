package catalog_test

import (
	"fmt"
	"maps"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/law"
	"tongban/internal/rules/day"
)

// cited lists what an item cites on a day, by part and words.
func (g *rig) cited(t testing.TB, item int64, on string) map[string]int {
	t.Helper()
	list := map[string]int{}
	g.read(t, func(tx *store.Tx) error {
		places, err := law.PlacesOf(tx, catalog.LawKind, fmt.Sprint(item), day.MustParse(on))
		for _, p := range places {
			list[string(p.Part)+" "+p.Words]++
		}
		return err
	})
	return list
}

// What an item rests on changes with its version and ends with it.
func TestAnItemPointsAtItsArticles(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		item := g.bring(t, good(t, "senior-card")).New[0].Item
		was := g.cited(t, item, "2025-06-03")
		for _, want := range []string{"basis 《云禾县老年人优待办法（示范，虚构）》第四条", "material 示范优待办法第六条", "limit 云禾县政务服务规程（示范，虚构）第五条"} {
			if was[want] == 0 {
				t.Errorf("%s is missing from %v", want, was)
			}
		}
		g.next(t, item, good(t, "senior-card", "in_force: {from: 2025-01-01}", "in_force: {from: 2025-07-01}", "article: 示范优待办法第六条", "article: 示范优待办法第九条"))
		before, after := g.cited(t, item, "2025-06-30"), g.cited(t, item, "2025-07-01")
		if len(before) != len(was) || before["limit 示范优待办法第九条"] != 0 || after["limit 示范优待办法第九条"] != 1 {
			t.Errorf("before %v, after %v", before, after)
		}
		g.do(t, func(tx *store.Tx) error {
			tx.Put(`delete from law_pointer where home = $1`, tx.Home())
			return tx.Flush()
		})
		g.do(t, func(tx *store.Tx) error {
			last, err := catalog.PointUnpointed(tx, 0, 10)
			if err == nil && last == 0 {
				t.Error("nothing was pointed again")
			}
			return err
		})
		g.do(t, func(tx *store.Tx) error {
			some, err := catalog.Unpointed(tx)
			if some {
				t.Error("something is left unpointed")
			}
			return err
		})
		if a, b := g.cited(t, item, "2025-06-30"), g.cited(t, item, "2025-07-01"); !maps.Equal(a, before) || !maps.Equal(b, after) {
			t.Errorf("pointed again: %v, %v", a, b)
		}
		id, err := as(g, ann, propose, func(c *act.Call) (int64, error) {
			return catalog.ProposeEnd(c, item, day.MustParse("2025-09-01"), "停办")
		})
		must(t, err)
		_, err = g.publish(ben, id)
		must(t, err)
		if n := len(g.cited(t, item, "2025-09-01")); n != 0 || len(g.cited(t, item, "2025-08-31")) != len(after) {
			t.Errorf("%d citations after its end", n)
		}
	})
}
