package casework_test

import (
	"strings"
	"sync"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/power"
	"tongban/internal/work/casework"
)

// senior is what the card for the elderly asks of the uncle.
func (w *world) senior() map[string]any {
	w.t.Helper()
	values := map[string]any{}
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
		v, err := w.Items.InForce(tx, w.c.Items["senior-card"].ID, tx.Today())
		if err != nil {
			return err
		}
		for _, f := range v.Form.Fields {
			switch {
			case len(f.Options) > 0 && f.Multiple:
				values[f.Key] = []any{f.Options[0].Value}
			case len(f.Options) > 0:
				values[f.Key] = f.Options[0].Value
			case f.Widget == "yesno":
				values[f.Key] = true
			case f.Widget == "phone":
				values[f.Key] = "19995550003"
			case f.Element == "":
				values[f.Key] = "云禾县"
			}
		}
		return nil
	}))
	return values
}

func TestTheSameSubmissionTwice(t *testing.T) {
	both(t, func(w *world) {
		baker := w.as("baker")
		in := casework.ApplyIn{Draft: w.draft(baker, "food-workshop", bakery(), "plan", "photo"), Delivery: "window"}
		first, err := w.Office.Apply(w.ctx, baker, "key-1", in)
		w.must(err)
		again, err := w.Office.Apply(w.ctx, baker, "key-1", in)
		w.must(err)
		if again != first {
			t.Fatalf("answered %+v, then %+v", first, again)
		}
		in.Delivery = "courier"
		_, err = w.Office.Apply(w.ctx, baker, "key-1", in)
		w.refused("act.key_reused", err)
		_, err = w.Office.Apply(w.ctx, baker, "key-2", in)
		w.refused("act.changed", err)
	})
}

// Twenty presses at once make one case.
func TestManyPressesAtOnce(t *testing.T) {
	both(t, func(w *world) {
		baker := w.as("baker")
		in := casework.ApplyIn{Draft: w.draft(baker, "food-workshop", bakery(), "plan", "photo"), Delivery: "window"}
		var wg sync.WaitGroup
		var mu sync.Mutex
		got := map[string]int{}
		for range 20 {
			wg.Go(func() {
				done, err := w.Office.Apply(w.ctx, baker, "press", in)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					got["error "+err.Error()]++
				} else {
					got[done.Number]++
				}
			})
		}
		wg.Wait()
		if len(got) != 1 {
			t.Fatalf("twenty presses were answered %v", got)
		}
		list, err := w.Office.Mine(w.ctx, baker, 0, 50)
		w.must(err)
		if len(list) != 1 {
			t.Fatalf("%d cases", len(list))
		}
	})
}

// Two reviewers click at the same moment: one opinion counts, the other is told.
func TestTwoClickAtTheSameMoment(t *testing.T) {
	both(t, func(w *world) {
		id := w.accepted()
		in := w.task(id, "review", "scjg")
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = w.Office.Review(w.ctx, w.of("scjg", "reviewer", i), "", casework.ReviewIn{TaskIn: in, Passed: true, Text: "同意"})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if act.KindOf(err) != act.Conflict {
				t.Errorf("the other was told %v", err)
			}
		}
		if won != 1 {
			t.Fatalf("%d of 2 opinions counted", won)
		}
	})
}

// One person who holds two posts asks for two parts that may not meet, in two
// browsers at once. One of them wins, whichever it is.
func TestOnePersonTwoParts(t *testing.T) {
	both(t, func(w *world) {
		a := w.of("scjg", "decider", 0)
		w.alsoReviewer(a.Person)
		id := w.accepted()
		reviewer := w.byPerson(a.Person, "scjg", "reviewer")
		_, err := w.Office.Review(w.ctx, reviewer, "", casework.ReviewIn{TaskIn: w.task(id, "review", "scjg"), Passed: true, Text: "通过"})
		w.must(err)
		one, two := w.of("xfjy", "inspector", 0), w.of("xfjy", "inspector", 2)
		_, err = w.Office.Visit(w.ctx, one, "", casework.VisitIn{TaskIn: w.task(id, "visit", "xfjy"), Passed: true, Text: "合格", Officers: []int64{one.Person, two.Person}})
		w.must(err)
		w.tested(id)
		_, err = w.Office.Decide(w.ctx, w.byPerson(a.Person, "scjg", "decider"), "", granted(w.task(id, "decide", "scjg")))
		w.refused("proceeding.duty", err)
		_, err = w.Office.Decide(w.ctx, w.of("scjg", "decider", 1), "", granted(w.task(id, "decide", "scjg")))
		w.must(err)
	})
}

