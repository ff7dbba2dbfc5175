package casework_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/internal/record/act"
	"tongban/internal/record/job"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/wording"
	"tongban/internal/work/casework"
)

// elsewhere renames the step at which an accepted case stands: it has no place in the
// version that is published.
func (w *world) elsewhere() int64 { w.t.Helper(); return w.revised(nil, otherStep) }

var otherStep = []string{`id="fire_visit"`, `id="fire_look"`, `"fire_visit"`, `"fire_look"`, `"fire_visit"`, `"fire_look"`}

func (w *world) earlier(a act.Actor, q casework.EarlierQuery) *casework.Earlier {
	w.t.Helper()
	q.Item = w.c.Items["food-workshop"].ID
	if q.Limit == 0 {
		q.Limit = 10
	}
	x, err := w.Office.Earlier(w.ctx, a, q)
	w.must(err)
	return x
}

func (w *world) moves(id int64) (x casework.MoveOrder, lines []casework.MoveLine) {
	w.t.Helper()
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) (err error) {
		if x, err = casework.MovesByID(tx, id); err == nil {
			lines, err = casework.MoveLines(tx, id, "", "", 0, 1000)
		}
		return err
	}))
	return x, lines
}

// name is somebody's name in full.
func (w *world) name(key string) (s string) {
	w.t.Helper()
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) (err error) {
		s, err = w.People.Name(tx, w.c.Person(key))
		return err
	}))
	return s
}

// movedTimes is how often a case was moved.
func (w *world) movedTimes(id int64) (n int) {
	w.t.Helper()
	for _, l := range w.show(id).Timeline {
		if l.Kind == "case.moved" {
			n++
		}
	}
	return n
}

// Of three cases under an earlier version one has no place in the new one. The keeper
// of the catalogue sees all of them without a name, the head of the agency masked;
// the head orders all moved on one article, and each has a result of its own.
func TestManyCasesAreMovedByOneOrder(t *testing.T) {
	both(t, func(w *world) {
		stuck, one, two := w.accepted(), w.applied().Case, w.applied().Case
		w.pass(1)
		to := w.elsewhere()
		fresh := w.applied().Case
		keeper, head := w.of("zfb", "catalogue", 0), w.of("scjg", "head", 0)
		item := w.c.Items["food-workshop"].ID

		x := w.earlier(keeper, casework.EarlierQuery{})
		if x.To.ID != to || x.Open != 3 || len(x.Versions) != 2 || x.Versions[0].Open != 1 || x.Versions[1].Open != 3 || len(x.Cases) != 3 {
			t.Fatalf("%+v", x)
		}
		for _, c := range x.Cases {
			if c.Label != "" {
				t.Errorf("the keeper of the catalogue reads %q", c.Label)
			}
			if c.ID == stuck {
				if c.Move != nil || len(c.Why) != 1 || !strings.Contains(c.Why[0].In(wording.ZH), "消防现场核查") {
					t.Errorf("what hinders: %+v", c.Why)
				}
			} else if c.Move == nil || len(c.Why) > 0 || c.From.N != 1 || len(c.At) != 1 {
				t.Errorf("what would change: %+v", c)
			}
		}
		if x := w.earlier(head, casework.EarlierQuery{Limit: 2}); len(x.Cases) != 2 || x.Cases[0].Label == "" || x.Cases[0].Label == w.name("baker") {
			t.Errorf("the head reads %+v", x.Cases)
		} else if rest := w.earlier(head, casework.EarlierQuery{After: x.Cases[1].ID}); len(rest.Cases) != 1 {
			t.Errorf("behind them: %d", len(rest.Cases))
		}
		if x := w.earlier(w.of("xfjy", "head", 0), casework.EarlierQuery{}); x.Open != 0 || len(x.Cases) != 0 {
			t.Errorf("another agency's head: %+v", x)
		}
		_, err := w.Office.Earlier(w.ctx, w.of("scjg", "reviewer", 0), casework.EarlierQuery{Item: item})
		w.refused("act.not_allowed", err)
		behind, err := w.Office.Behind(w.ctx, keeper, 0, 10)
		w.must(err)
		if len(behind) != 1 || behind[0].Item != item || behind[0].Open != 3 || behind[0].N != 2 {
			t.Errorf("behind: %+v", behind)
		}

		in := casework.MovesIn{Item: item, Cases: []int64{two, stuck, one, one}, Article: "示范办法第二十条", Reason: "新办法少等几天"}
		order := func(a act.Actor, token string, in casework.MovesIn) (int64, error) {
			return w.Office.OrderMoves(w.ctx, a, token, in)
		}
		for _, a := range []act.Actor{keeper, w.of("scjg", "decider", 0), w.as("baker")} {
			_, err = order(a, "", in)
			w.refused("act.not_allowed", err)
		}
		bad := in
		bad.Article = " "
		_, err = order(head, "", bad)
		w.refused("casework.text.wrong", err)
		bad = in
		bad.Cases = nil
		_, err = order(head, "", bad)
		w.refused("casework.moves.none", err)
		_, err = order(w.of("xfjy", "head", 0), "", in) // not their cases
		w.refused("act.not_found", err)
		id, err := order(head, "once", in)
		w.must(err)
		again, err := order(head, "once", in)
		w.must(err)
		if again != id {
			t.Error("ordered twice")
		}
		_, err = w.Jobs.RunDue(w.ctx, w.Store.Now())
		w.must(err)
		o, lines := w.moves(id)
		if o.State != casework.MovesDone || o.Total != 3 || o.Moved != 2 || o.Refused != 1 {
			t.Fatalf("%+v", o)
		}
		for _, l := range lines {
			if l.Case == stuck && (l.State != casework.LineRefused || !strings.Contains(l.Why, "消防现场核查")) || l.Case != stuck && (l.State != casework.LineMoved || l.Why != "") {
				t.Errorf("%+v", l)
			}
		}
		for id, n := range map[int64]int{stuck: 0, one: 1, two: 1, fresh: 0} {
			if got := w.movedTimes(id); got != n {
				t.Errorf("moved %d times, not %d", got, n)
			}
		}
		if c := w.show(one); c.Item.ID != to || c.Timeline[0].Who == "" {
			t.Errorf("%d by %q", c.Item.ID, c.Timeline[0].Who)
		}
	})
}

