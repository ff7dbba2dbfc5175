package flowtable

import (
	"slices"
	"strconv"

	"tongban/internal/rules/flow"
)

func itoa(n int) string { return strconv.Itoa(n) }

// graph is the flow while an edit is worked out: what leads where. It begins as
// the file has it; write then puts the difference into the file.
type graph struct {
	d     *flow.Definition
	e     *splice
	ways  []*way
	nodes []*node           // those that are new
	gone  map[string]bool   // nodes taken out
	def   map[string]string // default ways that change, by gateway
	moved map[string]bool   // nodes that lie elsewhere now
}

// way is a sequence flow.
type way struct {
	id, from, to    string
	name, condition string
	was             *flow.Flow // nil for a new one
}

// node is a new node.
type node struct {
	id, kind string
	step     Step
	near     [2]string // the nodes between which it is drawn
}

func newGraph(d *flow.Definition, s *source) *graph {
	g := &graph{d: d, e: newSplice(s), gone: map[string]bool{}, def: map[string]string{}, moved: map[string]bool{}}
	for _, f := range d.Flows {
		g.ways = append(g.ways, &way{id: f.ID, from: f.From.ID, to: f.To.ID, name: f.Name, condition: f.Condition, was: f})
	}
	return g
}

func (g *graph) way(id string) *way {
	for _, w := range g.ways {
		if w.id == id {
			return w
		}
	}
	return nil
}

func (g *graph) out(node string) (list []*way) {
	for _, w := range g.ways {
		if w.from == node {
			list = append(list, w)
		}
	}
	return list
}

func (g *graph) in(node string) (list []*way) {
	for _, w := range g.ways {
		if w.to == node {
			list = append(list, w)
		}
	}
	return list
}

func (g *graph) link(from, to string) *way {
	w := &way{id: g.e.fresh("flow"), from: from, to: to}
	g.ways = append(g.ways, w)
	return w
}

func (g *graph) add(kind string, s Step, near ...string) string {
	n := &node{kind: kind, step: s}
	switch {
	case kind == string(flow.KindChoice), kind == string(flow.KindParallel):
		n.id = g.e.fresh("gateway")
	default:
		n.id = g.e.fresh("step")
	}
	copy(n.near[:], near)
	g.nodes = append(g.nodes, n)
	return n.id
}

// into puts a node, with its one way in and out still to come, on a way: the way
// then leads to it, and a new one on from it.
func (g *graph) into(w *way, id string) {
	to := w.to
	w.to = id
	g.link(id, to)
}

// cutWay takes a way out.
func (g *graph) cutWay(w *way) {
	g.ways = slices.DeleteFunc(g.ways, func(o *way) bool { return o == w })
	if n := g.d.Node(w.from); n != nil && g.defaultOf(n.ID) == w.id {
		g.def[n.ID] = ""
	}
}

func (g *graph) defaultOf(gateway string) string {
	if id, changed := g.def[gateway]; changed {
		return id
	}
	if n := g.d.Node(gateway); n != nil {
		return n.Default
	}
	return ""
}

// bridge takes a node with one way out out of the flow: what led to it leads to
// where it led.
func (g *graph) bridge(id string) {
	out := g.out(id)[0]
	for _, w := range g.in(id) {
		w.to = out.to
	}
	g.cutWay(out)
}

func (g *graph) remove(id string) {
	g.gone[id] = true
	g.nodes = slices.DeleteFunc(g.nodes, func(n *node) bool { return n.id == id })
}

// reached are the nodes that a token can come to, boundary events included.
func (g *graph) reached() map[string]bool {
	seen := map[string]bool{}
	var todo []string
	if s := g.d.Start(); s != nil {
		todo = append(todo, s.ID)
	}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[id] {
			continue
		}
		seen[id] = true
		for _, w := range g.out(id) {
			todo = append(todo, w.to)
		}
		if n := g.d.Node(id); n != nil {
			for _, b := range n.Boundary {
				todo = append(todo, b.ID)
			}
		}
	}
	return seen
}

// dissolve takes out gateways that neither part nor join any more, as long as
// there are any among those named.
func (g *graph) dissolve(ids ...string) {
	for _, id := range ids {
		n := g.d.Node(id)
		if n == nil || g.gone[id] || n.Kind != flow.KindChoice && n.Kind != flow.KindParallel {
			continue
		}
		in, out := g.in(id), g.out(id)
		if len(out) != 1 || out[0].to == id || n.Kind == flow.KindParallel && len(in) > 1 {
			continue
		}
		out[0].condition = ""
		if len(in) > 1 && n.Kind == flow.KindChoice { // still a meeting of ways
			g.def[id] = ""
			continue
		}
		g.bridge(id)
		g.remove(id)
	}
}
