package casework_test

import (
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/work/adjust"
	"tongban/internal/work/reorganise"
)

// An agency is renamed between the proposal of an adjustment and its effect: what was
// decided about its powers takes effect all the same, under the name that it has then.
func TestAnAdjustmentOutlivesAName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, store.SQLite)
	keeper, leader, today := w.of("zfb", "catalogue", 0), w.of("zfb", "leader", 0), w.clock.Now().Day()
	from := today + 3
	_, err := w.Lists.Change(w.ctx, keeper, "", lists.Batch{List: "abolished", Document: "云政发〔2026〕1号", Reason: "首次公布", From: today, Changes: []lists.Change{
		{Content: lists.Content{Columns: lists.Row{"code": "Z-901", "name": "某项证明", "type": "cancelled", "agency": "scjg", "basis": "《优化营商环境条例》第四十四条", "after": "部门之间核对"}}}}})
	w.must(err)
	at := w.throughNotice(adjust.Head{Document: "云政发〔2026〕13号", Reason: "减证便民", From: from}, "scjg", adjust.Entry{List: "abolished", Code: "Z-901", Does: adjust.Change,
		Content: &lists.Content{Columns: lists.Row{"name": "某项证明（改）", "type": "cancelled", "agency": "云禾县市场监督管理局", "basis": "《优化营商环境条例》第四十四条", "after": "数据共享核对"}}})
	plan, err := w.Reform.Begin(w.ctx, keeper, "", reorganise.Plan{Document: "云委〔2026〕10号", Reason: "更名", From: from - 1,
		Agencies: []reorganise.Agency{{Key: "scjg", Fate: reorganise.Rename, Name: "云禾县市场监管和知识产权局", Short: "市场监管知识产权局"}}})
	w.must(err)
	w.must(w.Reform.Decide(w.ctx, leader, "", plan, true, ""))
	w.pass(2)
	if n, err := w.Reform.CarryDue(w.ctx); n != 1 || err != nil {
		t.Fatalf("%d renamed: %v", n, err)
	}
	_, err = w.Adjust.Apply(w.ctx, w.of("zfb", "catalogue", 1), "", at)
	w.must(err)
	w.pass(1)
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
		e, err := lists.EntryOn(tx, "abolished", "Z-901", lists.Stand{})
		if e.Name != "某项证明（改）" || e.Agency != "scjg" {
			t.Errorf("the list says %+v", e)
		}
		if name, err := w.People.AgencyName(tx, e.Agency, tx.Today()); err != nil || name != "市场监管知识产权局" {
			t.Errorf("called %q: %v", name, err)
		}
		return err
	}))
}