// An officer whose agency lost the power this morning is refused, and the
// refusal is on record.
func TestPowerWithdrawnThisMorning(t *testing.T) {
	both(t, func(w *world) {
		id := w.accepted()
		w.handled(id)
		w.withdrawPower(w.c.Items["food-workshop"].Code, "scjg")
		_, err := w.Office.Decide(w.ctx, w.of("scjg", "decider", 0), "", granted(w.task(id, "decide", "scjg")))
		if act.KindOf(err) != act.Refused || !strings.HasPrefix(err.(*act.Error).Code, "power.") {
			t.Fatalf("answered %v", err)
		}
		w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
			acts, err := w.Ledger.Acts(tx, "refusals", 100)
			if len(acts) == 0 {
				t.Error("the refusal left no record")
			}
			return err
		}))
		if c := w.show(id); c.Status != casework.Handling || c.Facts.Decision != nil {
			t.Errorf("the refused decision left %s", c.Status)
		}
	})
}

// What somebody else changed meanwhile is said, not overwritten.
func TestChangedMeanwhile(t *testing.T) {
	both(t, func(w *world) {
		id := w.accepted()
		in := w.task(id, "review", "scjg")
		_, err := w.Office.Assign(w.ctx, w.of("scjg", "reviewer", 0), "", casework.AssignIn{TaskIn: in, Person: w.of("scjg", "reviewer", 1).Person})
		w.must(err)
		_, err = w.Office.Review(w.ctx, w.of("scjg", "reviewer", 0), "", casework.ReviewIn{TaskIn: in, Passed: false, Text: "我看到的是旧的"})
		w.refused("act.changed", err)
	})
}

func TestBadFormIsNamedFieldByField(t *testing.T) {
	both(t, func(w *world) {
		baker := w.as("baker")
		values := bakery()
		values["area"], values["category"] = -3.0, "gold"
		delete(values, "workshop_name")
		_, err := w.Office.Apply(w.ctx, baker, "", casework.ApplyIn{Draft: w.draft(baker, "food-workshop", values, "plan", "photo"), Delivery: "window"})
		e, ok := err.(*act.Error)
		if !ok || e.Code != "casework.apply.form" || len(e.Fields) != 3 {
			t.Fatalf("answered %v with %v", err, e.Fields)
		}
		_, err = w.Office.Apply(w.ctx, baker, "", casework.ApplyIn{Draft: w.draft(baker, "food-workshop", bakery(), "plan"), Delivery: "window"})
		w.refused("casework.apply.materials", err)
	})
}

func TestUploadsAreWhatTheySay(t *testing.T) {
	both(t, func(w *world) {
		baker := w.as("baker")
		d := w.draft(baker, "food-workshop", bakery())
		_, err := w.Office.Upload(w.ctx, baker, d, "plan", "平面图.pdf", strings.NewReader("<html><script>alert(1)</script></html>"))
		if act.KindOf(err) != act.Invalid {
			t.Fatalf("a page named .pdf was answered %v", err)
		}
		_, err = w.Office.Upload(w.ctx, baker, d, "plan", "大.png", endless{})
		if act.KindOf(err) != act.Invalid {
			t.Fatalf("an endless upload was answered %v", err)
		}
		_, err = w.Office.Upload(w.ctx, w.as("neighbour"), d, "plan", "别人的.png", strings.NewReader(string(picture())))
		w.refused("act.not_found", err)
	})
}

// endless is an upload that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	copy(p, picture())
	return len(p), nil
}

func TestNameOnlyItemCannotBeAppliedFor(t *testing.T) {
	both(t, func(w *world) {
		var item int64
		w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
			_, err := tx.Get([]any{&item}, `select item from item_version where home = $1 and not complete order by id limit 1`, tx.Home())
			return err
		}))
		_, err := w.Office.SaveDraft(w.ctx, w.as("baker"), "", casework.DraftIn{Item: item})
		if act.KindOf(err) != act.Refused {
			t.Fatalf("answered %v", err)
		}
	})
}

func (w *world) withdrawPower(code, agency string) {
	w.t.Helper()
	var id int64
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
		list, err := w.Power.HoldersOf(tx, code, tx.Today())
		for _, h := range list {
			if h.Agency == agency {
				id = h.ID
			}
		}
		return err
	}))
	w.must(w.Power.Withdraw(w.ctx, w.of("zfb", "catalogue", 0), "", power.Withdrawal{Holding: id, Until: w.clock.Now().Day(), Reason: "今早收回"}))
}
