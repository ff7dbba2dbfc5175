package demo

import (
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/workday"
)

// work writes the steps of one task after acceptance, and returns when it ends.
func (g *planner) work(opened day.Instant, w work, f fate) day.Instant {
	n := g.item.Flow.Node(w.Node)
	agency, post := roleAt(g.item, w.Node)
	at := g.slot(opened, g.within(w.Days))
	if ends, silent := g.timer(n, opened, at); silent {
		return ends // nobody answered, and the flow went on
	}
	who := g.official(agency, post, at)
	if given := g.slot(opened, 0); given < at && g.cast.holds(who, post) && g.chance(40) {
		g.do(step{at: given, do: assigns, who: g.official(agency, "reviewer", given), node: w.Node, with: who})
	}
	if n.Task.Part == "visit" {
		second := g.other(agency, post, at, who)
		if !g.cast.holds(second, post) {
			who, second = second, who // the stand-in writes it down
		}
		g.visit(at, w.Node, who, second, f)
		return at
	}
	if len(w.Test) > 0 {
		g.do(step{at: at, do: pauses, who: who, node: w.Node, days: w.Test[1], text: g.one(g.t.TestReason)})
		at = g.slot(at, g.within(w.Test))
		g.do(step{at: at, do: resumes, who: who, node: w.Node, text: g.one(g.t.TestResult)})
		at = g.slot(at, g.IntN(2))
	} else {
		at = g.inquiry(at, w.Node, who, f)
	}
	if g.chance(10) {
		g.do(step{at: at - day.Minute, do: looks, who: who, text: g.one(g.t.WhyLook)})
	}
	s := step{at: at, do: reviews, who: who, node: w.Node, yes: true, text: g.one(g.t.Passed)}
	if f.refused && len(w.Test) == 0 {
		s.yes, s.text = false, g.one(g.t.Failed)
	}
	g.do(s)
	return at
}

// timer tells when a timer on the task ends it, where nobody has done it by then.
func (g *planner) timer(n *flow.Node, opened, at day.Instant) (ends day.Instant, silent bool) {
	for _, b := range n.Boundary {
		t, err := workday.ParseTerm(b.Timer)
		if err != nil || !b.Interrupting {
			continue
		}
		ends = (t.Due(g.cal, opened.Day()).Day + 1).Start()
		if at >= ends || g.chance(20) {
			return ends, true
		}
	}
	return 0, false
}

// other is another officer of the post than the first.
func (g *planner) other(agency, post string, at day.Instant, first string) string {
	for {
		if x := g.official(agency, post, at); x != first {
			return x
		}
	}
}

func (g *planner) visit(at day.Instant, node, first, second string, f fate) {
	s := step{at: at, do: visits, who: first, with: second, node: node, yes: true, text: g.one(g.t.Visited)}
	if f.refused {
		s.yes, s.text = false, g.one(g.t.VisitFailed)
	}
	g.do(s)
}

// inquiry asks another body, for the items where that is usual, and waits for it.
func (g *planner) inquiry(at day.Instant, node, who string, f fate) day.Instant {
	q := g.script.Ask
	if q == nil || !f.asked {
		return at
	}
	g.do(step{at: at, do: asks, who: who, node: node, to: q.To, days: 3, text: q.Question})
	at = g.slot(at, 1+g.IntN(4))
	g.do(step{at: at, do: answers, who: g.official(q.To, "reviewer", at), node: node, text: q.Answer})
	return g.slot(at, g.IntN(2))
}
