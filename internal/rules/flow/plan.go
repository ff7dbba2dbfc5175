package flow

import "sort"

// plan is the structure that a definition reduces to: regions of exclusive
// choices nested in parallel blocks. It is made once, in time linear in the
// size of the flow.
//
// A region has one token, or, while the token is "inside" one of its parallel
// blocks, one token (or arrival) in each branch of that block. Since exclusive
// gateways and tasks move one token to one place, a region from which every
// node reaches the exit always ends; a block ends when its branches do. This
// is why acceptance needs no search through states.
type plan struct {
	start    *Node
	regions  []*region
	blocks   []*block
	region   map[*Node]*region // region of each node; the split and join of a block lie in the region around it
	problems []Element
	soft     int // problems that leave the structure as it is: an unreadable term, a missing action
	sound    bool
}

// region is a part of the flow that holds one token.
type region struct {
	block  *block // the parallel block of which it is a branch, nil at the top and on side paths
	side   *Node  // the non-interrupting boundary event that opens it
	parent *region
	exit   *Flow // the flow by which a branch reaches its join
	ended  bool  // an end event was reached
	entry  *Flow // the flow by which a branch leaves its split
}

// block is a parallel split, its branches and the join that waits for them.
type block struct {
	split, join *Node
	branches    []*region
	in          *region
}

// within tells whether r is outer or lies somewhere inside it.
func (r *region) within(outer *region) bool {
	for ; r != nil; r = r.parent {
		if r == outer {
			return true
		}
	}
	return false
}

// depth counts the regions around r.
func (r *region) depth() int {
	n := 0
	for ; r.parent != nil; r = r.parent {
		n++
	}
	return n
}

type planner struct {
	d      *Definition
	p      *plan
	split  map[*Node]*block // blocks under way or found, by split
	joined map[*Node]bool   // joins that a block was found for
}

func newPlan(d *Definition) *plan {
	p := &plan{region: map[*Node]*region{}}
	var starts []*Node
	for _, n := range d.Nodes {
		if n.Kind == KindStart {
			starts = append(starts, n)
		}
	}
	if len(starts) == 1 {
		p.start = starts[0]
	}
	p.problems = append(p.problems, d.dangling...)
	p.checkShape(d, starts)
	if p.start == nil {
		return p
	}
	pl := &planner{d: d, p: p, split: map[*Node]*block{}, joined: map[*Node]bool{}}
	pl.top()
	p.checkReach(d)
	p.checkCycles(d)
	p.sound = len(p.problems) == p.soft
	sort.SliceStable(p.problems, func(i, j int) bool { return p.problems[i].Line < p.problems[j].Line })
	return p
}

func (p *plan) fault(at *Node, key string, pairs ...any) {
	pairs = append(pairs, "id", at.ID, "name", at.Label(), "line", at.Line)
	p.problems = append(p.problems, entryOf(at.source, say("check."+key, pairs...)))
}

// top reduces the main path and then each side path, host regions first.
func (pl *planner) top() {
	main := pl.open(&region{})
	if exits := pl.explore(main, pl.p.start, nil); len(exits) > 0 {
		pl.strayJoins(exits)
	}
	for again := true; again; {
		again = false
		for _, n := range pl.d.Nodes {
			if n.Kind != KindBoundary || n.Interrupting || n.Host == nil || pl.p.region[n] != nil || pl.p.region[n.Host] == nil {
				continue
			}
			again = true
			r := pl.open(&region{side: n, parent: pl.p.region[n.Host]})
			if exits := pl.explore(r, n, nil); len(exits) > 0 {
				pl.p.fault(n, "side_joins", "join", exits[0].To.Label())
			}
		}
	}
}

func (pl *planner) open(r *region) *region {
	pl.p.regions = append(pl.p.regions, r)
	return r
}

