package flowtable

import (
	"slices"
	"strings"
	"unicode/utf8"

	"tongban/internal/rules/flow"
	"tongban/internal/rules/workday"
)

// Bounds of what is typed into the table, in characters.
const (
	maxName      = 60
	maxKey       = 40
	maxText      = 500
	maxCondition = 1000
)

// Step is what a row of the table says of a node. Empty fields are not set.
type Step struct {
	Kind     flow.Kind // userTask, manualTask, serviceTask, businessRuleTask
	Name     string
	Role     string
	Post     string
	Part     string
	Officers int
	Term     string // P7W working days, P30D calendar days
	Action   string // of a task that the system does
	About    flow.About
}

// Way is what the table says of a way out of a choice.
type Way struct {
	Name      string
	Condition string
	Otherwise bool // taken when no condition holds
}

// Kinds lists the kinds that a step can be given.
func Kinds() []flow.Kind {
	return []flow.Kind{flow.KindUser, flow.KindManual, flow.KindService, flow.KindRule}
}

func (s Step) check() error {
	if strings.TrimSpace(s.Name) == "" {
		return say("edit.name")
	}
	for _, x := range []struct {
		what, text string
		most       int
	}{{"name", s.Name, maxName}, {"role", s.Role, maxKey}, {"post", s.Post, maxKey}, {"part", s.Part, maxKey}, {"action", s.Action, maxKey},
		{"risk", s.About.Risk, maxText}, {"guard", s.About.Guard, maxText}, {"basis", s.About.Basis, maxText}} {
		if n := utf8.RuneCountInString(x.text); n > x.most || !utf8.ValidString(x.text) {
			return say("edit.long", "what", say("col."+x.what), "max", x.most, "got", n)
		}
	}
	if s.Officers < 0 || s.Officers > 99 {
		return say("edit.officers")
	}
	if s.Term != "" {
		if t, err := workday.ParseTerm(s.Term); err != nil || t.Days < 1 || t.Days > 9999 || strings.Contains(s.Term, " ") {
			return say("edit.term", "got", s.Term)
		}
	}
	if s.About.Special != "" && !workday.Procedure(s.About.Special).Pauses() {
		return say("edit.special")
	}
	return nil
}

func (w Way) check() error {
	if utf8.RuneCountInString(w.Name) > maxName || !utf8.ValidString(w.Name) {
		return say("edit.long", "what", say("col.name"), "max", maxName, "got", utf8.RuneCountInString(w.Name))
	}
	switch n := utf8.RuneCountInString(w.Condition); {
	case n > maxCondition || !utf8.ValidString(w.Condition):
		return say("edit.long", "what", say("col.condition"), "max", maxCondition, "got", n)
	case w.Otherwise && strings.TrimSpace(w.Condition) != "":
		return say("edit.otherwise")
	case !w.Otherwise && strings.TrimSpace(w.Condition) == "":
		return say("edit.condition")
	}
	return nil
}

// Edit is one change of a flow. Apply works it out on the file; an error is a
// wording.Message and says why it cannot be done and what to do.
type Edit interface {
	apply(g *graph) error
}

// Change gives a node what a row says. A gateway or event takes its name and, where
// it waits for a time, the limit; its other fields are left as they are.
type Change struct {
	Node string
	Step Step
}

// Steer changes a way out of a choice: its name, its condition, or that it is
// the way for all else.
type Steer struct {
	Flow string
	Way  Way
}

// Add puts a new step on the way with this id.
type Add struct {
	At   string
	Step Step
}

// AddWhen puts a new step on a way that is done only when a condition holds.
type AddWhen struct {
	At        string
	Name      string // of the choice, a question
	Condition string
	Step      Step
}

// AddBeside puts a new step beside one: both are done at the same time. Where
// the node opens a parallel block, the block gets another branch.
type AddBeside struct {
	Node string
	Step Step
}

// AddWay puts a further way with a new step into a choice.
type AddWay struct {
	Gateway string
	Way     Way
	Step    Step
}

// Remove takes a step out: what led to it leads on. A boundary event goes with
// its own way out.
type Remove struct{ Node string }

// RemoveWay takes a way or branch out, with the steps that only it leads to.
type RemoveWay struct{ Flow string }

// Move puts a step on another way.
type Move struct{ Node, To string }

// Tidy draws the whole flow anew.
type Tidy struct{}

// Apply works an edit out. What comes back is a new file; the old one is not
// changed. Nothing that the edit does not name is touched: see the package.
func Apply(d *flow.Definition, e Edit) ([]byte, error) {
	src := flow.Write(d)
	s, err := scan(src)
	if err != nil {
		return nil, err
	}
	if d, err = flow.Parse(src); err != nil {
		return nil, err
	}
	g := newGraph(d, s)
	if err := e.apply(g); err != nil {
		return nil, err
	}
	if _, all := e.(Tidy); all {
		g.redraw()
	} else {
		g.write()
	}
	out := g.e.bytes()
	if _, err := flow.Parse(out); err != nil {
		return nil, err // larger than a flow may be
	}
	return out, nil
}

