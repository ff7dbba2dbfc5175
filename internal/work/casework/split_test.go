package casework_test

import (
	"fmt"
	"strconv"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/gbcode"
	"tongban/internal/work/casework"
	"tongban/internal/work/reorganise"
)

// An agency that takes part in two cases splits between two that begin: each case goes
// on at exactly the one that is named for it, in every step that is still to come, and
// goes on right when one of the two merges again.
func TestASplitGivesEachCaseToOne(t *testing.T) {
	both(t, func(w *world) {
		one, two := w.accepted(), w.accepted()
		from := w.clock.Now().Day() + 1
		p := reorganise.Plan{Document: "云委〔2026〕12号", Reason: "机构改革", From: from, Agencies: []reorganise.Agency{{Key: "sthj", Fate: reorganise.End},
			{Key: "stly", Fate: reorganise.Begin, Name: "云禾县生态林业局", Level: "county", USCC: uscc(w, 1)}, {Key: "hjjc", Fate: reorganise.Begin, Name: "云禾县环境监测局", Level: "county", USCC: uscc(w, 2)}}}
		at, err := w.Reform.Begin(w.ctx, w.of("zfb", "catalogue", 0), "", p)
		w.must(err)
		e, err := w.Reform.Preview(w.ctx, at.ID)
		w.must(err)
		for i, x := range e.Things {
			to := "stly"
			if x.Kind == reorganise.OnCase && x.Ref == strconv.FormatInt(two, 10) || x.Kind == reorganise.OnPost && i%2 == 0 {
				to = "hjjc"
			}
			p.Send([]reorganise.Move{x.Move}, to)
		}
		if len(e.Faults) != len(e.Things) {
			t.Errorf("%d faults, %d things", len(e.Faults), len(e.Things))
		}
		at, err = w.Reform.Edit(w.ctx, w.of("zfb", "catalogue", 0), "", at, p)
		w.must(err)
		w.must(w.Reform.Decide(w.ctx, w.of("zfb", "leader", 0), "", at, true, ""))
		w.pass(1)
		w.carried(1)
		w.bodies(one, "sthj:stly")
		w.bodies(two, "sthj:hjjc")

		w.merge(w.clock.Now().Day()+1, reorganise.Agency{Key: "stly", Fate: reorganise.End, Heir: "hjjc"})
		w.bodies(one, "sthj:hjjc stly:hjjc")
		w.bodies(two, "sthj:hjjc")
		for _, id := range []int64{one, two} {
			w.handledBy(id, "hjjc")
		}
	})
}

func (w *world) carried(want int) {
	w.t.Helper()
	n, err := w.Reform.CarryDue(w.ctx)
	w.must(err)
	if n != want {
		w.t.Fatalf("%d carried out", n)
	}
}

// bodies compares who stands in a case for whom.
func (w *world) bodies(id int64, want string) {
	w.t.Helper()
	c := w.show(id)
	if got := fmt.Sprint(c.Facts.Bodies); got != "map["+want+"]" {
		w.t.Errorf("case %d: %s, want %s", id, got, want)
	}
}

// handledBy goes on with the test of a case at the agency that took it over.
func (w *world) handledBy(id int64, agency string) {
	w.t.Helper()
	_, err := w.Office.Review(w.ctx, w.of("scjg", "reviewer", 0), "", casework.ReviewIn{TaskIn: w.task(id, "review", "scjg"), Passed: true, Text: "材料符合要求"})
	w.must(err)
	_, err = w.Office.Pause(w.ctx, w.firstOf(agency, "reviewer"), "", casework.PauseIn{TaskIn: w.task(id, "test", agency), Reason: "取水样送检", Days: 10})
	w.must(err)
}

// firstOf is the first who has a post at an agency today.
func (w *world) firstOf(agency, post string) (a act.Actor) {
	w.t.Helper()
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
		staff, err := w.People.StaffOf(tx, agency, post, tx.Today())
		if err != nil || len(staff) == 0 {
			w.t.Fatalf("nobody is %s at %s: %v", post, agency, err)
		}
		a, err = w.People.ActorOf(tx, staff[0], agency, post)
		return err
	}))
	return a
}

// uscc is the n-th credit code of an agency that begins.
func uscc(w *world, n int) string {
	code, err := gbcode.MakeUSCC("11", "990124", fmt.Sprintf("MB7654%02d", n))
	w.must(err)
	return code
}
