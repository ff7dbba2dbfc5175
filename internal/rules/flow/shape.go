package flow

import (
	"regexp"
	"strings"
)

// A term counts working days (P7W), calendar days (P30D), hours or minutes.
// BPMN itself would read P7W as weeks; docs of the namespace tb say otherwise.
var term = regexp.MustCompile(`^(P[1-9][0-9]{0,3}[WD]|PT[1-9][0-9]{0,4}[HM])$`)

// checkShape looks at each node by itself: how many flows come and go, whether
// a split has a default and conditions, whether terms can be read.
func (p *plan) checkShape(d *Definition, starts []*Node) {
	if d.process != nil && len(starts) != 1 {
		key := "check.no_start"
		if len(starts) > 1 {
			key = "check.many_starts"
		}
		p.problems = append(p.problems, entryOf(d.process, say(key, "n", len(starts), "line", d.process.line)))
	}
	if d.process == nil {
		key := "check.no_process"
		if len(processes(d.root)) > 1 {
			key = "check.many_processes"
		}
		p.problems = append(p.problems, entryOf(d.root, say(key, "line", d.root.line)))
	}
	for _, n := range d.Nodes {
		p.checkDegrees(n)
		before := len(p.problems)
		p.checkFacts(n)
		p.soft += len(p.problems) - before
		if n.Kind == KindChoice && len(n.Out) > 1 {
			p.checkChoice(n)
		} else {
			for _, f := range n.Out {
				if f.Condition != "" {
					p.faultFlow(f, "condition_here")
				}
			}
		}
	}
}

func (p *plan) faultFlow(f *Flow, key string, pairs ...any) {
	label := f.Name
	if label == "" {
		label = f.ID
	}
	pairs = append(pairs, "id", f.ID, "name", label, "from", f.From.Label(), "to", f.To.Label(), "line", f.Line)
	p.problems = append(p.problems, entryOf(f.source, say("check."+key, pairs...)))
}

func (p *plan) checkDegrees(n *Node) {
	switch {
	case n.Kind == KindKept:
		return // refused by name; its flows need no second complaint
	case n.Kind == KindStart && len(n.In) > 0:
		p.fault(n, "into_start")
	case n.Kind == KindBoundary && len(n.In) > 0:
		p.fault(n, "into_boundary")
	case n.Kind == KindEnd && len(n.Out) > 0:
		p.fault(n, "out_of_end")
	}
	if n.Kind != KindEnd && len(n.Out) == 0 {
		p.fault(n, "dead_end")
	}
	if len(n.Out) > 1 && n.Kind != KindChoice && n.Kind != KindParallel {
		p.fault(n, "implicit_split")
	}
}

func (p *plan) checkFacts(n *Node) {
	if n.Task.Term != "" && !term.MatchString(n.Task.Term) {
		p.fault(n, "term", "term", n.Task.Term)
	}
	if n.Task.Officers < 0 {
		p.fault(n, "officers")
	}
	if n.BySystem() && n.Task.Action == "" {
		p.fault(n, "no_action")
	}
	timed := n.source.child("timerEventDefinition") != nil && (n.Kind == KindCatch || n.Kind == KindBoundary)
	if timed && !term.MatchString(n.Timer) && n.Timer != n.Task.Term {
		p.fault(n, "timer", "term", n.Timer)
	} else if timed && n.Timer == "" {
		p.fault(n, "timer", "term", "")
	}
}

// checkChoice wants of an exclusive split a default and, on every other flow, a
// condition: then one way is always open.
func (p *plan) checkChoice(n *Node) {
	var found bool
	for _, f := range n.Out {
		if f.ID == n.Default {
			found = true
			if f.Condition != "" {
				p.faultFlow(f, "condition_default")
			}
			continue
		}
		if f.Condition == "" {
			p.faultFlow(f, "no_condition")
		} else if lang := f.source.child("conditionExpression").attr("language"); strings.Contains(strings.ToLower(lang), "xpath") {
			p.faultFlow(f, "xpath")
		}
	}
	if !found {
		p.fault(n, "no_default")
	}
}

// next lists the nodes to which a token of n can go on, boundary events included.
func (n *Node) next() []*Node {
	out := make([]*Node, 0, len(n.Out)+len(n.Boundary))
	for _, f := range n.Out {
		out = append(out, f.To)
	}
	return append(out, n.Boundary...)
}

// checkReach reports nodes that the start cannot reach and nodes that no end
// can be reached from.
func (p *plan) checkReach(d *Definition) {
	forward := make([]bool, len(d.Nodes))
	mark := func(seen []bool, from []*Node, next func(*Node) []*Node) {
		for len(from) > 0 {
			n := from[len(from)-1]
			from = from[:len(from)-1]
			if !seen[n.at] {
				seen[n.at] = true
				from = append(from, next(n)...)
			}
		}
	}
	mark(forward, []*Node{p.start}, (*Node).next)

	backward := make([]bool, len(d.Nodes))
	var ends []*Node
	for _, n := range d.Nodes {
		if n.Kind == KindEnd {
			ends = append(ends, n)
		}
	}
	mark(backward, ends, func(n *Node) []*Node {
		var before []*Node
		for _, f := range n.In {
			before = append(before, f.From)
		}
		if n.Kind == KindBoundary && n.Interrupting && n.Host != nil {
			before = append(before, n.Host)
		}
		return before
	})
	for _, n := range d.Nodes {
		switch {
		case n.Kind == KindKept || (n.Kind == KindBoundary && n.Host == nil):
		case !forward[n.at]:
			p.fault(n, "unreachable")
		case !backward[n.at] && len(n.Out) > 0:
			p.fault(n, "no_way_out")
		}
	}
}

// checkCycles reports every cycle on which no person has a task: it would turn
// for ever in one step. Tasks of people are taken out; what still turns is
// found as a strongly connected component.
func (p *plan) checkCycles(d *Definition) {
	t := &tarjan{index: make([]int, len(d.Nodes)), low: make([]int, len(d.Nodes)), on: make([]bool, len(d.Nodes))}
	for _, n := range d.Nodes {
		if t.index[n.at] == 0 && !n.ByPerson() {
			t.visit(n)
		}
	}
	for _, cycle := range t.cycles {
		first := cycle[0]
		var names []string
		for _, n := range cycle {
			if n.at < first.at {
				first = n
			}
			names = append(names, n.Label())
		}
		p.fault(first, "idle_cycle", "nodes", strings.Join(names, "、"))
	}
}

type tarjan struct {
	index, low []int
	on         []bool
	stack      []*Node
	count      int
	cycles     [][]*Node
}

func (t *tarjan) visit(n *Node) {
	t.count++
	t.index[n.at], t.low[n.at] = t.count, t.count
	t.stack = append(t.stack, n)
	t.on[n.at] = true
	self := false
	for _, m := range n.next() {
		self = self || m == n
		if m.ByPerson() {
			continue
		}
		if t.index[m.at] == 0 {
			t.visit(m)
			t.low[n.at] = min(t.low[n.at], t.low[m.at])
		} else if t.on[m.at] {
			t.low[n.at] = min(t.low[n.at], t.index[m.at])
		}
	}
	if t.low[n.at] != t.index[n.at] {
		return
	}
	var part []*Node
	for {
		m := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.on[m.at] = false
		part = append(part, m)
		if m == n {
			break
		}
	}
	if len(part) > 1 || self {
		t.cycles = append(t.cycles, part)
	}
}
