package casework_test

import (
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/job"
	"tongban/internal/record/store"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
	"tongban/internal/work/adjust"
	"tongban/internal/work/casework"
)

// planned takes an adjustment that changes the workshop from a day on, with its
// running cases, as far as the decision and its notice.
func (w *world) planned(from day.Day, moves string) adjust.At {
	w.t.Helper()
	keeper, item := w.of("zfb", "catalogue", 0), w.c.Items["food-workshop"]
	proposal, err := w.Changes.Propose(w.ctx, keeper, "", item.ID, w.next(from, nil, otherStep), "按新办法调整")
	w.must(err)
	if moves != "" {
		b, err := w.Adjust.Begin(w.ctx, keeper, "", adjust.Head{Document: "云政发〔2026〕11号", Reason: "试一试", From: from})
		w.must(err)
		_, err = w.Adjust.Edit(w.ctx, keeper, "", adjust.Edit{At: b.At, Put: []adjust.Entry{{List: adjust.OnItems, Code: item.Code, Does: adjust.Cancel, Moves: moves}}})
		w.refused("adjust.wrong", err) // what is cancelled has no new version
	}
	at := w.throughNotice(adjust.Head{Document: "云政发〔2026〕12号", Reason: "新办法施行", From: from}, "scjg",
		adjust.Entry{List: adjust.OnItems, Code: item.Code, Does: adjust.Change, Proposal: proposal.Proposal, Moves: moves})
	w.pass(2)
	_, err = w.Adjust.Apply(w.ctx, w.of("zfb", "catalogue", 1), "", at)
	w.must(err)
	return at
}

// throughNotice takes an adjustment about an agency's entry from its draft to its notice.
func (w *world) throughNotice(head adjust.Head, agency string, e adjust.Entry) adjust.At {
	w.t.Helper()
	w.Adjust.NoticeTerm = workday.Term{Days: 1, Unit: workday.CalendarDays}
	keeper := w.of("zfb", "catalogue", 0)
	b, err := w.Adjust.Begin(w.ctx, keeper, "", head)
	w.must(err)
	b, err = w.Adjust.Edit(w.ctx, keeper, "", adjust.Edit{At: b.At, Put: []adjust.Entry{e}})
	w.must(err)
	x, err := w.Adjust.Examine(w.ctx, b.ID)
	w.must(err)
	said := map[string]bool{}
	for _, f := range x.Findings {
		if f.Severity == checkup.Warning && !said[f.Rule] {
			said[f.Rule] = true
			w.must(w.Adjust.Accept(w.ctx, keeper, "", b.At, f.Rule, "已核对"))
		}
	}
	w.must(w.Adjust.HandIn(w.ctx, keeper, "", b.At))
	w.must(w.Adjust.Agree(w.ctx, w.of(agency, "head", 0), "", b.At, agency, true, ""))
	panel := []act.Actor{w.of("scjg", "decider", 0), w.of("spj", "decider", 0)}
	w.must(w.Adjust.Convene(w.ctx, keeper, "", b.At, []int64{panel[0].Person, panel[1].Person}, ""))
	for _, a := range panel {
		w.must(w.Adjust.Opine(w.ctx, a, "", b.At, true, true, "有依据"))
	}
	w.must(w.Adjust.Decide(w.ctx, w.of("zfb", "leader", 0), "", b.At, true, ""))
	w.must(w.Adjust.Announce(w.ctx, keeper, "", b.At))
	return b.At
}

// ordered are the moves that an adjustment ordered.
func (w *world) ordered(id int64) (list []casework.MoveOrder) {
	w.t.Helper()
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) (err error) {
		list, err = casework.MovesFor(tx, id)
		return err
	}))
	return list
}

// The decision on an item's change says that its running cases go over. Nothing moves
// before the day; on it all are moved but the one whose step has no place, which is
// named with the reason. The job begins again without moving anything twice.
func TestCasesMoveWithAnAdjustment(t *testing.T) {
	both(t, func(w *world) {
		stuck, one, two := w.accepted(), w.applied().Case, w.applied().Case
		from := w.clock.Now().Day() + 3
		at := w.planned(from, "示范办法第二十条")
		if _, err := w.Jobs.RunDue(w.ctx, w.Store.Now()); err != nil || w.movedTimes(one) != 0 {
			t.Fatalf("before its day: %v", err)
		}
		if o := w.ordered(at.ID); len(o) != 1 || o[0].State != casework.MovesWaiting || o[0].Total != 0 || o[0].Article != "示范办法第二十条" || o[0].From != from {
			t.Fatalf("%+v", o)
		}
		fresh := w.applied().Case // under the version before, as long as it is in force
		w.pass(1)
		_, err := w.Jobs.RunDue(w.ctx, w.Store.Now())
		w.must(err)
		o := w.ordered(at.ID)[0]
		if o.State != casework.MovesDone || o.Total != 4 || o.Moved != 3 || o.Refused != 1 {
			t.Fatalf("%+v", o)
		}
		w.must(w.Office.WorkMoves(w.ctx, job.Job{Kind: casework.JobMoves, Args: job.Args(map[string]int64{"order": o.ID})}))
		_, lines := w.moves(o.ID)
		for _, l := range lines {
			if refused := l.State == casework.LineRefused; refused != (l.Case == stuck) || refused && !strings.Contains(l.Why, "消防现场核查") {
				t.Errorf("%+v", l)
			}
		}
		for id, n := range map[int64]int{stuck: 0, one: 1, two: 1, fresh: 1} {
			if got := w.movedTimes(id); got != n {
				t.Errorf("moved %d times, not %d", got, n)
			}
		}
		c := w.show(one)
		if c.Item.N != 2 || !c.Timeline[0].System || w.show(stuck).Item.N != 1 {
			t.Errorf("version %d by %+v", c.Item.N, c.Timeline[0])
		}
		var facts map[string]any
		w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
			acts, err := w.Ledger.Acts(tx, casework.ProofStream(one), 100)
			facts = acts[len(acts)-1].Facts
			return err
		}))
		if facts["document"] != "云政发〔2026〕12号" || facts["article"] != "示范办法第二十条" || facts["ordered_by"] == nil {
			t.Errorf("the act tells %v", facts)
		}
	})
}

// Nothing is said of running cases: they end under the version that they began with.
func TestCasesStayWithoutAWord(t *testing.T) {
	t.Parallel()
	w := newWorld(t, store.SQLite)
	one := w.applied().Case
	at := w.planned(w.clock.Now().Day()+3, "")
	w.pass(1)
	_, err := w.Jobs.RunDue(w.ctx, w.Store.Now())
	w.must(err)
	if len(w.ordered(at.ID)) != 0 || w.movedTimes(one) != 0 || w.show(one).Item.N != 1 {
		t.Error("moved without a word")
	}
}
