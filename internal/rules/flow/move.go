package flow

import "slices"

// Misfit is a place of a running case that another version of its flow lacks,
// or has as another thing: the reason why the case cannot be moved there.
type Misfit struct {
	Node string // of the version that the case is in, "" for the flow as a whole
	Name string // as people call it
	Why  MisfitKind
}

// MisfitKind says in what way a place does not fit.
type MisfitKind string

// The ways in which a place does not fit.
const (
	MisfitGone   MisfitKind = "gone"   // the step is no longer there
	MisfitOther  MisfitKind = "other"  // a step of another kind, or that plays another part
	MisfitBranch MisfitKind = "branch" // parallel branches are others: one would never be done, or done twice
	MisfitBroken MisfitKind = "broken" // the flow cannot be run at all
)

// Move takes the state of a running case from one version of its flow to
// another. What waits keeps its number, so that tasks and jobs go on; what was
// passed stays passed where the step is still there; a step that was put in
// behind the case is not made up for. The result is a configuration which the
// other flow could have reached itself: each region that is under way holds one
// token, and each branch of an open parallel block is done or under way. Where
// that cannot be, the state is returned as it was with every reason.
func Move(from, to *Definition, s State) (State, []Misfit) {
	if !to.report.Sound {
		return s, []Misfit{{Name: to.Name, Why: MisfitBroken}}
	}
	m := &mover{from: from, to: to, holds: map[*region]int{}, open: map[*block]bool{}, arrived: map[*region]bool{}}
	next := s.clone()
	next.Arrived = nil
	for i, t := range next.Tokens {
		if n := m.place(t); n != nil {
			m.hold(to.plan.region[n])
			next.Tokens[i].Fired = slices.DeleteFunc(t.Fired, func(id string) bool {
				b := to.byID[id]
				return b == nil || b.Host != n
			})
		}
	}
	for _, id := range s.Arrived {
		if exit := m.arrival(id); exit != "" {
			next.Arrived = append(next.Arrived, exit)
		}
	}
	slices.Sort(next.Arrived)
	if len(m.wrong) == 0 {
		m.whole(next.End != "")
	}
	if len(m.wrong) > 0 {
		return s, m.wrong
	}
	next.Passed = slices.DeleteFunc(next.Passed, func(id string) bool { return to.byID[id] == nil })
	next.Passed = orNil(next.Passed)
	for i := range next.Tokens {
		next.Tokens[i].Fired = orNil(next.Tokens[i].Fired)
	}
	return next, nil
}

// mover is one move under way.
type mover struct {
	from, to *Definition
	holds    map[*region]int  // tokens and open blocks that lie directly in each region
	open     map[*block]bool  // blocks that are under way
	arrived  map[*region]bool // branches that have come to their join
	wrong    []Misfit
}

func (m *mover) fault(n *Node, why MisfitKind) {
	f := Misfit{Why: why}
	if n != nil {
		f.Node, f.Name = n.ID, n.Label()
	}
	if !slices.Contains(m.wrong, f) {
		m.wrong = append(m.wrong, f)
	}
}

// place finds where a waiting token stands in the other version.
func (m *mover) place(t Token) *Node {
	was, n := m.from.byID[t.Node], m.to.byID[t.Node]
	switch {
	case n == nil:
		m.fault(was, MisfitGone)
	case was == nil || n.Kind == KindCatch != (was.Kind == KindCatch) || n.ByPerson() != was.ByPerson() || !n.Activity() && n.Kind != KindCatch,
		n.Task.Part != was.Task.Part, n.Task.Action != was.Task.Action, n.Kind == KindCatch && n.Timer == "" != (was.Timer == ""):
		m.fault(n, MisfitOther)
	default:
		return n
	}
	return nil
}

// hold counts a token, or an open block, in its region and opens the blocks around it.
func (m *mover) hold(r *region) {
	m.holds[r]++
	if r.side == nil && r.block != nil && !m.open[r.block] {
		m.open[r.block] = true
		m.hold(r.block.in)
	}
}

// arrival finds the branch that has come to its join: the one in which the last
// step lies now, else the one that ends with the same flow.
func (m *mover) arrival(id string) string {
	f := m.from.flowByID[id]
	if f == nil {
		m.fault(nil, MisfitBranch)
		return ""
	}
	if n := m.to.byID[f.From.ID]; n != nil {
		for r := m.to.plan.region[n]; r != nil && r.side == nil; r = r.parent {
			if r.block != nil && r.block.join.ID == f.To.ID {
				return m.arrive(r)
			}
		}
	}
	if now := m.to.flowByID[id]; now != nil {
		for _, r := range m.to.plan.regions {
			if r.exit == now {
				return m.arrive(r)
			}
		}
	}
	m.fault(f.From, MisfitGone)
	return ""
}

func (m *mover) arrive(r *region) string {
	m.arrived[r] = true
	if !m.open[r.block] {
		m.open[r.block] = true
		m.hold(r.block.in)
	}
	return r.exit.ID
}

// whole wants every open block to have each of its branches once, and every
// region to hold no more than one token.
func (m *mover) whole(ended bool) {
	for _, r := range m.to.plan.regions {
		n := m.holds[r]
		switch {
		case r.side != nil:
			if n > 1 {
				m.fault(r.side, MisfitBranch)
			}
		case r.block != nil:
			if m.arrived[r] {
				n++
			}
			if m.open[r.block] && n != 1 {
				m.fault(r.entry.To, MisfitBranch)
			}
		case n > 1 || n == 0 && !ended:
			m.fault(nil, MisfitBranch)
		}
	}
}

// Ahead lists the steps that the case may still come to, in the order of the
// file: those that wait, and whatever can be reached from them.
func Ahead(d *Definition, s State) []*Node {
	seen := map[*Node]bool{}
	var visit func(n *Node)
	visit = func(n *Node) {
		if n == nil || seen[n] {
			return
		}
		seen[n] = true
		for _, f := range n.Out {
			visit(f.To)
		}
		for _, b := range n.Boundary {
			visit(b)
		}
	}
	for _, t := range s.Tokens {
		visit(d.byID[t.Node])
	}
	var list []*Node
	for _, n := range d.Nodes {
		if seen[n] && n.Activity() {
			list = append(list, n)
		}
	}
	return list
}

// Timers are the timers that a waiting token has set and that have not fired.
func Timers(d *Definition, t Token) []SetTimer {
	n := d.byID[t.Node]
	if n == nil {
		return nil
	}
	var list []SetTimer
	if n.Kind == KindCatch && n.Timer != "" {
		list = append(list, SetTimer{ID: timerID(t.ID, nil), Node: n.ID, Term: n.Timer})
	}
	for _, b := range n.Boundary {
		if b.Timer != "" && !slices.Contains(t.Fired, b.ID) {
			list = append(list, SetTimer{ID: timerID(t.ID, b), Node: b.ID, Term: b.Timer})
		}
	}
	return list
}
