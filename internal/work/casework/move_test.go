package casework_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"tongban/internal/process/notice"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/work/casework"
)

// revised publishes the workshop's next version, from today on: its files with
// replacements, pairs of old and new text.
func (w *world) revised(item, bpmn []string) int64 {
	w.t.Helper()
	done, err := w.Changes.Propose(w.ctx, w.of("zfb", "catalogue", 0), "", w.c.Items["food-workshop"].ID, w.next(w.clock.Now().Day(), item, bpmn), "按新办法调整")
	w.must(err)
	done, err = w.Changes.Publish(w.ctx, w.of("zfb", "catalogue", 1), "", done.Proposal)
	w.must(err)
	return done.Item.Version
}

// next is the workshop's next version, from a day on.
func (w *world) next(on day.Day, item, bpmn []string) *catalog.Draft {
	w.t.Helper()
	d, problems := catalog.ReadFolder(os.DirFS("../../demo/county"), "items/food-workshop")
	if len(problems) > 0 {
		w.t.Fatal(catalog.Problems(problems))
	}
	change := func(text []byte, pairs []string) []byte {
		s := string(text)
		for i := 0; i+1 < len(pairs); i += 2 {
			if !strings.Contains(s, pairs[i]) {
				w.t.Fatalf("%q is not in the file", pairs[i])
			}
			s = strings.Replace(s, pairs[i], pairs[i+1], 1)
		}
		return []byte(s)
	}
	from := "in_force: {from: " + on.String() + "}"
	next, problems := catalog.Read(change(d.ItemYAML, append([]string{"in_force: {from: 2025-01-01}", from}, item...)), change(d.FlowXML, bpmn), d.FormJSON)
	if len(problems) > 0 {
		w.t.Fatal(catalog.Problems(problems))
	}
	return next
}

// anotherReview puts a second review between the joint part and the decision.
var anotherReview = []string{
	`sourceRef="joint_join" targetRef="decide"/>`, `sourceRef="joint_join" targetRef="second"/><bpmn:sequenceFlow id="flow_second_decide" sourceRef="second" targetRef="decide"/>`,
	`<bpmn:userTask id="decide"`, `<bpmn:userTask id="second" name="复核" tb:role="market" tb:post="reviewer" tb:part="review"/><bpmn:userTask id="decide"`,
	`name="消防现场核查"`, `name="消防到场核查"`,
}

func (w *world) move(token string, id, to int64) (casework.Done, error) {
	return w.Office.Move(w.ctx, w.of("scjg", "head", 0), token, casework.MoveIn{Case: id, To: to, Article: "示范办法第二十条", Reason: "新办法少等十天"})
}

