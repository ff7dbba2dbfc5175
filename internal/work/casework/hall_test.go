package casework_test

import (
	"testing"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/work/casework"
)

// A case that the hall accepts and another body decides shows a hollow window; one
// that waits shows none, nor does a case of another year.
func TestAHollowWindowIsFoundFromItsCases(t *testing.T) {
	both(t, func(w *world) {
		find := func(back int) (list []casework.Hollow) {
			w.t.Helper()
			today := w.clock.Now().Day()
			w.must(w.Store.Read(w.ctx, func(tx *store.Tx) (err error) {
				list, err = w.Office.HollowWindows(tx, today-300-day.Day(365*back), today+1-day.Day(365*back), today)
				return err
			}))
			return list
		}
		id := w.accepted()
		if got := find(0); len(got) != 0 {
			w.t.Fatalf("nothing is decided yet: %+v", got)
		}
		w.handled(id)
		_, err := w.Office.Decide(w.ctx, w.of("scjg", "decider", 0), "", granted(w.task(id, "decide", "scjg")))
		w.must(err)
		got := find(0)
		if len(got) != 1 || got[0].Window != "spj" || got[0].Decider != "scjg" || got[0].Count != 1 || got[0].Listed != casework.HallUnlisted {
			w.t.Fatalf("%+v", got)
		}
		if old := find(2); len(old) != 0 {
			w.t.Errorf("another year: %+v", old)
		}
		editor := w.of("zfb", "catalogue", 0)
		_, err = w.Lists.Change(w.ctx, editor, "", lists.Batch{List: casework.HallList, Document: "云政发〔2026〕9号", Reason: "公布", Changes: []lists.Change{{Content: lists.Content{
			Columns: lists.Row{"code": got[0].Code, "name": got[0].Name, "agency": "scjg", "type": "received", "window": "综合窗口", "reason": "集体审议决定"}}}}})
		w.must(err)
		if got = find(0); got[0].Listed != casework.HallReceived || got[0].Reason != "集体审议决定" {
			w.t.Errorf("%+v", got)
		}
		today := w.clock.Now().Day()
		w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
			shown, err := proceeding.ShowElsewhere(tx, casework.Kind, today-300, today+1, got[0].Elsewhere, 10)
			if len(shown) != 1 || shown[0].Number != w.show(id).Number || shown[0].Decided == 0 {
				w.t.Errorf("%+v", shown)
			}
			return err
		}))
	})
}
