package inspect_test

import (
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
)

// What the base catalogue calls a review (审核) is none of those that decide: an
// item of it whose flow decides is found, in the whole and before it is published.
func TestAReviewThatDecidesIsFound(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		handled := func(document, how string) {
			t.Helper()
			_, err := r.lists.Change(bg, r.ann, "", lists.Batch{List: "base_item", Document: document, Region: "990124", Reason: "公布", From: r.today(t), Changes: []lists.Change{{Content: lists.Content{
				Columns: lists.Row{"code": "000117002000", "name": "护士执业变更注册", "type": "01", "handling": how}, Tables: map[string][]lists.Row{"basis": {{"article": "《护士条例》第九条"}}}}}}})
			must(t, err)
		}
		it := checkup.Item{Code: nurse, Base: "000117002000", Name: "护士执业变更注册", Type: "01", Agency: "zfb", Region: "990124",
			Guide: &checkup.Guide{Flow: &checkup.Flow{Steps: []checkup.Step{{Name: "审核", Part: checkup.PartReview}, {Name: "批准", Part: checkup.PartDecide}}}}}
		found := func() (n int) {
			t.Helper()
			must(t, r.Read(func(tx *store.Tx) error {
				list, err := r.desk.Differing(tx, it)
				for _, f := range list {
					if f.Rule == "class_review" {
						n++
					}
				}
				return err
			}))
			return n
		}
		handled("云政发〔2026〕1号", "approval")
		if found() != 0 {
			t.Error("an approval that decides")
		}
		handled("云政发〔2026〕2号", "review")
		if found() != 1 {
			t.Error("a review that decides was not found")
		}
		must(t, r.Read(func(tx *store.Tx) error {
			c, err := r.desk.Live(tx)
			if len(c.Bases) != 1 || c.Bases[0].Handling != checkup.Reviews {
				t.Errorf("%+v", c.Bases)
			}
			return err
		}))
	})
}
