package faults_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"tongban/internal/work/casework"
	"tongban/tests/drive"
)

const (
	racers   = 8 // who race on the cases of one round
	attempts = 24
	together = 3 // cases in a round
)

// TestLinearizable records what racing people asked of cases and what they were
// answered, over HTTP, and lets a model judge each case's history.
func TestLinearizable(t *testing.T) {
	t.Parallel()
	for _, e := range engines {
		t.Run(e, func(t *testing.T) {
			t.Parallel()
			r := try(t, "racing requests on one case, judged for linearizability, "+e)
			rounds := 1
			if long() {
				rounds = 60
			}
			g := settled(t, e)
			g.start()
			var all []porcupine.Operation
			for n := range rounds {
				h := g.race(n)
				if verdict := porcupine.CheckOperationsTimeout(caseModel, h, time.Minute); verdict != porcupine.Ok {
					t.Fatalf("round %d cannot be explained (%s):\n%s", n, verdict, written(h))
				}
				all = append(all, h...)
			}
			done, unknown := 0, 0
			for _, op := range all {
				if out := op.Output.(answered); out.Unknown {
					unknown++
				} else if out.Done && op.Input.(asked).What != look {
					done++
				}
			}
			if done < 6*rounds {
				t.Errorf("only %d acts were done in %d rounds: nothing was tried", done, rounds)
			}
			broken := breakEach(t, all)
			g.stop()
			g.verify()
			r.tells("%d requests of %d people on %d cases: %d acts done, %d unanswered, each history explained; %d histories broken on purpose, each rejected",
				len(all), racers, rounds*together, done, unknown, broken)
		})
	}
}

// race lets people do what they like with a few cases until nothing is left to do.
func (g *group) race(round int) []porcupine.Operation {
	g.t.Helper()
	var ids []int64
	for n := range together {
		e := g.open(n)
		if !g.apply(e) {
			g.t.Fatalf("%s was not taken", e.key)
		}
		ids = append(ids, e.done.Case)
	}
	var mu sync.Mutex
	var history []porcupine.Operation
	began := time.Now()
	var all sync.WaitGroup
	for who := range racers {
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(round), uint64(who)))
			seen := map[int64]*drive.Case{}
			for range attempts {
				n := r.IntN(together)
				in := asked{ids[n], g.chosen(r, seen[ids[n]])}
				call := time.Since(began).Nanoseconds()
				out := g.ask(in, who, n, seen)
				mu.Lock()
				history = append(history, porcupine.Operation{ClientId: who, Input: in, Call: call, Output: out, Return: time.Since(began).Nanoseconds()})
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return history
}

// chosen is what somebody does next: mostly something that they saw was open,
// at times out of turn, and seldom the end of it all.
func (g *group) chosen(r *rand.Rand, c *drive.Case) string {
	if c == nil || r.IntN(3) == 0 {
		return look
	}
	if r.IntN(40) == 0 {
		return withdraw
	}
	var open []string
	for _, s := range g.staff[0].Way() {
		if _, ok := openTask(c, s.Name); ok {
			open = append(open, s.Name)
		}
	}
	if len(open) == 0 || r.IntN(10) == 0 {
		open = []string{"accept", "deliver"} // these name no task
	}
	return open[r.IntN(len(open))]
}

// bodies are who acts in each step, and in which part.
var bodies = map[string][2]string{
	"accept": {"spj", "accept"}, "market": {"scjg", "review"}, "fire": {"xfjy", "review"}, "env": {"sthj", "review"}, "decide": {"scjg", "decide"}, "deliver": {"spj", "deliver"},
}

func openTask(c *drive.Case, step string) (drive.On, bool) {
	id, seen := c.Open(bodies[step][0], bodies[step][1])
	return drive.On{Case: c.ID, Task: id, Seen: seen}, id != 0
}