func (g *graph) node(id string) (*flow.Node, error) {
	n := g.d.Node(id)
	if n == nil {
		return nil, say("edit.gone")
	}
	return n, nil
}

func (c Change) apply(g *graph) error {
	n, err := g.node(c.Node)
	if err != nil {
		return err
	}
	p := g.e.s.find(c.Node)
	s := c.Step
	if !n.Activity() {
		if n.Kind != flow.KindKept && s.Name == "" {
			s.Name = " " // gateways and events need no name
		}
		if err := s.check(); err != nil {
			return err
		}
		list := []pair{{"", "name", strings.TrimSpace(s.Name)}}
		if n.Timer != "" && s.Term != "" {
			list = append(list, pair{nsTongban, "term", s.Term})
		}
		g.e.set(p, list...)
		return nil
	}
	if err := s.check(); err != nil {
		return err
	}
	if s.Kind != "" && s.Kind != n.Kind {
		if !slices.Contains(Kinds(), s.Kind) {
			return say("edit.kind")
		}
		g.e.rename(p, string(s.Kind))
	}
	g.e.set(p, stepAttributes(s)...)
	return nil
}

func stepAttributes(s Step) []pair {
	officers := ""
	if s.Officers > 0 {
		officers = itoa(s.Officers)
	}
	return []pair{{"", "name", strings.TrimSpace(s.Name)}, {nsTongban, "role", s.Role}, {nsTongban, "post", s.Post}, {nsTongban, "part", s.Part},
		{nsTongban, "officers", officers}, {nsTongban, "term", s.Term}, {nsTongban, "action", s.Action}, {nsTongban, "special", s.About.Special},
		{nsTongban, "risk", s.About.Risk}, {nsTongban, "guard", s.About.Guard}, {nsTongban, "basis", s.About.Basis}}
}

func (x Steer) apply(g *graph) error {
	f := g.d.Flow(x.Flow)
	if f == nil {
		return say("edit.gone")
	}
	if f.From.Kind != flow.KindChoice || len(f.From.Out) < 2 {
		return say("edit.no_choice")
	}
	if err := x.Way.check(); err != nil {
		return err
	}
	w := g.way(f.ID)
	was := g.defaultOf(f.From.ID)
	w.name, w.condition = strings.TrimSpace(x.Way.Name), strings.TrimSpace(x.Way.Condition)
	switch {
	case x.Way.Otherwise && was != f.ID:
		g.def[f.From.ID] = f.ID // the way that was for all else now lacks a condition: the check says so
	case !x.Way.Otherwise && was == f.ID:
		g.def[f.From.ID] = ""
	}
	return nil
}

// place is the way on which something is put.
func (g *graph) place(id string) (*way, error) {
	w := g.way(id)
	if w == nil {
		return nil, say("edit.place")
	}
	return w, nil
}

func (s Step) kind() string {
	if slices.Contains(Kinds(), s.Kind) {
		return string(s.Kind)
	}
	return string(flow.KindUser)
}

func (a Add) apply(g *graph) error {
	w, err := g.place(a.At)
	if err == nil {
		err = a.Step.check()
	}
	if err != nil {
		return err
	}
	g.into(w, g.add(a.Step.kind(), a.Step, w.from, w.to))
	return nil
}

func (a AddWhen) apply(g *graph) error {
	w, err := g.place(a.At)
	if err == nil {
		err = a.Step.check()
	}
	if err == nil {
		err = Way{Name: a.Name, Condition: a.Condition}.check()
	}
	if err != nil {
		return err
	}
	from, to := w.from, w.to
	split := g.add(string(flow.KindChoice), Step{Name: a.Name}, from, to)
	step := g.add(a.Step.kind(), a.Step, split, to)
	merge := g.add(string(flow.KindChoice), Step{}, step, to)
	w.to = split
	yes := g.link(split, step)
	yes.condition = strings.TrimSpace(a.Condition)
	g.link(step, merge)
	g.def[split] = g.link(split, merge).id
	g.link(merge, to)
	return nil
}

