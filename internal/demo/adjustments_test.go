package demo_test

import (
	"slices"
	"testing"

	"tongban/internal/demo"
	"tongban/internal/house"
	"tongban/internal/record/store"
	"tongban/internal/work/adjust"
	"tongban/internal/work/object"
)

// sits tells whether somebody is on a panel.
func sits(panel []adjust.Opinion, person int64) bool {
	return slices.ContainsFunc(panel, func(o adjust.Opinion) bool { return o.Person == person })
}

// underWay checks that visitors find an adjustment at each stage where somebody has
// to act, a batch from above whose bodies have partly answered, and objections that
// wait, are overdue, are mended and are not.
func underWay(t *testing.T, h *house.House, c *demo.County) {
	t.Helper()
	if err := h.Store.Read(t.Context(), func(tx *store.Tx) error {
		for _, stage := range []string{adjust.Draft, adjust.Consent, adjust.Panel, adjust.Notice} {
			list, err := adjust.Page(tx, stage, 0, 10)
			if err != nil || len(list) != 1 {
				t.Errorf("%s: %d, %v", stage, len(list), err)
				continue
			}
			if panel, err := adjust.Opinions(tx, list[0].ID); err != nil || (stage == adjust.Panel || stage == adjust.Notice) && !sits(panel, c.Person("sfj_reviewer_1")) {
				t.Errorf("the justice bureau is not on the panel of %s: %+v, %v", list[0].Document, panel, err)
			}
		}
		orders, err := adjust.Orders(tx, 0, 10)
		if err != nil || len(orders) != 1 {
			t.Fatalf("%d batches, %v", len(orders), err)
		}
		answered := 0
		tasks, err := adjust.Tasks(tx, orders[0])
		for _, x := range tasks {
			if x.Answer != "" {
				answered++
			}
		}
		if len(tasks) < 26 || answered != 2 {
			t.Errorf("%d of %d bodies answered", answered, len(tasks))
		}
		if err != nil {
			return err
		}
		objections, err := object.Count(tx, "")
		if len(objections) != 2 || objections[0] != (object.Counts{Agency: "zhzf", Overdue: 1}) || objections[1] != (object.Counts{Agency: "scjg", Open: 1, Mended: 1, Kept: 1}) {
			t.Errorf("objections: %+v", objections)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