// A running case is moved to a version with a shorter promise, a further step and
// a further material: what is open goes on, the new step comes, nothing more is
// asked for, and the day is counted from when the clock began.
func TestACaseIsMovedToANewVersion(t *testing.T) {
	both(t, func(w *world) {
		id := w.accepted()
		_, err := w.Office.Review(w.ctx, w.of("scjg", "reviewer", 0), "", casework.ReviewIn{TaskIn: w.task(id, "review", "scjg"), Passed: true, Text: "符合"})
		w.must(err)
		before := w.show(id)
		w.pass(2)
		material := "materials:\n  - {key: health, name: 健康证明, source: self, required: true, formats: [pdf], max_mb: 5, why: 看, basis: 示范办法第九条, how: 自己交}"
		to := w.revised([]string{"promised:  {days: 20", "promised:  {days: 10", "statutory: {days: 45", "statutory: {days: 44", "materials:", material}, anotherReview)
		if w.show(id).Item.N != 1 {
			t.Fatal("it did not run on under its own version")
		}

		_, err = w.Office.Move(w.ctx, w.of("scjg", "decider", 0), "", casework.MoveIn{Case: id, Article: "某条", Reason: "试"})
		w.refused("act.not_allowed", err)
		_, err = w.Office.PreviewMove(w.ctx, w.of("xfjy", "head", 0), id, to)
		w.refused("act.not_allowed", err)
		_, err = w.Office.Move(w.ctx, w.of("scjg", "head", 0), "", casework.MoveIn{Case: id, To: to, Reason: "试"})
		w.refused("casework.text.wrong", err)
		_, err = w.move("", id, before.Item.ID)
		w.refused("casework.move.same", err)

		x, err := w.Office.PreviewMove(w.ctx, w.of("scjg", "head", 0), id, 0)
		w.must(err)
		if len(x.Wrong) > 0 || strings.Join(x.Added, "") != "复核" || len(x.Spared) != 1 || len(x.Kept) > 0 || len(x.Tasks) != 2 || x.Tasks[0].Now.Name != "消防到场核查" {
			t.Fatalf("%+v", x)
		}
		done, err := w.move("once", id, to)
		w.must(err)
		again, err := w.move("once", id, to)
		w.must(err)
		if again != done {
			t.Errorf("twice: %+v, then %+v", done, again)
		}
		c := w.show(id)
		due := w.Office.Calendar().Add(before.Accepted, 10).Day
		if c.Item.ID != to || c.PromisedDue != due || c.Due != x.DueNow || c.Due >= before.Due || c.Accepted != before.Accepted || len(c.Item.Materials) != len(before.Item.Materials) {
			t.Errorf("%s instead of %s, %s after %s", c.PromisedDue, due, c.Due, before.Due)
		}
		if l := c.Timeline[0]; l.Kind != "case.moved" || !strings.Contains(l.Text.In(wording.ZH), "第 2 版办理（依据示范办法第二十条）") {
			t.Errorf("%s %s", l.Kind, l.Text.In(wording.ZH))
		}
		for n := 1; n > 0; w.must(err) {
			n, err = w.Ledger.Number(w.ctx, 500)
		}
		_, err = w.Ledger.CatchUp(w.ctx, w.Notices.Follower())
		w.must(err)
		w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
			list, err := notice.Inbox(tx, notice.Person(w.as("baker").Person), 0, 5)
			if len(list) == 0 || list[0].Kind != "case.moved" {
				t.Errorf("told %+v", list)
			}
			return err
		}))

		one, two := w.of("xfjy", "inspector", 0), w.of("xfjy", "inspector", 2)
		_, err = w.Office.Visit(w.ctx, one, "", casework.VisitIn{TaskIn: w.task(id, "visit", "xfjy"), Passed: true, Text: "畅通", Officers: []int64{one.Person, two.Person}})
		w.must(err)
		w.tested(id)
		_, err = w.Office.Review(w.ctx, w.of("scjg", "reviewer", 0), "", casework.ReviewIn{TaskIn: w.task(id, "review", "scjg"), Passed: true, Text: "复核过了"})
		w.must(err)
		_, err = w.Office.Decide(w.ctx, w.of("scjg", "decider", 0), "", granted(w.task(id, "decide", "scjg")))
		w.must(err)
		_, err = w.move("", id, to)
		if act.KindOf(err) == "" {
			t.Error("moved after its decision")
		}
	})
}

// A case whose open step has no place in the new version stays where it is, and
// the step is named; what was missing and is no longer asked for is not waited for.
func TestAMoveNamesWhatHasNoPlace(t *testing.T) {
	both(t, func(w *world) {
		running, waiting := w.accepted(), w.applied().Case
		_, err := w.Office.Notify(w.ctx, w.of("spj", "window", 0), "", casework.NotifyIn{Case: waiting, Missing: []casework.Missing{{Key: "material:photo", What: "看不清", How: "白天重拍"}}})
		w.must(err)
		w.pass(1)
		d := []string{`id="fire_visit"`, `id="fire_look"`}
		for range 4 {
			d = append(d, `"fire_visit"`, `"fire_look"`)
		}
		to := w.revised([]string{"  - key: photo\n", "  - key: view\n"}, d[:2+2*2])
		before := w.show(running)
		_, err = w.move("", running, to)
		w.refused("casework.move.no_place", err)
		if !strings.Contains(err.Error(), "消防现场核查") {
			t.Error(err)
		}
		if now := w.show(running); now.Item.ID != before.Item.ID || len(now.Timeline) != len(before.Timeline) {
			t.Error("something was written")
		}
		x, err := w.Office.PreviewMove(w.ctx, w.of("scjg", "head", 0), waiting, to)
		w.must(err)
		if len(x.Wrong) > 0 || len(x.Waived) != 1 || x.Waived[0].Key != "photo" {
			t.Fatalf("%+v", x)
		}
		_, err = w.move("", waiting, to)
		w.must(err)
		if m := w.show(waiting).Facts.Material("photo"); m.State != casework.MaterialWaived {
			t.Errorf("%+v", m)
		}
		_, err = w.Office.Correct(w.ctx, w.as("baker"), "", casework.CorrectIn{Case: waiting})
		w.must(err)
		_, err = w.Office.Accept(w.ctx, w.of("spj", "window", 0), "", casework.AcceptIn{Case: waiting})
		w.must(err)
	})
}

