package api_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/job"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
	"tongban/internal/work/adjust"
	"tongban/internal/work/casework"
	"tongban/internal/work/reorganise"
)

func (w *world) must(err error) {
	w.Helper()
	var e *act.Error
	if errors.As(err, &e) {
		w.Fatal(e.Code, e, e.Fields)
	}
	if err != nil {
		w.Fatal(err)
	}
}

// of is the nth official in a post of an agency.
func (w *world) of(agency, post string, n int) act.Actor {
	w.Helper()
	a, err := w.county.ActorIn(w.Context(), w.county.Officials(agency, post)[n], agency, post)
	w.must(err)
	return a
}

// accepted is a case that the window accepted: it stands at the visit, among others.
func (w *world) accepted() int64 {
	w.Helper()
	id := w.opens()
	_, err := w.h.Office.Accept(w.Context(), w.of("spj", "window", 0), "", casework.AcceptIn{Case: id})
	w.must(err)
	return id
}

func (w *world) show(id int64) (c *casework.Case) {
	w.Helper()
	w.must(w.h.Store.Read(w.Context(), func(tx *store.Tx) (err error) {
		c, err = w.h.Office.Show(tx, id)
		return err
	}))
	return c
}

// movedTimes is how often a case was moved.
func (w *world) movedTimes(id int64) (n int) {
	w.Helper()
	for _, l := range w.show(id).Timeline {
		if l.Kind == "case.moved" {
			n++
		}
	}
	return n
}

// otherStep is the workshop's next version, from a day on, with a visit of another name
// in its drawing: a case that stands at the visit has no place in it.
func (w *world) otherStep(on day.Day) *catalog.Draft {
	w.Helper()
	d, problems := catalog.ReadFolder(os.DirFS("../demo/county"), "items/food-workshop")
	if len(problems) > 0 {
		w.Fatal(catalog.Problems(problems))
	}
	next, problems := catalog.Read([]byte(strings.Replace(string(d.ItemYAML), "in_force: {from: 2025-01-01}", "in_force: {from: "+on.String()+"}", 1)),
		[]byte(strings.ReplaceAll(string(d.FlowXML), `"fire_visit"`, `"fire_look"`)), d.FormJSON)
	if len(problems) > 0 {
		w.Fatal(catalog.Problems(problems))
	}
	return next
}

// planned takes an adjustment that changes the workshop from a day on, with its
// running cases, as far as the decision and its notice.
func (w *world) planned(from day.Day, moves string) adjust.At {
	w.Helper()
	keeper, item := w.of("zfb", "catalogue", 0), w.county.Items["food-workshop"]
	proposal, err := w.h.Changes.Propose(w.Context(), keeper, "", item.ID, w.otherStep(from), "按新办法调整")
	w.must(err)
	if moves != "" {
		b, err := w.h.Adjust.Begin(w.Context(), keeper, "", adjust.Head{Document: "云政发〔2026〕11号", Reason: "试一试", From: from})
		w.must(err)
		_, err = w.h.Adjust.Edit(w.Context(), keeper, "", adjust.Edit{At: b.At, Put: []adjust.Entry{{List: adjust.OnItems, Code: item.Code, Does: adjust.Cancel, Moves: moves}}})
		if act.KindOf(err) != act.Invalid {
			w.Errorf("moved by what is cancelled: %v", err)
		} // what is cancelled has no new version
	}
	at := w.throughNotice(adjust.Head{Document: "云政发〔2026〕12号", Reason: "新办法施行", From: from}, "scjg",
		adjust.Entry{List: adjust.OnItems, Code: item.Code, Does: adjust.Change, Proposal: proposal.Proposal, Moves: moves})
	w.later(2)
	_, err = w.h.Adjust.Apply(w.Context(), w.of("zfb", "catalogue", 1), "", at)
	w.must(err)
	return at
}