// ask sends one request; n is the case's place in the round, and its applicant's.
func (g *group) ask(in asked, who, n int, seen map[int64]*drive.Case) answered {
	staff := g.staff[who%2]
	var done drive.Done
	var err error
	switch in.What {
	case look:
		var c *drive.Case
		if c, err = staff.Window.Look(g.ctx, in.Case); err == nil {
			seen[in.Case] = c
			return answered{Done: true, Status: c.Status, Open: openOf(c)}
		}
	case withdraw:
		done, err = drive.Ask[drive.Done](g.ctx, g.persons[n], http.MethodPost, fmt.Sprintf("/api/v1/cases/%d/withdraw", in.Case), "", map[string]string{"reason": "不办了"})
	default:
		on, _ := openTask(seen[in.Case], in.What)
		step := slices.IndexFunc(staff.Way(), func(s drive.Step) bool { return s.Name == in.What })
		done, err = staff.Way()[step].Do(g.ctx, "", on)
	}
	var p *drive.Problem
	switch {
	case err == nil:
		return answered{Done: true, Status: done.Status}
	case errors.As(err, &p) && (p.Status == http.StatusConflict || p.Status == http.StatusForbidden || p.Status == http.StatusNotFound):
		return answered{}
	case errors.As(err, &p) && p.Status != http.StatusServiceUnavailable:
		g.t.Errorf("%v: %v", in, p)
	}
	return answered{Unknown: true}
}

func openOf(c *drive.Case) string {
	var open []string
	for step := range bodies {
		if _, ok := openTask(c, step); ok {
			open = append(open, step)
		}
	}
	return parts(open...)
}

// breakEach breaks the history of each case in ways that a faulty store would,
// and sees that the model rejects it; it returns how many it broke.
func breakEach(t *testing.T, history []porcupine.Operation) (broken int) {
	t.Helper()
	for _, h := range caseModel.Partition(history) {
		slices.SortFunc(h, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
		accepted := slices.IndexFunc(h, func(op porcupine.Operation) bool {
			return op.Input.(asked).What == "accept" && op.Output.(answered).Done
		})
		if accepted < 0 {
			continue
		}
		last := h[len(h)-1].Return
		for _, op := range h {
			last = max(last, op.Return)
		}
		later := func(what string, out answered) []porcupine.Operation {
			return append(slices.Clone(h), porcupine.Operation{ClientId: racers, Input: asked{h[0].Input.(asked).Case, what}, Call: last + 1, Output: out, Return: last + 2})
		}
		for name, b := range map[string][]porcupine.Operation{
			"an acknowledged act is gone":   later(look, answered{Done: true, Status: casework.Received, Open: "accept"}),
			"an act is done twice":          later("accept", answered{Done: true, Status: casework.Handling}),
			"an act was never acknowledged": slices.Delete(slices.Clone(h), accepted, accepted+1),
		} {
			if name == "an act was never acknowledged" && !moves(b) {
				continue // nothing else tells of it
			}
			if broken++; porcupine.CheckOperationsTimeout(caseModel, b, time.Minute) != porcupine.Illegal {
				t.Errorf("the model accepts a history in which %s:\n%s", name, written(b))
			}
		}
	}
	if broken == 0 {
		t.Error("no history was broken: the model was not tried")
	}
	return broken
}

// moves tells whether anybody saw or moved the case behind its acceptance.
func moves(h []porcupine.Operation) bool {
	return slices.ContainsFunc(h, func(op porcupine.Operation) bool {
		out := op.Output.(answered)
		return out.Done && op.Input.(asked).What != withdraw && out.Status == casework.Handling
	})
}

func written(h []porcupine.Operation) string {
	s := ""
	for _, op := range h {
		s += fmt.Sprintf("%8.3f–%8.3f ms  %d  %s\n", float64(op.Call)/1e6, float64(op.Return)/1e6, op.ClientId, caseModel.DescribeOperation(op.Input, op.Output))
	}
	return s
}
