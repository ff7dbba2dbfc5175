package casework_test

import (
	"slices"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/work/casework"
	"tongban/internal/work/reorganise"
)

// The agency responsible merges into a new one in the middle of a case: the case goes
// on there with the same people, who are still bound by what they did in it, and a
// case that was decided before stays sealed by the old agency.
func TestACaseOutlivesItsAgency(t *testing.T) {
	both(t, func(w *world) {
		old := w.accepted()
		w.handled(old)
		_, err := w.Office.Decide(w.ctx, w.of("scjg", "decider", 0), "", granted(w.task(old, "decide", "scjg")))
		w.must(err)
		id := w.accepted()
		w.alsoReviewer(w.of("scjg", "decider", 0).Person)
		both := w.byPerson(w.of("scjg", "decider", 0).Person, "scjg", "reviewer")
		_, err = w.Office.Review(w.ctx, both, "", casework.ReviewIn{TaskIn: w.task(id, "review", "scjg"), Passed: true, Text: "材料符合要求"})
		w.must(err)
		officer := both.Person
		from := w.clock.Now().Day() + 2
		uscc, err := gbcode.MakeUSCC("11", "990124", "MB123456")
		w.must(err)
		w.merge(from, reorganise.Agency{Key: "scjg", Fate: reorganise.End, Heir: "scjj"},
			reorganise.Agency{Key: "scjj", Fate: reorganise.Begin, Name: "云禾县市场监管和知识产权局", Short: "县市监局", USCC: uscc, Level: "county"})

		if c := w.show(id); c.Agency != "scjj" || c.Status != casework.Handling {
			t.Fatalf("the case is at %s, %s", c.Agency, c.Status)
		}
		one, two := w.of("xfjy", "inspector", 0), w.of("xfjy", "inspector", 2)
		_, err = w.Office.Visit(w.ctx, one, "", casework.VisitIn{TaskIn: w.task(id, "visit", "xfjy"), Passed: true, Text: "出口畅通", Officers: []int64{one.Person, two.Person}})
		w.must(err)
		w.tested(id)
		// The step that opened afterwards is the new agency's.
		task := w.task(id, "decide", "scjj")
		_, err = w.Office.Decide(w.ctx, w.byPerson(officer, "scjj", "decider"), "", granted(task))
		if act.KindOf(err) != act.Refused && act.KindOf(err) != "" {
			t.Fatal(err)
		}
		if act.KindOf(err) == "" {
			t.Error("one person reviewed and decided, before and after their agency's end")
		}
		var next act.Actor
		w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
			staff, err := w.People.StaffOf(tx, "scjj", "decider", tx.Today())
			i := slices.IndexFunc(staff, func(p int64) bool { return p != officer })
			if err != nil || i < 0 {
				t.Fatalf("deciders %v: %v", staff, err)
			}
			next, err = w.People.ActorOf(tx, staff[i], "scjj", "decider")
			return err
		}))
		_, err = w.Office.Decide(w.ctx, next, "", granted(task))
		w.must(err)
		w.sealedBy(old, "scjg", "云禾县市场监督管理局")
		w.sealedBy(id, "scjj", "云禾县市场监管和知识产权局")
		w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
			a, err := reorganise.Answers(tx, "scjg", from-1, tx.Today(), reorganise.About{Case: old})
			if len(a.Now) != 1 || a.Now[0] != "scjj" || len(a.Steps) != 1 {
				t.Errorf("who answers: %+v", a)
			}
			return err
		}))
		// Whoever applies now applies to the new agency.
		if c := w.show(w.applied().Case); c.Agency != "scjj" {
			t.Errorf("a new case at %s", c.Agency)
		}
	})
}

// merge writes an act, has it decided, and lets its day come.
func (w *world) merge(from day.Day, agencies ...reorganise.Agency) {
	w.t.Helper()
	p := reorganise.Plan{Document: "云委〔2026〕8号", Reason: "机构改革", From: from, Agencies: agencies}
	at, err := w.Reform.Begin(w.ctx, w.of("zfb", "catalogue", 0), "", p)
	w.must(err)
	e, err := w.Reform.Preview(w.ctx, at.ID)
	w.must(err)
	for _, f := range e.Faults {
		w.t.Error(f.Error())
	}
	w.must(w.Reform.Decide(w.ctx, w.of("zfb", "leader", 0), "", at, true, ""))
	w.pass(int(from - w.clock.Now().Day()))
	n, err := w.Reform.CarryDue(w.ctx)
	w.must(err)
	if n != 1 {
		w.t.Fatalf("%d carried out", n)
	}
}

// sealedBy tells whether the licence of a case is an agency's and its seal holds.
func (w *world) sealedBy(id int64, agency, name string) {
	w.t.Helper()
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
		l, err := w.Licences.Show(tx, w.show(id).Facts.Licence)
		if err != nil {
			return err
		}
		if v, err := w.Licences.Verify(tx, l.Code); err != nil || !v.Real {
			w.t.Errorf("whoever scans it: %v %v", v.Faults, err)
		}
		key, known, err := w.Vault.SealPublic(tx, l.KeyID)
		if err != nil || !known || key.Agency != agency || !key.Span.Holds(l.Day) {
			w.t.Errorf("sealed by %s over %v on %v: %v", key.Agency, key.Span, l.Day, err)
		}
		g, err := w.People.LastOf(tx, l.Agency, l.Day)
		if l.Agency != agency || g.Name != name {
			w.t.Errorf("licence of %s, %s", l.Agency, g.Name)
		}
		return err
	}))
}