// Cases are moved through a row of versions with other terms while days go by and
// clocks stand still. After each move every due day is what a count from day to
// day gives, and never later than the applicant was told.
func TestDueDaysAfterMovesAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, store.SQLite)
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	type one struct {
		id                  int64
		statutory, promised int // days that hold
		paused, until       day.Day
	}
	var cases []*one
	for range 3 {
		cases = append(cases, &one{id: w.accepted(), statutory: 45, promised: 20})
	}
	cal := w.Office.Calendar()
	count := func(c *one, n int) day.Day {
		last := w.show(c.id).Accepted
		for left := n; left > 0; {
			last++
			stands := c.paused != 0 && last > c.paused && (last <= c.until || c.until == 0 && last <= w.clock.Now().Day())
			if working, _ := cal.IsWorking(last); working && !stands {
				left--
			}
		}
		return last
	}
	for range 5 {
		w.pass(r.IntN(4) + 1)
		today := w.clock.Now().Day()
		statutory, promised := r.IntN(38)+8, r.IntN(14)+7 // its steps take seven days: less cannot be promised
		if promised > statutory {
			promised = statutory
		}
		to := w.revised([]string{"statutory: {days: 45", "statutory: {days: " + strconv.Itoa(statutory), "promised:  {days: 20", "promised:  {days: " + strconv.Itoa(promised)}, nil)
		for _, c := range cases {
			switch env := w.of("sthj", "reviewer", 0); {
			case c.paused == 0 && r.IntN(3) == 0:
				_, err := w.Office.Pause(w.ctx, env, "", casework.PauseIn{TaskIn: w.task(c.id, "test", "sthj"), Reason: "送检", Days: 5})
				w.must(err)
				c.paused = today
			case c.paused != 0 && c.until == 0 && r.IntN(2) == 0:
				_, err := w.Office.Resume(w.ctx, env, "", casework.ResumeIn{TaskIn: w.task(c.id, "test", "sthj"), Result: "合格"})
				w.must(err)
				c.until = today
			}
			if r.IntN(4) == 0 {
				continue // it stays, and skips a version later
			}
			_, err := w.move("", c.id, to)
			w.must(err)
			shorter := func(old, now int) int {
				if a, b := count(c, old), count(c, now); b <= a && b >= today {
					return now
				}
				return old
			}
			c.statutory, c.promised = shorter(c.statutory, statutory), shorter(c.promised, promised)
		}
		for _, c := range cases {
			if v := w.show(c.id); v.Due != count(c, c.statutory) || v.PromisedDue != count(c, c.promised) {
				t.Fatalf("seed %d: case of version %d on %s: %s and %s, counted %s (%d days) and %s (%d days)", seed, v.Item.N, today, v.Due, v.PromisedDue,
					count(c, c.statutory), c.statutory, count(c, c.promised), c.promised)
			}
		}
	}
	for _, c := range cases {
		moves, open := 0, map[string]int{}
		v := w.show(c.id)
		for _, l := range v.Timeline {
			if l.Kind == "case.moved" {
				moves++
			}
		}
		for _, x := range v.Tasks {
			open[x.Node]++
		}
		for node, n := range open {
			if n != 1 {
				t.Errorf("%d tasks of %s after %d moves", n, node, moves)
			}
		}
	}
}
