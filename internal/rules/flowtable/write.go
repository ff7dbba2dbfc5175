package flowtable

import (
	"slices"
	"strings"

	"tongban/internal/rules/flow"
)

// write puts the difference between the file and the graph into the file.
func (g *graph) write() {
	process := g.process()
	if process == nil {
		return
	}
	g.writeWays()
	g.writeDefaults()
	g.writeEnds(process)
	g.writeGone()
	g.writeNew(process)
	g.writeLanes(process)
	g.draw()
}

// process is the element of the process that runs.
func (g *graph) process() *piece {
	if len(g.d.Nodes) == 0 {
		return nil
	}
	return g.e.s.find(g.d.Nodes[0].ID).parent
}

func (g *graph) writeWays() {
	for _, w := range g.ways {
		if w.was == nil {
			continue
		}
		p := g.e.s.find(w.id)
		var list []pair
		if w.to != w.was.To.ID {
			list = append(list, pair{"", "targetRef", w.to})
		}
		if w.from != w.was.From.ID {
			list = append(list, pair{"", "sourceRef", w.from})
		}
		if w.name != w.was.Name {
			list = append(list, pair{"", "name", w.name})
		}
		g.e.set(p, list...)
		if w.condition != w.was.Condition {
			g.writeCondition(p, w.condition)
		}
	}
}

func (g *graph) writeCondition(p *piece, condition string) {
	have := p.child("conditionExpression")
	switch {
	case condition == "" && have != nil:
		g.e.drop(have)
	case have != nil && have.closeAt >= 0:
		g.e.replace(have.openTo, have.closeAt, g.e.s.quote(condition))
	case have != nil:
		g.e.put(have, nil, g.e.s.quote(condition))
	case condition != "":
		var behind *piece // documentation and extensions come first
		for _, k := range p.kids {
			if k.is("documentation") || k.is("extensionElements") || k.is("auditing") || k.is("monitoring") {
				behind = k
			}
		}
		name := join(p.prefix, "conditionExpression")
		g.e.put(p, behind, g.e.s.indent(p)+"  <"+name+">"+g.e.s.quote(condition)+"</"+name+">"+map[bool]string{true: g.e.s.indent(p)}[len(p.kids) == 0 && p.closeAt >= 0])
	}
}

func (g *graph) writeDefaults() {
	for gateway, way := range g.def {
		if n := g.d.Node(gateway); n == nil || g.gone[gateway] || n.Default == way {
			continue
		}
		g.e.set(g.e.s.find(gateway), pair{"", "default", way})
	}
}

// listing tells whether the file lists the ways at the nodes too.
func listing(process *piece) bool {
	return slices.ContainsFunc(process.kids, func(k *piece) bool { return k.child("incoming") != nil || k.child("outgoing") != nil })
}

// writeEnds keeps the lists of ways at the nodes that stay.
func (g *graph) writeEnds(process *piece) {
	if !listing(process) {
		return
	}
	for _, n := range g.d.Nodes {
		if g.gone[n.ID] {
			continue
		}
		p := g.e.s.find(n.ID)
		g.writeEnd(p, "incoming", before(n.In), ids(g.in(n.ID)))
		g.writeEnd(p, "outgoing", before(n.Out), ids(g.out(n.ID)))
	}
}

func before(list []*flow.Flow) (out []string) {
	for _, f := range list {
		out = append(out, f.ID)
	}
	return out
}

func ids(list []*way) (out []string) {
	for _, w := range list {
		out = append(out, w.id)
	}
	return out
}

func (g *graph) writeEnd(p *piece, name string, was, is []string) {
	if slices.Equal(was, is) {
		return
	}
	var behind *piece
	for _, k := range p.kids {
		if k.space != nsModel {
			continue
		}
		switch k.local {
		case "documentation", "extensionElements", "auditing", "monitoring", "categoryValueRef", "incoming":
			behind = k
		case "outgoing":
			if name == "outgoing" {
				behind = k
			}
		}
		if k.local == name {
			ref := localName(g.e.s.text(k))
			if slices.Contains(was, ref) && !slices.Contains(is, ref) {
				g.e.drop(k)
			}
		}
	}
	tag := join(p.prefix, name)
	var added strings.Builder
	for _, id := range is {
		if !slices.Contains(was, id) {
			added.WriteString(g.e.s.indent(p) + "  <" + tag + ">" + g.e.s.quote(id) + "</" + tag + ">")
		}
	}
	if added.Len() > 0 {
		g.e.put(p, behind, added.String())
	}
}

// localName takes the prefix off a qualified name.
func localName(ref string) string { return ref[strings.LastIndexByte(ref, ':')+1:] }

