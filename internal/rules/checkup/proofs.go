package checkup

import (
	"cmp"
	"slices"
)

// Proofs that need each other (循环证明). A document can be had when one of the
// items or proofs that yield it asks only for documents that can be had; one
// that nothing in the catalogue yields is taken to be had elsewhere. What is
// left over can never be had, and somewhere in it the documents need each other
// in a circle.
var proofRules = []check{
	{Rule: Rule{"proof_circle", "circles", Error, "优化营商环境条例第四十四条第二款"}, whole: func(f *finder) { circles(f, false) }},
	{Rule: Rule{"proof_circle_some", "circles", Warning, "优化营商环境条例第四十四条第二款"}, whole: func(f *finder) { circles(f, true) }},
}

// circles finds the circles in what everybody is asked for; conditional: those
// that only close through what some are asked for.
func circles(f *finder, conditional bool) {
	known := map[document]bool{}
	if conditional && !f.conditional() {
		return
	}
	if conditional {
		g := needsOf(f.c, false)
		for _, r := range g.rings() {
			for _, v := range r.members {
				known[g.nodes[v].document] = true
			}
		}
	}
	g := needsOf(f.c, conditional)
	for _, r := range g.rings() {
		if slices.ContainsFunc(r.members, func(v int) bool { return known[g.nodes[v].document] }) {
			continue
		}
		ring := make([]Subject, len(r.shortest))
		for i, v := range r.shortest {
			ring[i] = g.nodes[v].subject
		}
		ring = fromFirst(ring)
		labels := make([]string, len(ring))
		for i, s := range ring {
			labels[i] = s.Name
		}
		f.give(Finding{Subject: ring[0], Ring: ring}, "names", some(labels), "n", len(ring), "all", len(r.members))
	}
}

// fromFirst turns a ring so that it begins with the first code: it is the same
// ring wherever the search came upon it.
func fromFirst(ring []Subject) []Subject {
	at := 0
	for i := range ring {
		if cmp.Compare(ring[i].Code, ring[at].Code) < 0 {
			at = i
		}
	}
	return append(slices.Clone(ring[at:]), ring[:at]...)
}

// conditional tells whether anything is asked of some people only.
func (f *finder) conditional() bool {
	return slices.ContainsFunc(f.c.Items, func(it Item) bool {
		return slices.ContainsFunc(it.materials(), func(m Material) bool { return m.Required && m.When })
	})
}

// document is a document of an area, by its folded name. Those of proofs hold
// in every area.
type document struct{ region, name string }

// needs is the graph of documents: the ways to each, and what they ask for.
type needs struct {
	nodes  []node
	number map[document]int
	named  map[string]int // the first of each name, in whatever area
	ways   []way
}

type node struct {
	document
	subject Subject
	ways    []int // that yield it; none: had elsewhere
	askedBy []int // ways that ask for it
}

// way is one way to a document, and the documents that it asks for.
type way struct {
	to   int
	asks []int
}

func needsOf(c *Catalogue, conditional bool) *needs {
	g := &needs{number: map[document]int{}, named: map[string]int{}}
	for i := range c.Items {
		it := &c.Items[i]
		if it.Guide != nil && !blank(it.Guide.Result.Name) {
			g.node(document{it.Region, documentOf(it.Guide.Result.Name)}, Subject{OfItem, it.Code, it.Guide.Result.Name})
		}
	}
	for i := range c.Proofs {
		p := &c.Proofs[i]
		if p.made() {
			v := g.node(document{"", documentOf(p.Name)}, p.subject())
			for _, a := range p.Aliases {
				if d := (document{"", documentOf(a)}); d.name != "" {
					if _, taken := g.number[d]; !taken {
						g.number[d] = v
						first(g.named, d.name, v)
					}
				}
			}
		}
	}
	for i := range c.Items {
		g.item(&c.Items[i], conditional)
	}
	for i := range c.Proofs {
		if p := &c.Proofs[i]; p.made() {
			g.way(g.number[document{"", documentOf(p.Name)}], g.find(anywhere, p.Needs))
		}
	}
	return g
}

// made tells whether anybody makes the proof out; other rules judge those that
// nobody does.
func (p *Proof) made() bool { return len(p.Issuers) > 0 && !p.Cancelled }

func (g *needs) node(d document, s Subject) int {
	if v, ok := g.number[d]; ok {
		return v
	}
	g.number[d] = len(g.nodes)
	first(g.named, d.name, len(g.nodes))
	g.nodes = append(g.nodes, node{document: d, subject: s})
	return len(g.nodes) - 1
}

// item adds the way of an item to its result. An item that asks for the very
// document that it yields renews or changes it: it is no way to a first one.
func (g *needs) item(it *Item, conditional bool) {
	if it.Guide == nil || blank(it.Guide.Result.Name) {
		return
	}
	var asks []string
	for _, m := range it.Guide.Materials {
		if m.Required && (conditional || !m.When) {
			asks = append(asks, m.Name)
		}
	}
	to := g.number[document{it.Region, documentOf(it.Guide.Result.Name)}]
	if list := g.find(it.Region, asks); !slices.Contains(list, to) {
		g.way(to, list)
	}
}

func (g *needs) way(to int, asks []int) {
	w := len(g.ways)
	g.ways = append(g.ways, way{to, asks})
	g.nodes[to].ways = append(g.nodes[to].ways, w)
	for _, a := range asks {
		g.nodes[a].askedBy = append(g.nodes[a].askedBy, w)
	}
}

// anywhere is the area of those who make out proofs: they take what they need
// from any.
const anywhere = "*"

// find finds the documents that somebody in an area is asked for, as far as the
// catalogue yields them: there, in the areas around it, or as proofs.
func (g *needs) find(region string, names []string) []int {
	var list []int
	for _, name := range names {
		d := document{region, documentOf(name)}
		v, ok := g.number[d]
		if !ok && region == anywhere {
			v, ok = g.named[d.name]
		}
		if !ok {
			v, ok = g.around(d)
		}
		if !ok {
			continue
		}
		if !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

// around finds a document that the area itself does not yield in the areas
// around it, the nearest first.
func (g *needs) around(d document) (int, bool) {
	for n := len(d.region) - 1; n >= 0; n-- {
		if v, ok := g.number[document{d.region[:n], d.name}]; ok {
			return v, true
		}
	}
	return 0, false
}

// never marks the documents that can never be had: everything else is had step
// by step, from the ways that ask for nothing on. Linear in the graph.
func (g *needs) never() []bool {
	left := make([]bool, len(g.nodes))
	still := make([]int, len(g.ways))
	var had []int
	have := func(v int) {
		if left[v] {
			left[v] = false
			had = append(had, v)
		}
	}
	for v := range g.nodes {
		left[v] = true
	}
	for v := range g.nodes {
		if len(g.nodes[v].ways) == 0 {
			have(v)
		}
	}
	for w := range g.ways {
		if still[w] = len(g.ways[w].asks); still[w] == 0 {
			have(g.ways[w].to)
		}
	}
	for len(had) > 0 {
		v := had[len(had)-1]
		had = had[:len(had)-1]
		for _, w := range g.nodes[v].askedBy {
			if still[w]--; still[w] == 0 {
				have(g.ways[w].to)
			}
		}
	}
	return left
}
