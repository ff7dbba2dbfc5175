package inspect_test

import (
	"context"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/job"
	"tongban/internal/record/store"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/work/inspect"
)

// under tells how far the ordered check is.
func (r *rig) under(t *testing.T) (u inspect.Underway, there bool) {
	t.Helper()
	must(t, r.Read(func(tx *store.Tx) (err error) { u, there, err = inspect.UnderwayNow(tx); return err }))
	return u, there
}

func (r *rig) recent(t *testing.T) (runs []inspect.Run) {
	t.Helper()
	must(t, r.Read(func(tx *store.Tx) (err error) { runs, err = inspect.Recent(tx, 0, 9); return err }))
	return runs
}

// A check is ordered once, says how far it is while a job runs it, and is a run
// like others when it is done. A job that is begun twice has its effect once.
func TestAnOrderedCheck(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		if err := r.desk.Order(bg, r.window, ""); act.KindOf(err) != act.Refused {
			t.Errorf("without the right: %v", err)
		}
		must(t, r.desk.Order(bg, r.ann, ""))
		must(t, r.desk.Order(bg, r.ben, "")) // goes on with what is under way
		u, there := r.under(t)
		if !there || u.By != r.ann.Person || u.Items != 0 || u.Done != 0 || u.Rules != len(checkup.Rules()) || len(r.recent(t)) != 0 {
			t.Fatalf("ordered: %+v", u)
		}
		var last job.Job
		runner := job.New(r.Store, map[string]job.Handler{inspect.JobKind: func(ctx context.Context, j job.Job) error {
			last = j
			return r.desk.Work(ctx, j)
		}}, job.Options{})
		n, err := runner.RunDue(bg, r.Store.Now())
		must(t, err)
		runs := r.recent(t)
		if _, there := r.under(t); n != 1 || there || len(runs) != 1 || runs[0].Items != 2 || runs[0].By != r.ann.Person || runs[0].ByRule == nil {
			t.Fatalf("%d jobs left %+v", n, runs)
		}
		must(t, r.desk.Work(bg, last))
		if len(r.recent(t)) != 1 {
			t.Error("the job had its effect twice")
		}
	})
}

// The page is told what was read and which rules are done, while they are.
func TestAnOrderedCheckTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		must(t, r.desk.Order(bg, r.ann, ""))
		var seen []inspect.Underway
		r.desk.OnSaid(func() {
			r.Pass(2 * day.Second)
			u, _ := r.under(t)
			seen = append(seen, u)
		})
		_, err := job.New(r.Store, map[string]job.Handler{inspect.JobKind: r.desk.Work}, job.Options{}).RunDue(bg, r.Store.Now())
		must(t, err)
		if len(seen) < 3 || seen[0].Items != 2 || seen[0].Done != 0 || seen[1].Done == 0 || seen[len(seen)-1].Done != len(checkup.Rules()) {
			t.Errorf("told %+v", seen)
		}
	})
}

// Who lost the right meanwhile has nothing checked, and stands in nobody's way;
// neither does a check that never came to its end.
func TestAnOrderedCheckThatCannotBe(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		must(t, r.desk.Order(bg, r.ann, ""))
		rights := r.Runner.Rights
		r.Runner.Rights = nobody{}
		_, err := job.New(r.Store, map[string]job.Handler{inspect.JobKind: r.desk.Work}, job.Options{}).RunDue(bg, r.Store.Now())
		must(t, err)
		r.Runner.Rights = rights
		if _, there := r.under(t); there || len(r.recent(t)) != 0 {
			t.Error("somebody without the right had it checked")
		}
		must(t, r.desk.Order(bg, r.ann, ""))
		first, _ := r.under(t)
		r.Pass(day.Hour)
		must(t, r.desk.Order(bg, r.ben, ""))
		if u, there := r.under(t); !there || u.ID == first.ID || u.By != r.ben.Person {
			t.Errorf("an old one stands in the way: %+v", u)
		}
	})
}

// nobody may do anything.
type nobody struct{}

func (nobody) Authorise(*store.Tx, act.Actor, string, act.Scope) error {
	return act.Refuse("act.not_allowed", "right", "x")
}