// writeGone takes out what is gone, and what only speaks of it: associations and
// message flows that lead to it.
func (g *graph) writeGone() {
	gone := g.goneIDs()
	if len(gone) == 0 {
		return
	}
	g.e.s.root.walk(func(p *piece) {
		if p.space != nsModel {
			return
		}
		switch p.local {
		case "association", "messageFlow":
			if gone[localName(p.attr("sourceRef"))] || gone[localName(p.attr("targetRef"))] {
				gone[p.attr("id")] = true
				g.e.drop(p)
			}
		case "flowNodeRef":
			if gone[g.e.s.text(p)] {
				g.e.drop(p)
			}
		}
	})
	for id := range g.gone {
		g.e.drop(g.e.s.find(id))
	}
	for _, f := range g.d.Flows {
		if g.way(f.ID) == nil {
			g.e.drop(g.e.s.find(f.ID))
		}
	}
	g.e.s.root.walk(func(p *piece) {
		if p.space == nsBPMNDI && (p.local == "BPMNShape" || p.local == "BPMNEdge") && gone[localName(p.attr("bpmnElement"))] {
			g.e.drop(p)
		}
	})
}

// goneIDs are the ids of everything that goes: nodes with all that they hold, and ways.
func (g *graph) goneIDs() map[string]bool {
	gone := map[string]bool{}
	for id := range g.gone {
		g.e.s.find(id).walk(func(p *piece) { gone[p.attr("id")] = true })
	}
	for _, f := range g.d.Flows {
		if g.way(f.ID) == nil {
			gone[f.ID] = true
		}
	}
	delete(gone, "")
	return gone
}

// writeNew puts the new nodes and ways behind the last of those in the file.
func (g *graph) writeNew(process *piece) {
	var last *piece
	for _, k := range process.kids {
		if k.space == nsModel && (g.d.Node(k.attr("id")) != nil || k.local == "sequenceFlow") {
			last = k
		}
	}
	var b strings.Builder
	for _, n := range g.nodes {
		b.WriteString(g.nodeText(process, last, n))
	}
	for _, w := range g.ways {
		if w.was == nil {
			b.WriteString(g.wayText(process, last, w))
		}
	}
	if b.Len() > 0 {
		g.e.put(process, last, b.String())
	}
}

func (g *graph) nodeText(process, beside *piece, n *node) string {
	s := g.e.s
	name, in := join(process.prefix, n.kind), s.indent(beside)
	var b strings.Builder
	b.WriteString(in + "<" + name + ` id="` + n.id + `"`)
	list := stepAttributes(n.step)
	if n.kind == string(flow.KindChoice) || n.kind == string(flow.KindParallel) {
		list = append(list[:1:1], pair{"", "default", g.def[n.id]})
	}
	prefix, known := process.prefixFor(nsTongban, true)
	if !known {
		prefix = process.free("tb")
	}
	for _, x := range list {
		switch {
		case x.value == "":
		case x.space == "":
			b.WriteString(" " + x.local + `="` + s.quote(x.value) + `"`)
		default:
			if !known {
				b.WriteString(" xmlns:" + prefix + `="` + nsTongban + `"`)
				known = true
			}
			b.WriteString(" " + join(prefix, x.local) + `="` + s.quote(x.value) + `"`)
		}
	}
	b.WriteString(">")
	for _, x := range []struct {
		tag  string
		list []*way
	}{{"incoming", g.in(n.id)}, {"outgoing", g.out(n.id)}} {
		tag := join(process.prefix, x.tag)
		for _, w := range x.list {
			b.WriteString(in + "  <" + tag + ">" + s.quote(w.id) + "</" + tag + ">")
		}
	}
	b.WriteString(in + "</" + name + ">")
	return b.String()
}

func (g *graph) wayText(process, beside *piece, w *way) string {
	s := g.e.s
	name, in := join(process.prefix, "sequenceFlow"), s.indent(beside)
	head := in + "<" + name + ` id="` + w.id + `"`
	if w.name != "" {
		head += ` name="` + s.quote(w.name) + `"`
	}
	head += ` sourceRef="` + s.quote(w.from) + `" targetRef="` + s.quote(w.to) + `"`
	if w.condition == "" {
		return head + "/>"
	}
	tag := join(process.prefix, "conditionExpression")
	return head + ">" + in + "  <" + tag + ">" + s.quote(w.condition) + "</" + tag + ">" + in + "</" + name + ">"
}

// writeLanes puts each new node into the lane of the node behind which it comes.
func (g *graph) writeLanes(process *piece) {
	if len(g.d.Lanes) == 0 {
		return
	}
	refs := map[string]*piece{}
	process.walk(func(p *piece) {
		if p.is("flowNodeRef") {
			refs[g.e.s.text(p)] = p
		}
	})
	for _, n := range g.nodes {
		for _, near := range n.near {
			at, seen := near, map[string]bool{}
			for g.d.Node(at) == nil && !seen[at] { // another new one: where it lies
				seen[at] = true
				for _, o := range g.nodes {
					if o.id == at {
						at = o.near[0]
					}
				}
			}
			if p := refs[at]; p != nil {
				tag := join(p.prefix, "flowNodeRef")
				g.e.put(p.parent, p, g.e.s.indent(p)+"<"+tag+">"+n.id+"</"+tag+">")
				break
			}
		}
	}
}
