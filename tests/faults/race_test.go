package faults_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"tongban/tests/drive"
)

// bothEngines runs f against the binary on each engine.
func bothEngines(t *testing.T, f func(t *testing.T, g *group)) {
	t.Helper()
	t.Parallel()
	for _, e := range engines {
		t.Run(e, func(t *testing.T) {
			t.Parallel()
			g := settled(t, e)
			g.start()
			f(t, g)
			g.stop()
			g.reopened(func(*drive.County) error { return nil })
		})
	}
}

// atOnce lets n people do the same thing in the same moment and returns what
// each was answered.
func atOnce(n int, f func(i int) error) []error {
	answers := make([]error, n)
	var all sync.WaitGroup
	gate := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-gate
			answers[i] = f(i)
		})
	}
	close(gate)
	all.Wait()
	return answers
}

// outcome counts the answers: done, refused as somebody else's or as changed,
// and anything that must not be.
func outcome(t *testing.T, answers []error) (done, refused int) {
	t.Helper()
	for _, err := range answers {
		var p *drive.Problem
		switch {
		case err == nil:
			done++
		case errors.As(err, &p) && (p.Status == http.StatusConflict || p.Status == http.StatusForbidden):
			refused++
		default:
			t.Errorf("answered %v", err)
		}
	}
	return done, refused
}

// TestTwoClicksAtOnce sends the same things twice in the same moment: with the
// same key once done and twice told so, without a key once done and once refused.
func TestTwoClicksAtOnce(t *testing.T) {
	bothEngines(t, func(t *testing.T, g *group) {
		for round := range 10 {
			var cases sync.Map
			answers := atOnce(2, func(int) error {
				d, err := g.persons[0].Apply(g.ctx, fmt.Sprintf("twice-%d", round), g.county.Item, round)
				cases.Store(d.Case, d)
				return err
			})
			if done, _ := outcome(t, answers); done != 2 {
				t.Fatalf("the same submission twice: %v", answers)
			}
			var ids []int64
			cases.Range(func(k, _ any) bool { ids = append(ids, k.(int64)); return true })
			if len(ids) != 1 {
				t.Fatalf("one submission became the cases %v", ids)
			}
			g.clickTwice(ids[0])
		}
	})
}

// clickTwice lets two officials of one post act on one task in the same moment,
// without a key.
func (g *group) clickTwice(id int64) {
	g.t.Helper()
	for step := range g.staff[0].Way() {
		answers := atOnce(2, func(i int) error {
			s := g.staff[i].Way()[step]
			on, err := s.Prepare(g.ctx, id)
			if err == nil && on.Task == 0 && s.Name != "accept" && s.Name != "deliver" {
				return &drive.Problem{Status: http.StatusConflict} // the other was first: there is no such task on the page
			}
			if err == nil {
				_, err = s.Do(g.ctx, "", on)
			}
			return err
		})
		if done, refused := outcome(g.t, answers); done != 1 || refused != 1 {
			g.t.Fatalf("two clicks on step %d of case %d: %d done, %d refused", step, id, done, refused)
		}
	}
}

// TestSameDraftTwice submits one draft from two browsers in the same moment.
func TestSameDraftTwice(t *testing.T) {
	bothEngines(t, func(t *testing.T, g *group) {
		for round := range 10 {
			type draft struct {
				Draft int64 `json:"draft"`
			}
			d, err := drive.Ask[draft](g.ctx, g.persons[0], http.MethodPost, "/api/v1/drafts", "",
				map[string]any{"item": g.county.Item, "values": drive.Answers(round)})
			g.must(err)
			answers := atOnce(2, func(int) error {
				_, err := drive.Ask[drive.Done](g.ctx, g.persons[0], http.MethodPost, "/api/v1/cases", "",
					map[string]any{"draft": d.Draft, "delivery": "window"})
				return err
			})
			if done, refused := outcome(t, answers); done != 1 || refused != 1 {
				t.Fatalf("one draft submitted twice: %v", answers)
			}
		}
	})
}

// TestFiftyOnOneCase lets fifty people do all they may with one case in the same
// moments: looking, accepting, reviewing, deciding. Each act happens once.
func TestFiftyOnOneCase(t *testing.T) {
	bothEngines(t, func(t *testing.T, g *group) {
		d, err := g.persons[0].Apply(g.ctx, "fifty", g.county.Item, 1)
		g.must(err)
		var done [6]atomic.Int64
		for round := 0; done[5].Load() == 0; round++ {
			if round > 20 {
				t.Fatal("the case did not come to its end")
			}
			atOnce(50, func(i int) error {
				step := i % 6
				s := g.staff[i%2].Way()[step]
				on, err := s.Prepare(g.ctx, d.Case)
				if err == nil {
					_, err = s.Do(g.ctx, "", on)
				}
				if err == nil {
					done[step].Add(1)
				}
				return err
			})
		}
		for i := range done {
			if n := done[i].Load(); n != 1 {
				t.Errorf("step %d was done %d times", i, n)
			}
		}
	})
}
