package adjust_test

import (
	"os"
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/rules/day"
	"tongban/internal/work/adjust"
)

// A merger (a split likewise) that names its successors goes through with open cases once each of them
// is settled; the successors are then those to which such a case may be moved.
func TestAnItemThatGoesNamesItsSuccessors(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		code, item, version := g.item(t)
		d, problems := catalog.ReadFolder(os.DirFS("../../demo/county"), "items/tipoff-reward")
		if len(problems) > 0 {
			t.Fatal(catalog.Problems(problems))
		}
		out, err := catalog.ImportItems(bg, g.Runner, g.ann, catalog.ImportOptions{Region: identitytest.County, From: day.MustParse("2025-01-01")}, d)
		must(t, says(err))
		g.open(t, item, version, 1)
		at := g.begin(t, "云政发〔2026〕9号", adjust.Entry{List: adjust.OnItems, Code: code, Does: adjust.Merge, Into: []string{d.Code}})
		refused(t, "with an open case", g.desk.HandIn(bg, g.ann, "", at), "adjust.fault.cases")
		x, err := g.desk.Examine(bg, at.ID)
		must(t, err)
		_, err = g.desk.Stay(bg, g.ann, "", at, x.Entries[0].ID, "先按原来的版本办，需要的逐件改办")
		must(t, says(err))
		after := func() (list []int64) {
			g.read(t, func(tx *store.Tx) (err error) { list, err = g.desk.Successors(tx, item); return err })
			return list
		}
		if list := after(); len(list) != 0 {
			t.Errorf("before it has taken effect: %v", list)
		}
		g.through(t, at)
		g.Pass(20 * 24 * day.Hour)
		_, err = g.desk.Apply(bg, g.ben, "", at)
		must(t, says(err))
		if list := after(); len(list) != 1 || list[0] != out.New[0].Item {
			t.Errorf("afterwards: %v", list)
		}
	})
}
