package flow

// meetings finds for each node the next one that every way from it to an end
// comes to: its immediate post-dominator, after Cooper, Harvey and Kennedy.
// Nil where the ways end apart, or never end.
func meetings(d *Definition) []*Node {
	m := &meeting{d: d, exit: len(d.Nodes), rank: make([]int, len(d.Nodes)+1), next: make([]int, len(d.Nodes)+1)}
	for i := range m.next {
		m.next[i], m.rank[i] = -1, -1
	}
	for _, n := range d.Nodes {
		if len(n.Out) == 0 {
			m.visit(n)
		}
	}
	m.number(m.exit)
	m.next[m.exit] = m.exit
	for changed := true; changed; {
		changed = false
		for i := len(m.order) - 2; i >= 0; i-- { // from the ends towards the start
			at := m.order[i]
			if best := m.best(d.Nodes[at]); best != m.next[at] {
				m.next[at], changed = best, true
			}
		}
	}
	after := make([]*Node, len(d.Nodes))
	for i := range after {
		if to := m.next[i]; to >= 0 && to != m.exit {
			after[i] = d.Nodes[to]
		}
	}
	return after
}

type meeting struct {
	d     *Definition
	exit  int   // a node behind all ends
	rank  []int // place in order, -1 for nodes that reach no end
	next  []int
	order []int // against the flow, in post-order; exit comes last
}

func (m *meeting) number(at int) {
	m.rank[at] = len(m.order)
	m.order = append(m.order, at)
}

func (m *meeting) visit(n *Node) {
	if m.rank[n.at] != -1 {
		return
	}
	m.rank[n.at] = 0 // under way
	for _, f := range n.In {
		m.visit(f.From)
	}
	m.number(n.at)
}

// best is where all ways out of a node that are known so far meet.
func (m *meeting) best(n *Node) int {
	if len(n.Out) == 0 {
		return m.exit
	}
	best := -1
	for _, f := range n.Out {
		switch to := f.To.at; {
		case m.next[to] < 0:
		case best < 0:
			best = to
		default:
			best = m.common(best, to)
		}
	}
	return best
}

func (m *meeting) common(a, b int) int {
	for a != b {
		for m.rank[a] < m.rank[b] {
			a = m.next[a]
		}
		for m.rank[b] < m.rank[a] {
			b = m.next[b]
		}
	}
	return a
}