// throughNotice takes an adjustment about an agency's entry from its draft to its notice.
func (w *world) throughNotice(head adjust.Head, agency string, e adjust.Entry) adjust.At {
	w.Helper()
	w.h.Adjust.NoticeTerm = workday.Term{Days: 1, Unit: workday.CalendarDays}
	keeper := w.of("zfb", "catalogue", 0)
	b, err := w.h.Adjust.Begin(w.Context(), keeper, "", head)
	w.must(err)
	b, err = w.h.Adjust.Edit(w.Context(), keeper, "", adjust.Edit{At: b.At, Put: []adjust.Entry{e}})
	w.must(err)
	x, err := w.h.Adjust.Examine(w.Context(), b.ID)
	w.must(err)
	said := map[string]bool{}
	for _, f := range x.Findings {
		if f.Severity == checkup.Warning && !said[f.Rule] {
			said[f.Rule] = true
			w.must(w.h.Adjust.Accept(w.Context(), keeper, "", b.At, f.Rule, "已核对"))
		}
	}
	w.must(w.h.Adjust.HandIn(w.Context(), keeper, "", b.At))
	w.must(w.h.Adjust.Agree(w.Context(), w.of(agency, "head", 0), "", b.At, agency, true, ""))
	panel := []act.Actor{w.of("scjg", "decider", 0), w.of("spj", "decider", 0)}
	w.must(w.h.Adjust.Convene(w.Context(), keeper, "", b.At, []int64{panel[0].Person, panel[1].Person}, ""))
	for _, a := range panel {
		w.must(w.h.Adjust.Opine(w.Context(), a, "", b.At, true, true, "有依据"))
	}
	w.must(w.h.Adjust.Decide(w.Context(), w.of("zfb", "leader", 0), "", b.At, true, ""))
	w.must(w.h.Adjust.Announce(w.Context(), keeper, "", b.At))
	return b.At
}

// ordered are the moves that an adjustment ordered.
func (w *world) ordered(id int64) (list []casework.MoveOrder) {
	w.Helper()
	w.must(w.h.Store.Read(w.Context(), func(tx *store.Tx) (err error) {
		list, err = casework.MovesFor(tx, id)
		return err
	}))
	return list
}

// The decision on an item's change says that its running cases go over. Nothing moves
// before the day; on it all are moved but the one whose step has no place, which is
// named with the reason. The job begins again without moving anything twice.
func TestCasesMoveWithAnAdjustment(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		stuck, one, two := w.accepted(), w.opens(), w.opens()
		from := w.clock.Now().Day() + 3
		at := w.planned(from, "示范办法第二十条")
		if _, err := w.h.Jobs.RunDue(w.Context(), w.h.Store.Now()); err != nil || w.movedTimes(one) != 0 {
			w.Fatalf("before its day: %v", err)
		}
		if o := w.ordered(at.ID); len(o) != 1 || o[0].State != casework.MovesWaiting || o[0].Total != 0 || o[0].Article != "示范办法第二十条" || o[0].From != from {
			w.Fatalf("%+v", o)
		}
		fresh := w.opens() // under the version before, as long as it is in force
		w.later(1)
		_, err := w.h.Jobs.RunDue(w.Context(), w.h.Store.Now())
		w.must(err)
		o := w.ordered(at.ID)[0]
		if o.State != casework.MovesDone || o.Total != 4 || o.Moved != 3 || o.Refused != 1 {
			w.Fatalf("%+v", o)
		}
		w.must(w.h.Office.WorkMoves(w.Context(), job.Job{Kind: casework.JobMoves, Args: job.Args(map[string]int64{"order": o.ID})}))
		var lines []casework.MoveLine
		w.must(w.h.Store.Read(w.Context(), func(tx *store.Tx) (err error) {
			lines, err = casework.MoveLines(tx, o.ID, "", "", 0, 100)
			return err
		}))
		for _, l := range lines {
			if refused := l.State == casework.LineRefused; refused != (l.Case == stuck) || refused && !strings.Contains(l.Why, "消防现场核查") {
				w.Errorf("%+v", l)
			}
		}
		for id, n := range map[int64]int{stuck: 0, one: 1, two: 1, fresh: 1} {
			if got := w.movedTimes(id); got != n {
				w.Errorf("moved %d times, not %d", got, n)
			}
		}
		c := w.show(one)
		if c.Item.N != 2 || !c.Timeline[0].System || w.show(stuck).Item.N != 1 {
			w.Errorf("version %d by %+v", c.Item.N, c.Timeline[0])
		}
		var facts map[string]any
		w.must(w.h.Store.Read(w.Context(), func(tx *store.Tx) error {
			acts, err := w.h.Ledger.Acts(tx, casework.ProofStream(one), 100)
			facts = acts[len(acts)-1].Facts
			return err
		}))
		if facts["document"] != "云政发〔2026〕12号" || facts["article"] != "示范办法第二十条" || facts["ordered_by"] == nil {
			w.Errorf("the act tells %v", facts)
		}
	})
}