func (pl *planner) strayJoins(exits []*Flow) {
	seen := map[*Node]bool{}
	for _, f := range exits {
		if !seen[f.To] && !pl.joined[f.To] {
			seen[f.To] = true
			pl.p.fault(f.To, "stray_join")
		}
	}
}

// explore claims for r every node that its token can reach, contracting the
// parallel blocks on the way, and returns the flows by which it runs into a
// join that is not one of its own blocks'.
func (pl *planner) explore(r *region, from *Node, via *Flow) []*Flow {
	var exits []*Flow
	var todo []*Node
	visit := func(n *Node, via *Flow) {
		if via != nil && n.Kind == KindParallel && len(n.In) > 1 {
			exits = append(exits, via)
			return
		}
		switch have := pl.p.region[n]; {
		case have == r:
		case have == nil:
			pl.p.region[n] = r
			todo = append(todo, n)
		default:
			pl.conflict(n, r, have)
		}
	}
	visit(from, via)
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for n != nil && n.Kind == KindParallel && len(n.Out) > 1 {
			n = pl.contract(r, n) // the join, or nil when the block does not close
		}
		if n == nil {
			continue
		}
		r.ended = r.ended || n.Kind == KindEnd
		for _, f := range n.Out {
			visit(f.To, f)
		}
		for _, b := range n.Boundary {
			if b.Interrupting {
				visit(b, nil)
			}
		}
	}
	return exits
}

// conflict reports a node that two regions claim: branches that meet without a
// parallel join, a jump into a block, or a side path that comes back.
func (pl *planner) conflict(n *Node, r, have *region) {
	switch {
	case r.side != nil:
		pl.p.fault(n, "side_returns", "boundary", r.side.Label())
	case have.block != nil && r.block == have.block:
		pl.p.fault(n, "branches_meet", "split", r.block.split.Label())
	case r.block != nil:
		pl.p.fault(n, "leaves_block", "split", r.block.split.Label())
	default:
		pl.p.fault(n, "enters_block", "split", have.block.split.Label())
	}
}

// contract reduces the parallel block that opens at split and returns its join.
func (pl *planner) contract(r *region, split *Node) *Node {
	if pl.split[split] != nil {
		return nil
	}
	b := &block{split: split, in: r}
	pl.split[split] = b
	ok := true
	for _, f := range split.Out {
		br := pl.open(&region{block: b, parent: r, entry: f})
		b.branches = append(b.branches, br)
		exits := pl.explore(br, f.To, f)
		ok = pl.closeBranch(b, br, exits) && ok
	}
	if !ok {
		return nil
	}
	if len(b.join.In) != len(b.branches) {
		pl.p.fault(b.join, "join_count", "split", split.Label(), "have", len(b.branches), "want", len(b.join.In))
		return nil
	}
	if have := pl.p.region[b.join]; have != nil || pl.joined[b.join] {
		pl.p.fault(b.join, "stray_join")
		return nil
	}
	pl.joined[b.join] = true
	pl.p.region[b.join] = r
	pl.p.blocks = append(pl.p.blocks, b)
	return b.join
}

// closeBranch checks that a branch leaves by exactly one flow into the join
// that its sisters also reach.
func (pl *planner) closeBranch(b *block, br *region, exits []*Flow) bool {
	name := b.split.Label()
	switch {
	case br.ended:
		pl.p.fault(b.split, "branch_ends", "flow", br.entry.To.Label())
		return false
	case len(exits) == 0:
		pl.p.fault(b.split, "branch_stuck", "flow", br.entry.To.Label())
		return false
	case len(exits) > 1:
		pl.p.fault(exits[1].To, "branch_twice", "split", name, "flow", br.entry.To.Label())
		return false
	}
	br.exit = exits[0]
	if b.join == nil {
		b.join = exits[0].To
	}
	if b.join != exits[0].To {
		pl.p.fault(b.split, "two_joins", "one", b.join.Label(), "two", exits[0].To.Label())
		return false
	}
	return true
}
