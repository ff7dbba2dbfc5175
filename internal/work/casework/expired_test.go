package casework_test

import (
	"bytes"
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/work/casework"
)

// A draft is kept until the day that its owner was told, and not a day longer:
// it can be neither read, nor filled in, nor submitted.
func TestDraftWhoseTimeIsOver(t *testing.T) {
	both(t, func(w *world) {
		baker := w.as("baker")
		last, late := w.draft(baker, "food-workshop", bakery(), "plan", "photo"), w.draft(baker, "food-workshop", bakery())
		w.pass(30)
		_, err := w.Office.Apply(w.ctx, baker, "", casework.ApplyIn{Draft: last, Delivery: "window"})
		w.must(err)
		w.pass(1)
		for name, err := range map[string]error{
			"apply": second(w.Office.Apply(w.ctx, baker, "", casework.ApplyIn{Draft: late, Delivery: "window"})),
			"save":  second(w.Office.SaveDraft(w.ctx, baker, "", casework.DraftIn{Draft: late, Values: map[string]any{"area": 40.0}})),
			"file":  second(w.Office.Upload(w.ctx, baker, late, "plan", "plan.png", bytes.NewReader(picture()))),
			"read": w.Store.Read(w.ctx, func(tx *store.Tx) error {
				_, err := w.Office.Prepare(tx, baker.Person, late)
				return err
			}),
		} {
			w.t.Log(name)
			w.refused("casework.draft.expired", err)
		}
	})
}

func second[T any](_ T, err error) error { return err }