// Nothing is said of running cases: they end under the version that they began with.
func TestCasesStayWithoutAWord(t *testing.T) {
	t.Parallel()
	w := found(t, store.SQLite)
	one := w.opens()
	at := w.planned(w.clock.Now().Day()+3, "")
	w.later(1)
	_, err := w.h.Jobs.RunDue(w.Context(), w.h.Store.Now())
	w.must(err)
	if len(w.ordered(at.ID)) != 0 || w.movedTimes(one) != 0 || w.show(one).Item.N != 1 {
		w.Error("moved without a word")
	}
}

// An agency is renamed between the proposal of an adjustment and its effect: what was
// decided about its powers takes effect all the same, under the name that it has then.
func TestAnAdjustmentOutlivesAName(t *testing.T) {
	t.Parallel()
	w := found(t, store.SQLite)
	keeper, leader, today := w.of("zfb", "catalogue", 0), w.of("zfb", "leader", 0), w.clock.Now().Day()
	from := today + 3
	_, err := w.h.Lists.Change(w.Context(), keeper, "", lists.Batch{List: "abolished", Document: "云政发〔2026〕1号", Reason: "首次公布", From: today, Changes: []lists.Change{
		{Content: lists.Content{Columns: lists.Row{"code": "Z-901", "name": "某项证明", "type": "cancelled", "agency": "scjg", "basis": "《优化营商环境条例》第四十四条", "after": "部门之间核对"}}}}})
	w.must(err)
	at := w.throughNotice(adjust.Head{Document: "云政发〔2026〕13号", Reason: "减证便民", From: from}, "scjg", adjust.Entry{List: "abolished", Code: "Z-901", Does: adjust.Change,
		Content: &lists.Content{Columns: lists.Row{"name": "某项证明（改）", "type": "cancelled", "agency": "云禾县市场监督管理局", "basis": "《优化营商环境条例》第四十四条", "after": "数据共享核对"}}})
	plan, err := w.h.Reform.Begin(w.Context(), keeper, "", reorganise.Plan{Document: "云委〔2026〕10号", Reason: "更名", From: from - 1,
		Agencies: []reorganise.Agency{{Key: "scjg", Fate: reorganise.Rename, Name: "云禾县市场监管和知识产权局", Short: "市场监管知识产权局"}}})
	w.must(err)
	w.must(w.h.Reform.Decide(w.Context(), leader, "", plan, true, ""))
	w.later(2)
	if n, err := w.h.Reform.CarryDue(w.Context()); n != 1 || err != nil {
		w.Fatalf("%d renamed: %v", n, err)
	}
	_, err = w.h.Adjust.Apply(w.Context(), w.of("zfb", "catalogue", 1), "", at)
	w.must(err)
	w.later(1)
	w.must(w.h.Store.Read(w.Context(), func(tx *store.Tx) error {
		e, err := lists.EntryOn(tx, "abolished", "Z-901", lists.Stand{})
		if e.Name != "某项证明（改）" || e.Agency != "scjg" {
			w.Errorf("the list says %+v", e)
		}
		if name, err := w.h.People.AgencyName(tx, e.Agency, tx.Today()); err != nil || name != "市场监管知识产权局" {
			w.Errorf("called %q: %v", name, err)
		}
		return err
	}))
}