func (a AddBeside) apply(g *graph) error {
	n, err := g.node(a.Node)
	if err == nil {
		err = a.Step.check()
	}
	if err != nil {
		return err
	}
	if n.Kind == flow.KindParallel && len(n.Out) > 1 {
		join := flow.Meeting(g.d, n)
		if join == nil || join.Kind != flow.KindParallel {
			return say("edit.beside_open", "name", n.Label())
		}
		step := g.add(a.Step.kind(), a.Step, n.ID, join.ID)
		g.link(n.ID, step)
		g.link(step, join.ID)
		return nil
	}
	out := g.out(n.ID)
	switch {
	case !n.Activity() && n.Kind != flow.KindCatch || len(out) != 1:
		return say("edit.beside", "name", n.Label())
	case len(n.Boundary) > 0:
		return say("edit.boundary", "name", n.Label())
	}
	in := g.in(n.ID)
	first := n.ID
	if len(in) > 0 {
		first = in[0].from
	}
	split := g.add(string(flow.KindParallel), Step{}, first, n.ID)
	step := g.add(a.Step.kind(), a.Step, n.ID, n.ID)
	join := g.add(string(flow.KindParallel), Step{}, n.ID, out[0].to)
	for _, w := range in {
		w.to = split
	}
	to := out[0].to
	if to == n.ID { // it led back to itself
		to = split
	}
	out[0].to = join
	g.link(split, n.ID)
	g.link(split, step)
	g.link(step, join)
	g.link(join, to)
	return nil
}

func (a AddWay) apply(g *graph) error {
	n, err := g.node(a.Gateway)
	if err == nil {
		err = a.Step.check()
	}
	if err == nil {
		err = a.Way.check()
	}
	if err != nil {
		return err
	}
	if n.Kind != flow.KindChoice || len(n.Out) < 2 {
		return say("edit.no_choice")
	}
	meet := flow.Meeting(g.d, n)
	if meet == nil {
		if f := g.d.Flow(n.Default); f != nil {
			meet = f.To
		} else {
			meet = n.Out[len(n.Out)-1].To
		}
	}
	step := g.add(a.Step.kind(), a.Step, n.ID, meet.ID)
	w := g.link(n.ID, step)
	w.name, w.condition = strings.TrimSpace(a.Way.Name), strings.TrimSpace(a.Way.Condition)
	if a.Way.Otherwise {
		g.def[n.ID] = w.id
	}
	g.link(step, meet.ID)
	return nil
}

func (x Remove) apply(g *graph) error {
	n, err := g.node(x.Node)
	if err != nil {
		return err
	}
	if n.Kind == flow.KindBoundary {
		for _, w := range g.out(n.ID) {
			g.cutWay(w)
		}
		g.remove(n.ID)
		return nil
	}
	if err := g.movable(n); err != nil {
		return err
	}
	if len(g.out(n.ID)) == 1 {
		g.bridge(n.ID)
	} else {
		for _, w := range g.in(n.ID) {
			g.cutWay(w)
		}
	}
	g.remove(n.ID)
	return nil
}

// movable tells whether a node can be taken from where it is.
func (g *graph) movable(n *flow.Node) error {
	out := g.out(n.ID)
	switch {
	case n.Kind == flow.KindStart || n.Kind == flow.KindEnd && len(g.in(n.ID)) > 0:
		return say("edit.ends", "name", n.Label())
	case n.Kind == flow.KindChoice || n.Kind == flow.KindParallel:
		return say("edit.gateway", "name", n.Label())
	case n.Kind == flow.KindBoundary:
		return say("edit.gateway", "name", n.Label())
	case len(n.Boundary) > 0:
		return say("edit.boundary", "name", n.Label())
	case len(out) > 1:
		return say("edit.gateway", "name", n.Label())
	case len(out) == 1 && out[0].to == n.ID:
		return say("edit.itself", "name", n.Label())
	}
	return nil
}

func (x RemoveWay) apply(g *graph) error {
	w := g.way(x.Flow)
	if w == nil {
		return say("edit.gone")
	}
	from := g.d.Node(w.from)
	if from.Kind != flow.KindChoice && from.Kind != flow.KindParallel || len(from.Out) < 2 {
		return say("edit.no_way")
	}
	before := g.reached()
	g.cutWay(w)
	after := g.reached()
	var ends []string
	for _, n := range g.d.Nodes {
		if !before[n.ID] || after[n.ID] {
			continue
		}
		for _, o := range append(g.out(n.ID), g.in(n.ID)...) {
			ends = append(ends, o.to)
			g.cutWay(o)
		}
		g.remove(n.ID)
	}
	g.dissolve(append(ends, w.to, w.from)...)
	return nil
}

func (x Move) apply(g *graph) error {
	n, err := g.node(x.Node)
	if err == nil {
		err = g.movable(n)
	}
	if err != nil {
		return err
	}
	w, err := g.place(x.To)
	if err != nil {
		return err
	}
	out := g.out(n.ID)
	if len(out) != 1 {
		return say("edit.gateway", "name", n.Label())
	}
	if w.from == n.ID || w.to == n.ID {
		return say("edit.here", "name", n.Label())
	}
	for _, o := range g.in(n.ID) {
		o.to = out[0].to
	}
	to := w.to
	w.to = n.ID
	out[0].to = to
	g.moved[n.ID] = true
	return nil
}

func (Tidy) apply(*graph) error { return nil }
