package catalog_test

import (
	"slices"
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
)

// keys are all keys that are kept, and whether none is missing.
func (g *rig) keys(t *testing.T) (all []string, stand bool) {
	t.Helper()
	g.read(t, func(tx *store.Tx) (err error) {
		if stand, err = catalog.KeysStand(tx); err != nil {
			return err
		}
		all, err = store.All(tx, func(r store.Row) (k string, err error) { return k, r.Scan(&k) },
			`select k.kind || ' ' || k.region || ' ' || k.key || ' ' || i.code from item_key k join item_version v on v.home = k.home and v.id = k.version
				join item i on i.home = v.home and i.id = v.item where k.home = $1`, tx.Home())
		slices.Sort(all)
		return err
	})
	return all, stand
}

// Every version is found by its keys as soon as it is there; what an older program
// wrote, or what was restored, is given its keys later, and missed until then.
func TestEveryVersionHasItsKeys(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		if _, stand := g.keys(t); !stand {
			t.Error("an empty catalogue lacks keys")
		}
		g.bring(t, good(t, "food-workshop"), good(t, "senior-card"))
		g.bring(t, list(t)[:20]...)
		was, stand := g.keys(t)
		if !stand || len(was) < 22 {
			t.Fatalf("%d keys, complete %v", len(was), stand)
		}
		g.read(t, func(tx *store.Tx) error {
			for _, k := range []checkup.Key{checkup.ResultKey(region, (&checkup.Item{Guide: &checkup.Guide{Result: checkup.Result{Name: "食品作坊经营许可证（示范）"}}}).Yields()),
				checkup.BaseKey("990131901000"), checkup.NamedKey(region, good(t, "food-workshop").Name)} {
				met, err := catalog.MetByKey(tx, day.MustParse("2025-06-03"), k)
				if len(met) != 1 || !met[0].Complete || met[0].Item.Base != "990131901000" {
					t.Errorf("by %v: %+v, %v", k, met, err)
				}
			}
			return nil
		})
		without := func(sql string) {
			t.Helper()
			g.do(t, func(tx *store.Tx) error { tx.Put(sql, tx.Home()); return nil })
			if _, stand := g.keys(t); stand {
				t.Errorf("nothing is missed after %s", sql)
			}
			must(t, g.items.IndexKeys(bg, g.s))
			if now, stand := g.keys(t); !stand || !slices.Equal(now, was) {
				t.Errorf("after %s: %d keys of %d, complete %v", sql, len(now), len(was), stand)
			}
		}
		without(`update catalog_epoch set n = n + 1 where home = $1`)          // an older program entered something
		without(`update item_key_mark set edition = 'before' where home = $1`) // the rules compare otherwise
		g.do(t, func(tx *store.Tx) error { tx.Put(`delete from item_key where home = $1`, tx.Home()); return nil })
		without(`delete from item_key_mark where home = $1`) // restored
	})
}
