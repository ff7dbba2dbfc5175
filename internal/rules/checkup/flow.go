package checkup

import (
	"tongban/internal/rules/flow"
	"tongban/internal/rules/workday"
)

// The parts of a case that rules ask for by name.
const (
	PartAccept  = "accept"
	PartReview  = "review"
	PartVisit   = "visit"
	PartTest    = "test"
	PartDecide  = "decide"
	PartIssue   = "issue"
	PartDeliver = "deliver"
	PartPay     = "pay"

	ActionIssue  = "issue"
	ActionCharge = "charge"
)

// StepKind is the sort of a step.
type StepKind int

// The kinds of steps.
const (
	Passage  StepKind = iota // start, end, and whatever only passes on
	Task                     // done by a person
	Act                      // done by the system
	Choice                   // one of its ways is taken
	Decision                 // a choice on what was decided: granted or refused
	Parallel                 // all of its ways are taken
)

// Flow is a process as far as it is judged: a graph of steps, the first of
// which is the start.
type Flow struct{ Steps []Step }

// Step is a node of a flow.
type Step struct {
	Name, Role, Agency, Part, Action string
	Special                          workday.Procedure // that takes place here, where the flow says so
	Kind                             StepKind
	Officers                         int // 0: not said
	Term                             workday.Term
	Next                             []int // steps that follow
}

// FlowOf takes a flow that was read; roles name the agency behind each role.
func FlowOf(d *flow.Definition, roles map[string]string) *Flow {
	if d == nil {
		return nil
	}
	at := make(map[*flow.Node]int, len(d.Nodes))
	order := make([]*flow.Node, 0, len(d.Nodes))
	if s := d.Start(); s != nil {
		order = append(order, s)
	}
	for _, n := range d.Nodes {
		if n != d.Start() {
			order = append(order, n)
		}
	}
	for i, n := range order {
		at[n] = i
	}
	out := &Flow{Steps: make([]Step, len(order))}
	for i, n := range order {
		s := Step{Name: n.Label(), Role: n.Task.Role, Agency: roles[n.Task.Role], Part: n.Task.Part, Action: n.Task.Action, Officers: n.Task.Officers,
			Special: workday.Procedure(n.About.Special)}
		s.Kind = kindOf(n)
		if t, err := workday.ParseTerm(n.Task.Term); err == nil {
			s.Term = t
		}
		for _, f := range n.Out {
			s.Next = append(s.Next, at[f.To])
		}
		for _, b := range n.Boundary {
			s.Next = append(s.Next, at[b])
		}
		out.Steps[i] = s
	}
	return out
}

func kindOf(n *flow.Node) StepKind {
	switch {
	case n.ByPerson():
		return Task
	case n.BySystem():
		return Act
	case n.Kind == flow.KindParallel && len(n.Out) > 1:
		return Parallel
	case n.Kind == flow.KindChoice && len(n.Out) > 1:
		for _, f := range n.Out {
			if asksDecision(f.Condition) {
				return Decision
			}
		}
		return Choice
	}
	return Passage
}

// reaches tells, for every step, whether a way leads from one to it; the step
// itself only over a loop.
func (f *Flow) reaches(from int) []bool {
	seen := make([]bool, len(f.Steps))
	stack := append([]int{}, f.Steps[from].Next...)
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[n] {
			continue
		}
		seen[n] = true
		stack = append(stack, f.Steps[n].Next...)
	}
	return seen
}

// meetings answers which steps one case can come through, and remembers the ways.
type meetings struct {
	flow *Flow
	from [][]bool // what each step reaches, once it was asked
}

func meetingsIn(f *Flow) *meetings { return &meetings{f, make([][]bool, len(f.Steps))} }

func (m *meetings) reaches(a, b int) bool {
	if m.from[a] == nil {
		m.from[a] = m.flow.reaches(a)
	}
	return m.from[a][b]
}

// together tells whether one case can come through both steps: one after the
// other, or in two branches that are both taken.
func (m *meetings) together(a, b int) bool {
	if m.reaches(a, b) || m.reaches(b, a) {
		return true
	}
	for i, s := range m.flow.Steps {
		if s.Kind == Parallel && m.splits(i, a, b) {
			return true
		}
	}
	return false
}

// splits tells whether different branches of a parallel step lead to a and to b.
func (m *meetings) splits(at, a, b int) bool {
	toA, toB := false, false
	for _, n := range m.flow.Steps[at].Next {
		inA, inB := n == a || m.reaches(n, a), n == b || m.reaches(n, b)
		if inA && inB {
			return false
		}
		toA, toB = toA || inA, toB || inB
	}
	return toA && toB
}

// longest is the sum of the limits on the slowest way, in fifths of a working
// day's seventh (see longer); steps that do not count and loops add nothing.
func (f *Flow) longest(counts func(*Step) bool) int {
	const open, done = 1, 2
	state, sum := make([]int, len(f.Steps)), make([]int, len(f.Steps))
	var visit func(int) int
	visit = func(i int) int {
		switch state[i] {
		case done:
			return sum[i]
		case open:
			return 0
		}
		state[i] = open
		rest := 0
		for _, n := range f.Steps[i].Next {
			rest = max(rest, visit(n))
		}
		if s := &f.Steps[i]; counts(s) && s.Term.Days > 0 {
			rest += fifths(s.Term)
		}
		state[i], sum[i] = done, rest
		return rest
	}
	if len(f.Steps) == 0 {
		return 0
	}
	return visit(0)
}
