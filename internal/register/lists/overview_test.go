package lists_test

import (
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
)

// The overview tells how each list stands on a day, what is to come included.
func TestOverviewOfADay(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.change(t, batch("power", put(power("AAA-1", "甲权力", "scjg", 1)), put(power("AAA-2", "乙权力", "scjg", 1))))
		later := batch("power", lists.Change{Op: lists.End, Code: "AAA-1"})
		later.From = today + 10
		r.change(t, later)
		for _, x := range []struct {
			in   day.Day
			want lists.Standing
		}{
			{-1, lists.Standing{Coming: today, Edition: 2}},
			{0, lists.Standing{Entries: 2, Changed: today, Coming: today + 10, Edition: 2}},
			{10, lists.Standing{Entries: 1, Changed: today + 10, Edition: 2}},
		} {
			r.read(t, func(tx *store.Tx) error {
				all, err := lists.Overview(tx, today+x.in)
				if all["power"] != x.want || len(all) != 1 {
					t.Errorf("after %d days: %+v, want %+v", x.in, all, x.want)
				}
				return err
			})
		}
		r.read(t, func(tx *store.Tx) error {
			regions, err := lists.CountRegions(tx, lists.Query{List: "power", At: lists.Stand{Day: today}, Agency: "scjg"})
			if len(regions) != 1 || regions[0].Entries != 2 || regions[0].Region == "" {
				t.Errorf("regions: %+v", regions)
			}
			return err
		})
	})
}