// A job that is killed in the middle and runs again, even twice at once, moves none
// twice and leaves none out. Who lost the post meanwhile moves nothing.
func TestAnOrderSurvivesItsJob(t *testing.T) {
	both(t, func(w *world) {
		var cases []int64
		for range 4 {
			cases = append(cases, w.applied().Case)
		}
		w.pass(10) // nobody accepted them, and they count as accepted
		w.revised(nil, anotherReview)
		head := w.of("scjg", "head", 0)
		id, err := w.Office.OrderMoves(w.ctx, head, "", casework.MovesIn{Item: w.c.Items["food-workshop"].ID, All: true, Article: "示范办法第二十条", Reason: "新办法"})
		w.must(err)
		j := job.Job{Kind: casework.JobMoves, Args: job.Args(map[string]int64{"order": id})}

		dying, kill := context.WithCancel(w.ctx)
		w.Runner.Seen = func(command string, _ error, _ time.Duration) {
			if command == "case.move" {
				kill()
			}
		}
		if err := w.Office.WorkMoves(dying, j); err == nil {
			t.Error("killed, and nothing is left to do")
		}
		w.Runner.Seen = nil
		if o, _ := w.moves(id); o.State != casework.MovesRunning || o.Moved != 1 || o.Total != 4 {
			t.Fatalf("killed: %+v", o)
		}
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() { w.must(w.Office.WorkMoves(w.ctx, j)) })
		}
		both.Wait()
		w.must(w.Office.WorkMoves(w.ctx, j))
		if o, _ := w.moves(id); o.State != casework.MovesDone || o.Moved != 4 || o.Refused != 0 {
			t.Fatalf("%+v", o)
		}
		for _, c := range cases {
			if n := w.movedTimes(c); n != 1 {
				t.Errorf("moved %d times", n)
			}
		}

		late := w.applied().Case
		w.pass(1)
		w.revised([]string{"promised:  {days: 20", "promised:  {days: 15"}, anotherReview)
		id, err = w.Office.OrderMoves(w.ctx, head, "", casework.MovesIn{Item: w.c.Items["food-workshop"].ID, Cases: []int64{late}, Article: "示范办法第二十条", Reason: "新办法"})
		w.must(err)
		w.endPosts(head.Person)
		_, err = w.Jobs.RunDue(w.ctx, w.Store.Now())
		w.must(err)
		if o, lines := w.moves(id); o.Refused != 1 || lines[0].Why == "" || w.movedTimes(late) != 0 {
			t.Errorf("without a post: %+v %+v", o, lines)
		}
	})
}

// endPosts takes a person's posts away.
func (w *world) endPosts(person int64) {
	w.t.Helper()
	var posts []identity.Post
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) (err error) {
		posts, err = w.People.PostsOf(tx, person)
		return err
	}))
	for _, p := range posts {
		w.must(w.People.EndPost(w.ctx, w.as("zfb_admin_1"), "", identity.EndOfPost{Post: p.ID}))
	}
}
