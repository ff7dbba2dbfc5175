package casework_test

import (
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/work/casework"
)

// A material that a listed service of an intermediary makes is asked for while
// the service is on its list. Once it has left, an application does not want it, a
// notice cannot name it, and a case that was waiting for it waits no longer.
func TestNothingOffTheListIsDemanded(t *testing.T) {
	both(t, func(w *world) {
		on := func(document string, change lists.Change) {
			t.Helper()
			_, err := w.Lists.Change(w.ctx, act.Machine(), "", lists.Batch{List: "intermediary", Document: document, From: w.clock.Now().Day(), Reason: "公布", Region: "990124", Changes: []lists.Change{change}})
			w.must(err)
		}
		on("云办〔2026〕91号", lists.Change{Content: lists.Content{Columns: lists.Row{"code": "Z-9", "name": "糕点间设计", "agency": "scjg", "item": "990131901000", "item_name": "食品作坊",
			"basis": "示范办法第九条", "who": "设计单位", "price": "market", "days": 5, "result": "设计图"}}})
		w.revised([]string{"materials:\n", "materials:\n  - {key: design, name: 糕点间设计图, source: self, intermediary: 糕点间设计, required: true, formats: [png], max_mb: 5, why: 看, basis: 示范办法第九条, how: 委托画}\n"}, nil)

		baker := w.as("baker")
		_, err := w.Office.Apply(w.ctx, baker, "", casework.ApplyIn{Draft: w.draft(baker, "food-workshop", bakery(), "plan", "photo"), Delivery: "window"})
		if act.KindOf(err) != act.Invalid {
			t.Fatalf("without it while it is listed: %v", err)
		}
		var cases []int64
		for range 2 {
			done, err := w.Office.Apply(w.ctx, baker, "", casework.ApplyIn{Draft: w.draft(baker, "food-workshop", bakery(), "design", "plan", "photo"), Delivery: "window"})
			w.must(err)
			cases = append(cases, done.Case)
		}
		clerk, again := w.of("spj", "window", 0), []casework.Missing{{Key: "material:design", What: "看不清", How: "重画"}}
		_, err = w.Office.Notify(w.ctx, clerk, "", casework.NotifyIn{Case: cases[0], Missing: again})
		w.must(err)

		w.pass(1)
		on("云办〔2026〕92号", lists.Change{Op: lists.End, Code: "Z-9"})
		_, err = w.Office.Notify(w.ctx, clerk, "", casework.NotifyIn{Case: cases[1], Missing: again})
		w.refused("lists.intermediary.ended", err)
		if e := err.(*act.Error); e.Law == "" || e.Next.IsZero() { //nolint:errorlint // refused has seen it
			t.Errorf("%+v", e)
		}
		_, err = w.Office.Correct(w.ctx, baker, "", casework.CorrectIn{Case: cases[0]})
		w.must(err)
		if m := w.show(cases[0]).Facts.Material("design"); m.State != casework.MaterialWaived {
			t.Errorf("still waits: %+v", m)
		}
		for _, id := range cases {
			_, err = w.Office.Accept(w.ctx, clerk, "", casework.AcceptIn{Case: id})
			w.must(err)
		}
		id := w.draft(baker, "food-workshop", bakery(), "plan", "photo")
		w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
			p, err := w.Office.Prepare(tx, baker.Person, id)
			for _, m := range p.Materials {
				if m.Key == "design" {
					t.Error("the application wants it")
				}
			}
			return err
		}))
		_, err = w.Office.Apply(w.ctx, baker, "", casework.ApplyIn{Draft: id, Delivery: "window"})
		w.must(err)
	})
}
